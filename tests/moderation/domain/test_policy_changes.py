"""What parts two policies, and thresholds for one script or for all."""

from dataclasses import replace

import pytest

from moderation.domain.errors import InvalidValueError
from moderation.domain.policy import DEFAULT_BREAKER, Policy, Thresholds
from moderation.domain.policy_changes import Change, changes, with_thresholds
from moderation.domain.vocabulary import Label, Script

STRICT = {Label.THREAT: Thresholds(0.3)}
PLAIN = Policy(thresholds={Label.THREAT: Thresholds(0.5)}, by_script={})


def test_equal_policies_differ_in_nothing_whatever_their_versions() -> None:
    assert changes(Policy(version=1), Policy(version=7)) == []


def test_every_value_that_differs_is_told_once() -> None:
    new = with_thresholds(Policy(hold_links_over=None, blind=True), None, {Label.SPAM: Thresholds(0.45, None)})
    assert changes(Policy(), new) == [
        Change("reject", 0.99, None, Label.SPAM),
        Change("hold_links_over", 2, None),
        Change("blind", False, True),
    ]


def test_a_script_of_its_own_is_told_against_what_it_followed_before() -> None:
    new = with_thresholds(PLAIN, Script.ENGLISH, STRICT)
    assert changes(PLAIN, new) == [Change("hold", 0.5, 0.3, Label.THREAT, Script.ENGLISH)]
    assert changes(new, PLAIN) == [Change("hold", 0.3, 0.5, Label.THREAT, Script.ENGLISH)]


def test_a_script_s_threshold_that_is_the_general_one_is_none_of_its_own() -> None:
    own = with_thresholds(PLAIN, Script.ENGLISH, STRICT)
    assert with_thresholds(own, Script.ENGLISH, {Label.THREAT: Thresholds(0.5)}) == PLAIN


def test_a_general_threshold_leaves_a_script_s_own_alone() -> None:
    own = with_thresholds(Policy(), Script.ENGLISH, STRICT)
    new = with_thresholds(own, None, {Label.THREAT: Thresholds(0.8)})
    assert new.threshold(Label.THREAT, Script.ENGLISH) == Thresholds(0.3)
    assert new.threshold(Label.THREAT, Script.BANGLA) == Thresholds(0.8)


def test_rejecting_below_holding_is_refused_by_the_label_s_name() -> None:
    with pytest.raises(InvalidValueError) as refused:
        with_thresholds(Policy(), None, {Label.THREAT: Thresholds(0.5, 0.4)})
    assert refused.value.values == {"label": Label.THREAT}


def test_a_breaker_that_is_switched_off_or_moved_is_told_value_by_value() -> None:
    off = replace(Policy(), breaker=None)
    assert {one.field: one.after for one in changes(Policy(), off)} == {
        "breaker_share": None,
        "breaker_least": None,
        "breaker_minutes": None,
        "breaker_hold_minutes": None,
    }
    moved = replace(Policy(), breaker=replace(DEFAULT_BREAKER, least=12), mix_in=0.0, mask=True)
    assert changes(Policy(), moved) == [
        Change("mask", False, True),
        Change("mix_in", 0.1, 0.0),
        Change("breaker_least", 30, 12),
    ]
