"""What another policy would have done, told from heaps of scores, is what judging each comment anew would say."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain import what_if
from moderation.domain.policy import Facts, Policy, Thresholds, judge
from moderation.domain.score_tally import BINS, OVERALL, Heap, bin_of, places, ran, reached_from
from moderation.domain.vocabulary import Action, Label, Script
from moderation.domain.what_if import ENOUGH, Moved

PAIRS = [(None, None), (0.5, None), (0.29, 0.9), (0.0, None), (None, 0.57), (0.57, 0.57)]
scores = st.floats(0, 1, exclude_max=True)
thresholds = st.sampled_from([Thresholds(*pair) for pair in PAIRS]) | st.integers(0, 99).map(
    lambda step: Thresholds(step / 100)
)


def heaps_of(policy: Policy, comments: list[list[float]]) -> list[Heap]:
    counted: Counter[tuple[Label, Action, int]] = Counter()
    for vector in comments:
        for place in places(ran(judge(policy, Facts(vector, Script.BANGLA)).checks)):
            if place.label != OVERALL:
                counted[Label(place.label), place.rest, place.bin] += 1
    return [Heap(label, "bn", rest, bin_, n, 0, 0) for (label, rest, bin_), n in counted.items()]


@given(st.lists(st.lists(scores, min_size=7, max_size=7), max_size=12), st.sampled_from(Label), thresholds, thresholds)
def test_the_counts_are_those_of_judging_every_comment_anew(
    comments: list[list[float]], label: Label, before: Thresholds, after: Thresholds
) -> None:
    now = Policy(thresholds={**Policy().thresholds, label: before})
    then = replace(now, thresholds={**now.thresholds, label: after})
    expected: Counter[tuple[Action, Action]] = Counter()
    for vector in comments:
        facts = Facts(vector, Script.BANGLA)
        done, would = judge(now, facts).action, judge(then, facts).action
        if done is not would:
            expected[done, would] += 1
    found = what_if.compare(heaps_of(now, comments), now, then)
    moves = found[label].moves if comments else {}
    assert {move: moved.comments for move, moved in moves.items()} == dict(expected)


@given(st.integers(0, 100), scores)
def test_a_bin_reaches_a_threshold_exactly_where_its_scores_do(step: int, score: float) -> None:
    threshold = step / 100
    if abs(score - threshold) > 1e-6:
        assert (bin_of(score) >= reached_from(threshold)) == (score >= threshold)


def test_a_score_that_is_a_threshold_reaches_it_although_a_hundred_times_it_is_a_speck_less() -> None:
    assert all(bin_of(step / 100) == step == reached_from(step / 100) for step in range(BINS))
    assert bin_of(1.0) == BINS - 1


def test_a_comment_that_another_rule_holds_is_not_counted_as_newly_held() -> None:
    now = Policy()
    then = replace(now, thresholds={**now.thresholds, Label.INSULT: Thresholds(0.1)})
    heaps = [
        Heap(Label.INSULT, "bn", Action.PUBLISH, 30, 5, 2, 1),
        Heap(Label.INSULT, "bn", Action.HOLD, 30, 50, 0, 40),
        Heap(Label.INSULT, "bn", Action.PUBLISH, 5, 500, 0, 0),
    ]
    found = what_if.compare(heaps, now, then)[Label.INSULT]
    assert found.moves == {(Action.PUBLISH, Action.HOLD): Moved(5, 2, 1)}
    assert (found.seen, found.held, found.held_alone) == (555, 50, 0)


def test_a_script_with_a_threshold_of_its_own_does_not_follow_the_general_one() -> None:
    now = Policy(by_script={Script.ENGLISH: {Label.THREAT: Thresholds(0.9)}})
    then = replace(now, thresholds={**now.thresholds, Label.THREAT: Thresholds(0.1)})
    heaps = [Heap(Label.THREAT, "en", Action.PUBLISH, 30, 5, 0, 0)]
    assert what_if.compare(heaps, now, then)[Label.THREAT].moves == {}


@pytest.mark.parametrize("decided", [0, ENOUGH - 1])
def test_below_enough_decisions_no_share_is_told(decided: int) -> None:
    assert Moved(100, decided, 0).share_published is None
    assert Moved(100, 0, decided).share_rejected is None


def test_the_table_counts_each_comment_once_from_the_highest_scores_down() -> None:
    heaps = [
        Heap(Label.SPAM, "bn", Action.PUBLISH, 99, 1, 0, 1),
        Heap(Label.SPAM, "bn", Action.HOLD, 45, 2, 1, 0),
        Heap(Label.SPAM, "bn", Action.REJECT, 49, 3, 0, 0),
    ]
    rows = what_if.stretches(heaps)
    assert [(row.low, row.high) for row in rows[:2]] == [(0.9, 1.0), (0.8, 0.9)]
    assert [(row.moved.comments, row.anyway) for row in rows if row.moved.comments] == [(1, 0), (5, 5)]
