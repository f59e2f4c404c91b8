"""The features as a scikit-learn transformer, for pipelines, grids and comparisons: texts in, sparse rows out.

Nothing is computed here: ``classifiers.features`` is the core that scoring uses alone.
"""

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from classifiers.batch_text import normalise_all
from classifiers.bundle import WINDOW
from classifiers.estimators import Matrix, document_levels, matrix_of
from classifiers.features import BLOCK_WEIGHTS, COLUMNS


class NgramFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Rows of COLUMNS hashed n-gram features, with the document frequencies of the texts it was fitted on.

    A row is of a text's first ``characters`` normalised characters, a bundle's window by default: what training has
    always read of a text. ``block_weights`` are those of characters, two skeletons and words: a bundle's by default, 0
    leaves a block out. The fitted ``levels_`` are a bundle's ``square_levels``. An iterable of strings is what
    ``fit`` and ``transform`` take; of anything else TypeError says so, of no texts at all ValueError.
    """

    def __init__(self, characters: int = WINDOW, block_weights: Sequence[float] | None = None) -> None:
        self.characters = characters
        self.block_weights = block_weights

    def fit(self, texts: Iterable[str], y: object = None) -> Self:  # noqa: ARG002 scikit-learn's signature
        self.levels_ = document_levels(self._normalised(texts))
        return self

    def transform(self, texts: Iterable[str]) -> Matrix:
        """(texts, COLUMNS), float32."""
        check_is_fitted(self)
        return self._rows(self._normalised(texts))

    def fit_transform(self, texts: Iterable[str], y: object = None) -> Matrix:  # noqa: ARG002 scikit-learn's signature
        """The same as one after the other, normalising once."""
        normalised = self._normalised(texts)
        self.levels_ = document_levels(normalised)
        return self._rows(normalised)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:  # noqa: ARG002
        """Columns are hashes and have no words for names."""
        return np.array([f"ngram{column}" for column in range(COLUMNS)], dtype=object)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array, tags.input_tags.one_d_array = True, False, True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _rows(self, normalised: Sequence[str]) -> Matrix:
        weights = BLOCK_WEIGHTS if self.block_weights is None else np.asarray(self.block_weights, dtype=np.float64)
        if weights.shape != BLOCK_WEIGHTS.shape:
            raise ValueError(f"block_weights must be {len(BLOCK_WEIGHTS)} numbers, not {self.block_weights!r}")
        return matrix_of(normalised, self.levels_, block_weights=weights)

    def _normalised(self, texts: Iterable[str]) -> list[str]:
        if self.characters < 1:
            raise ValueError(f"characters must be at least 1, not {self.characters}")
        if isinstance(texts, str):
            raise TypeError("an iterable of texts is expected, not one text: put it into a list")
        found = list(texts)
        for text in found:
            if not isinstance(text, str):
                raise TypeError(f"every text must be a str, not {type(text).__name__}")
        if not found:
            raise ValueError("no texts: at least one is needed")
        return [text[: self.characters] for text in normalise_all(found)]
