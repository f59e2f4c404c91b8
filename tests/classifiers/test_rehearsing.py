"""Tests of classifiers.rehearsing: what is taught beside a desk's lessons, and how much it counts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classifiers import LABELS
from classifiers.banglacheck import cases
from classifiers.rehearsing import SHARE, rehearsal, rehearsal_weights


def test_the_training_half_is_rehearsed_and_nothing_of_the_half_that_measures() -> None:
    texts = {each.example.text for each in rehearsal()}
    assert texts == {case.text for case in cases("train")}
    assert not texts & {case.text for case in cases("test")}


def test_every_label_is_rehearsed_with_both_values_and_nobody_owns_them() -> None:
    values = np.array([each.example.values for each in rehearsal()], dtype=np.float64)
    assert all({0.0, 1.0} <= set(values[:, index]) for index in range(len(LABELS)))
    assert {(each.example.origin, each.example.person) for each in rehearsal()} == {("banglacheck", "")}


@given(st.lists(st.floats(0, 1e6), min_size=len(LABELS), max_size=len(LABELS)))
def test_it_counts_for_each_label_in_proportion_to_what_the_desk_said_of_it(taught: list[float]) -> None:
    weights = rehearsal_weights(rehearsal()[::7], np.array(taught))
    assert np.allclose(weights.sum(axis=0), SHARE * np.array(taught))
    assert (weights >= 0).all()


def test_with_nothing_to_rehearse_nothing_counts() -> None:
    assert rehearsal_weights((), np.ones(len(LABELS))).shape == (0, len(LABELS))
