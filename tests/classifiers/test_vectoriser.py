"""Tests of classifiers.vectoriser, with scikit-learn's own checks where they apply.

``check_estimator`` runs its whole list on tables of numbers only: of an estimator of texts it checks cloning and leaves
the rest out. So the rest runs on texts made of its tables (``_OfNumbers``), through the very same methods. Left out
even then is ``check_array_api_input`` alone: texts are no arrays of a GPU library.
"""

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_is_fitted, validate_data

from classifiers import Bundle
from classifiers.batch_text import normalise_all
from classifiers.features import COLUMNS
from classifiers.training import NgramFeatures

TEXTS = ["আমি বাংলায় গান গাই", "khub bhalo laglo", "তুই একটা গাধা", "you are so stupid", "😀😀", "  "]


class _OfNumbers(NgramFeatures):
    """The transformer behind a table of numbers: a row's numbers, written out, are its text."""

    def fit(self, X: Any, y: Any = None) -> "_OfNumbers":  # noqa: N803
        super().fit(self._written(validate_data(self, X)), y)
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803
        check_is_fitted(self)
        return super().transform(self._written(validate_data(self, X, reset=False)))

    def fit_transform(self, X: Any, y: Any = None) -> Any:  # noqa: N803
        return super().fit_transform(self._written(validate_data(self, X)), y)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.one_d_array, tags.input_tags.string = True, False, False
        return tags

    @staticmethod
    def _written(table: Any) -> list[str]:
        return [" ".join(f"v{number:.6g}" for number in row) for row in table.tolist()]


@pytest.mark.parametrize("transformer", [NgramFeatures(), NgramFeatures(characters=40)])
def test_scikit_learn_finds_the_transformer_of_texts_sound(transformer: NgramFeatures) -> None:
    with pytest.warns(SkipTestWarning, match="requires input"):
        assert {each["status"] for each in check_estimator(transformer)} == {"passed"}


def test_scikit_learn_finds_it_sound_on_texts_made_of_its_tables() -> None:
    with pytest.warns(SkipTestWarning):
        results = check_estimator(_OfNumbers(), on_fail=None)
    left = {each["check_name"]: each["status"] for each in results if each["status"] != "passed"}
    assert left == {"check_array_api_input": "skipped"}
    assert len(results) > 30


def test_its_rows_are_what_the_bundle_sums_up(bundle: Bundle) -> None:
    features = NgramFeatures()
    features.levels_ = bundle.linear.square_levels
    logits = features.transform(TEXTS) @ bundle.linear.float_weights().T + bundle.linear.biases
    assert np.abs(logits - bundle.window_logits(normalise_all(TEXTS))).max() < 1e-4


def test_a_text_has_the_same_row_in_any_company() -> None:
    fitted = NgramFeatures().fit(TEXTS)
    together = fitted.transform(TEXTS)
    for index, text in enumerate(TEXTS):
        assert (together[index] != fitted.transform([text])).nnz == 0


def test_it_stands_in_pipelines_and_grids() -> None:
    search = GridSearchCV(
        make_pipeline(NgramFeatures(), LogisticRegression()), {"ngramfeatures__characters": [3, 600]}, cv=2
    )
    texts = [f"{word} আজ {number}" for number in range(8) for word in ("ভালো", "গাধা")]
    search.fit(texts, [0, 1] * 8)
    assert search.predict(["ভালো মানুষ", "গাধা কোথাকার"]).tolist() == [0, 1]
    copied = pickle.loads(pickle.dumps(search))  # noqa: S301 our own bytes, of a moment ago
    assert copied.predict(["গাধা"]).tolist() == [1]
    assert clone(search.best_estimator_[0]).characters == search.best_params_["ngramfeatures__characters"]


@pytest.mark.parametrize(
    ("given", "error"),
    [("one text", TypeError), ([], ValueError), ([b"bytes"], TypeError), ([None], TypeError), ([["a"]], TypeError)],
)
def test_what_is_no_list_of_texts_is_refused(given: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="text"):
        NgramFeatures().fit(given)


def test_before_fitting_it_says_so() -> None:
    with pytest.raises(NotFittedError):
        NgramFeatures().transform(TEXTS)


def test_columns_are_as_many_as_a_bundles() -> None:
    fitted = NgramFeatures().fit(TEXTS)
    assert fitted.transform(TEXTS).shape == (len(TEXTS), COLUMNS)
    assert len(fitted.get_feature_names_out()) == COLUMNS


def test_a_block_is_left_out_by_a_weight_of_zero() -> None:
    words_only = NgramFeatures(block_weights=[0, 0, 0, 1]).fit_transform(["এক দুই তিন"])
    assert sorted(set(words_only.data.round(3).tolist())) == [0.0, pytest.approx(0.447, abs=0.001)]  # 3 words, 2 pairs
    with pytest.raises(ValueError, match="4 numbers"):
        NgramFeatures(block_weights=[1.0]).fit_transform(["এক"])
