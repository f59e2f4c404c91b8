"""Shares out of an audit sample: weighed by their probabilities, with intervals that keep their promise."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.estimate import ENOUGH, Tally, audited, weighted_share, wilson
from moderation.domain.vocabulary import Action, Script


def _tally(answered: int, wrong: int, propensity: float = 0.01, script: Script = Script.BANGLA) -> Tally:
    return Tally(script, Action.PUBLISH, propensity, answered, answered, wrong)


def test_wilsons_interval_is_the_published_one() -> None:
    """Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 and 0 of 20, method 3."""
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0.0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_an_answer_counts_one_over_its_probability() -> None:
    """50 wrong of 100 drawn at 5% stand for 2,000; none wrong of 100 drawn at 1% for 10,000."""
    found = weighted_share([_tally(100, 50, 0.05), _tally(100, 0, 0.01)])
    assert found.share == pytest.approx(1_000 / 12_000)
    assert found.effective < 200


def test_equal_probabilities_make_every_answer_count_whole() -> None:
    assert weighted_share([_tally(40, 2)]).effective == pytest.approx(40)


@given(st.lists(st.tuples(st.integers(0, 500), st.floats(0, 1), st.floats(0.001, 0.5)), max_size=5))
def test_the_share_lies_in_its_interval_and_both_in_what_is_possible(rows: list[tuple[int, float, float]]) -> None:
    found = weighted_share([_tally(n, int(n * part), propensity) for n, part, propensity in rows])
    assert 0.0 <= found.low <= found.share <= found.high <= 1.0


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """A thousand desks with 2% harmful among the published, drawn at 5% and then at 1%."""
    lots = random.Random(5)
    covered = 0
    for _ in range(1_000):
        early = sum(lots.random() < 0.02 for _ in range(150))
        late = sum(lots.random() < 0.02 for _ in range(150))
        found = weighted_share([_tally(150, early, 0.05), _tally(150, late, 0.01)])
        covered += found.low <= 0.02 <= found.high
    assert covered >= 930


def test_too_few_answers_give_counts_and_no_share() -> None:
    everything, bangla, english = audited([_tally(ENOUGH, 3), _tally(ENOUGH - 1, 0, script=Script.ENGLISH)])[:3]
    assert (everything.script, everything.answered, everything.wrong) == (None, 2 * ENOUGH - 1, 3)
    assert bangla.estimate is not None
    assert english.estimate is None


def test_either_action_is_told_of_though_nothing_was_drawn() -> None:
    assert [(one.action, one.script, one.drawn) for one in audited([])] == [
        (Action.PUBLISH, None, 0),
        (Action.REJECT, None, 0),
    ]
