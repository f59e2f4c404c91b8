"""Tests of classifiers.evaluation, against scikit-learn's figures."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from classifiers import Bundle
from classifiers.evaluation import auc, average_precision, calibration_error, f1
from classifiers.training import evaluate_bundle
from tests.classifiers.desk import RUDE, example

PAIRS = st.lists(st.tuples(st.booleans(), st.integers(0, 10)), min_size=2, max_size=60).filter(
    lambda pairs: len({truth for truth, _ in pairs}) == 2
)


@given(PAIRS)
def test_the_figures_are_those_of_scikit_learn(pairs: list[tuple[bool, int]]) -> None:
    truth, scores = np.array([pair[0] for pair in pairs]), np.array([pair[1] / 10 for pair in pairs])
    assert auc(truth, scores) == pytest.approx(roc_auc_score(truth, scores))
    assert average_precision(truth, scores) == pytest.approx(average_precision_score(truth, scores))
    assert f1(truth, scores, 0.5) == pytest.approx(f1_score(truth, scores >= 0.5, zero_division=0))


def test_calibration_error_is_the_distance_of_score_and_truth() -> None:
    truth = np.array([True, False, True, False])
    assert calibration_error(truth, np.array([0.5, 0.5, 0.5, 0.5])) == 0
    assert calibration_error(truth, np.array([1.0, 1.0, 1.0, 1.0])) == 0.5


def test_a_report_tells_what_is_known_and_leaves_out_what_is_not(bundle: Bundle) -> None:
    rude = [example(" ".join(RUDE["threat"]) + f" {number}", toxicity=1.0, threat=1.0) for number in range(10)]
    calm = [example(f"ভালো খবর সবাইকে {number}", toxicity=0.0, threat=0.0) for number in range(10)]
    spam = [example("dhonnobad shobai bhalo khobor", spam=0.0)]
    report = evaluate_bundle(bundle, rude + calm + spam)
    assert list(report.labels) == ["toxicity", "threat", "spam"]
    assert report.labels["toxicity"].auc == 1.0
    assert report.labels["toxicity"].auc_interval == (1.0, 1.0)
    assert report.labels["spam"].auc is None
    assert set(report.scripts) == {"mixed", "bn", "bn-Latn"}
    assert json.loads(json.dumps(report.to_dict()))["labels"]["toxicity"]["rows"] == 20
    assert "| toxicity | 20 | 10 | 1.000 (1.000–1.000) |" in report.to_markdown()


def test_the_interval_holds_the_figure_and_narrows_with_rows(bundle: Bundle) -> None:
    def report(rows: int) -> tuple[float, float, float]:
        texts = [f"{'পিটাবো' if number % 3 == 0 else 'ভালো'} খবর {number}" for number in range(rows)]
        made = [example(text, toxicity=float(number % 2)) for number, text in enumerate(texts)]
        each = evaluate_bundle(bundle, made).labels["toxicity"]
        assert each.auc is not None
        assert each.auc_interval is not None
        return each.auc, *each.auc_interval

    few, many = report(40), report(600)
    assert few[1] <= few[0] <= few[2]
    assert many[2] - many[1] < few[2] - few[1]


def test_no_examples_give_an_empty_report(bundle: Bundle) -> None:
    assert evaluate_bundle(bundle, []).labels == {}
