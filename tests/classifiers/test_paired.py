"""Tests of classifiers.paired: how far two classifiers lie apart on the same rows, and how sure that is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from classifiers.evaluation import auc
from classifiers.paired import Difference, auc_difference, balanced_difference, share_difference

ROWS = 40
scores = arrays(np.float64, ROWS, elements=st.floats(0, 1))
truths = arrays(np.bool_, ROWS).filter(lambda found: 0 < found.sum() < ROWS)
alone = np.arange(ROWS)


@given(truths, scores, scores)
def test_both_areas_are_those_of_the_evaluation(truth: np.ndarray, before: np.ndarray, after: np.ndarray) -> None:
    found = auc_difference(truth, before, after, alone)
    assert found.before == pytest.approx(auc(truth, before))
    assert found.after == pytest.approx(auc(truth, after))
    assert found.low <= found.value <= found.high


@given(truths, scores)
def test_a_classifier_is_surely_no_other_than_itself(truth: np.ndarray, before: np.ndarray) -> None:
    found = auc_difference(truth, before, before, alone)
    assert (found.low, found.value, found.high) == (0.0, 0.0, 0.0)


@given(truths, truths)
def test_shares_change_sign_when_the_two_change_places(before: np.ndarray, after: np.ndarray) -> None:
    one = share_difference(before, after, np.ones(ROWS), alone)
    other = share_difference(after, before, np.ones(ROWS), alone)
    assert one.value == pytest.approx(-other.value)
    assert one.before == pytest.approx(before.mean())


def test_a_share_weighs_its_rows() -> None:
    right, wrong = np.array([True, False, False, True]), np.array([False, False, True, True])
    found = share_difference(right, wrong, np.array([1.0, 1.0, 6.0, 2.0]), np.arange(4))
    assert (found.before, found.after) == (0.3, 0.8)


@given(truths, truths, truths)
def test_the_balance_is_the_mean_of_both_shares_and_as_sure_as_both_allow(
    first: np.ndarray, before: np.ndarray, after: np.ndarray
) -> None:
    found = balanced_difference(before, after, np.ones(ROWS), alone, first)
    parts = [share_difference(before[rows], after[rows], np.ones(rows.sum()), alone[rows]) for rows in (first, ~first)]
    assert found.value == pytest.approx(np.mean([part.value for part in parts]))
    assert found.before == pytest.approx(np.mean([part.before for part in parts]))
    if min(first.sum(), (~first).sum()) > 10:
        below = [part.value - part.low for part in parts]
        assert found.value - found.low == pytest.approx(np.hypot(below[0], below[1]) / 2, rel=0.1)


def test_what_one_share_loses_the_other_may_gain() -> None:
    harmful = np.arange(400) < 200
    before = np.arange(400) % 10 > 0
    after = before.copy()
    after[:40], after[200:240] = False, True
    found = balanced_difference(before, after, np.ones(400), np.arange(400), harmful)
    assert found.value < 0
    assert found.value > share_difference(before[:200], after[:200], np.ones(200), np.arange(200)).value


def test_copies_of_a_row_in_its_cluster_make_nothing_surer() -> None:
    chance = np.random.default_rng(3)
    truth, before, after = chance.random(60) < 0.5, chance.random(60), chance.random(60)
    once = auc_difference(truth, before, after, np.arange(60))
    tiled = np.tile(truth, 5), np.tile(before, 5), np.tile(after, 5)
    often = auc_difference(*tiled, np.tile(np.arange(60), 5))
    assert often.low == pytest.approx(once.low)
    unaware = auc_difference(*tiled, np.arange(300))
    assert unaware.low > once.low


def test_one_author_alone_proves_nothing() -> None:
    truth, before = np.array([True, False, True]), np.array([0.9, 0.1, 0.4])
    found = auc_difference(truth, before, before, np.zeros(3, dtype=np.int64))
    assert (found.low, found.high) == (-1.0, 1.0)


def _drawn(chance: np.random.Generator, rows: int) -> tuple[Difference, Difference]:
    """Two classifiers of which the second sees the same signal with more noise, and two that err on each twentieth."""
    truth = chance.random(rows) < 0.3
    signal = truth + chance.normal(0, 1, rows)
    scores = [signal + chance.normal(0, noise, rows) for noise in (0.3, 0.6)]
    right = [chance.random(rows) < 0.95 for _ in range(2)]
    clusters = np.arange(rows)
    return (
        auc_difference(truth, scores[0], scores[1], clusters),
        share_difference(right[0], right[1], np.ones(rows), clusters),
    )


def test_the_bounds_hold_as_often_as_they_say() -> None:
    """On data of which the truth is known: 95 of 100 lower bounds below it, 99 of 100 upper ones above it."""
    chance = np.random.default_rng(1)
    truth = np.mean([_drawn(chance, 4_000)[0].value for _ in range(60)])
    found = [_drawn(chance, 250) for _ in range(1_000)]
    for expected, differences in ((truth, [one for one, _ in found]), (0.0, [one for _, one in found])):
        assert 0.93 < np.mean([each.low <= expected for each in differences]) < 0.975
        assert 0.975 < np.mean([each.high >= expected for each in differences]) < 0.999
