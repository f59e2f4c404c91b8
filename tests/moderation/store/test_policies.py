"""Tests of moderation.store.policies: what a stored document says, and what it leaves as by default."""

import pytest

from moderation.domain.policy import DEFAULT_BY_SCRIPT, DEFAULT_THRESHOLDS, Policy, Thresholds
from moderation.domain.vocabulary import Label, Script
from moderation.store.policies import document_of, policy_of


def test_an_empty_document_is_the_default_policy() -> None:
    assert policy_of(0, {}) == Policy()


def test_a_threshold_set_for_every_script_is_meant_for_every_script() -> None:
    policy = policy_of(1, {"thresholds": {label.value: {"hold": 0.9} for label in Label}})
    assert {policy.threshold(label, script) for label in Label for script in Script} == {Thresholds(0.9)}


@pytest.mark.parametrize("script", Script)
def test_a_threshold_set_for_one_script_leaves_the_others_and_its_other_labels_alone(script: Script) -> None:
    policy = policy_of(1, {"by_script": {script.value: {"threat": {"hold": 0.9}}}})
    for label in Label:
        for each in Script:
            expected = Thresholds(0.9) if (label, each) == (Label.THREAT, script) else Policy().threshold(label, each)
            assert policy.threshold(label, each) == expected


def test_a_policy_is_read_back_as_it_was_stored() -> None:
    ours = Policy(thresholds={**DEFAULT_THRESHOLDS, Label.INSULT: Thresholds(0.7)}, by_script={})
    assert policy_of(0, document_of(ours)) == ours
    assert policy_of(0, document_of(Policy())) == Policy()
    assert set(DEFAULT_BY_SCRIPT) <= set(Script)
