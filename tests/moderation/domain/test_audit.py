"""Which outcomes are drawn: by lots that nobody foretells, at probabilities that are known."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain import audit
from moderation.domain.policy import Facts, Outcome, Policy, Thresholds, judge
from moderation.domain.vocabulary import Action, Label, Script
from moderation.vault import Vault

_KEY = "a-secret-key-for-tests-only-0123456789"
_CIVIL = (0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def _outcome_of(scores: Sequence[float], policy: Policy | None = None) -> Outcome:
    return judge(policy or Policy(), Facts(scores, Script.BANGLA))


def test_a_lot_is_the_same_under_its_key_and_another_under_another() -> None:
    here, again, elsewhere = (audit.lots(Vault([key]).keyed_digest) for key in (_KEY, _KEY, _KEY[::-1]))
    assert here(7) == again(7)
    assert here(7) != elsewhere(7)
    assert here(7) != here(8)


def test_lots_fall_evenly_and_their_four_numbers_do_not_follow_each_other() -> None:
    lots = [audit.lots(Vault([_KEY]).keyed_digest)(one) for one in range(4_000)]
    for numbers in zip(*lots, strict=True):
        assert 0.0 <= min(numbers) < max(numbers) < 1.0
        assert sum(number < 0.25 for number in numbers) == pytest.approx(1_000, abs=110)  # four standard deviations
    both = sum(lot.random < 0.5 and lot.uncertain < 0.5 for lot in lots)
    assert both == pytest.approx(1_000, abs=110)


@given(st.floats(0, 1, exclude_max=True))
def test_the_place_in_the_queue_lies_among_those_of_held_comments(place: float) -> None:
    assert 0.4 <= audit.Lot(0.0, 0.0, place).priority <= 1.1


def test_a_desk_begins_with_random_comments_only_and_goes_on_half_and_half() -> None:
    early = audit.shares(0.01, decided=audit.FIRST_DECISIONS - 1, eligible=10_000, near=400)
    later = audit.shares(0.01, decided=audit.FIRST_DECISIONS, eligible=10_000, near=400)
    assert early == audit.Shares(audit.EARLY_SHARE, 0.0)
    assert later.random == 0.01
    assert later.uncertain * 0.04 == pytest.approx(later.random, rel=0.02)


@given(st.floats(0, 0.2), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_shares_are_probabilities_whatever_was_counted(share: float, decided: int, eligible: int, near: int) -> None:
    found = audit.shares(share, decided=decided, eligible=eligible + near, near=near)
    assert 0.0 <= found.random <= 0.2
    assert 0.0 <= found.uncertain <= 0.5
    assert (share > 0) == (found.random > 0)


def test_ordinary_comments_are_drawn_until_they_are_the_wanted_share_of_what_a_person_reads() -> None:
    counted = {"eligible": 10_000, "near": 0, "held": 1_000}
    assert audit.shares(0.01, decided=10, mix_in=0.25, **counted).mixed == 0.0
    found = audit.shares(0.01, decided=audit.FIRST_DECISIONS, mix_in=0.25, **counted)
    ordinary = 10_000 * (found.random + found.mixed)
    assert ordinary / (ordinary + 1_000) == pytest.approx(0.25, abs=0.01)
    assert audit.shares(0.05, decided=audit.FIRST_DECISIONS, mix_in=0.10, eligible=100, near=0, held=5).mixed == 0.0
    flooded = audit.shares(0.0, decided=audit.FIRST_DECISIONS, mix_in=0.5, eligible=10, near=0, held=10**6)
    assert (flooded.random, flooded.mixed) == (0.0, 0.5)


def test_near_is_just_under_a_threshold_or_just_over_that_to_reject() -> None:
    assert audit.is_near(_outcome_of((0.55, *_CIVIL[1:])))
    assert not audit.is_near(_outcome_of((0.45, *_CIVIL[1:])))
    strict = Policy(thresholds={Label.SPAM: Thresholds(hold=0.6, reject=0.8)})
    assert audit.is_near(_outcome_of((*_CIVIL[:-1], 0.85), strict))
    assert not audit.is_near(_outcome_of((*_CIVIL[:-1], 0.97), strict))


def test_only_what_no_person_looks_at_anyway_can_be_drawn() -> None:
    assert audit.is_eligible(_outcome_of(_CIVIL))
    held = _outcome_of((0.9, *_CIVIL[1:]))
    assert held.action is Action.HOLD
    assert not audit.is_eligible(held)


def test_some_held_comments_look_like_drawn_ones_unless_there_is_no_audit() -> None:
    digest = Vault([_KEY]).keyed_digest

    def blind(policy: Policy) -> int:
        return sum(audit.is_shown_blind(policy, digest, one, drawn=False) for one in range(2_000))

    assert blind(Policy()) == pytest.approx(200, abs=60)
    assert blind(Policy(mix_in=0.3)) == pytest.approx(600, abs=80)
    assert blind(Policy(audit_share=0.0, mix_in=0.0)) == 0
    assert blind(Policy(blind=True)) == 2_000
    assert audit.is_shown_blind(Policy(audit_share=0.0), digest, 1, drawn=True)
