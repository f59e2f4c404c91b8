"""Tests of classifiers.thresholds, and that the default policy holds from the same scores."""

import numpy as np

from classifiers import LABELS, SCRIPTS
from classifiers.thresholds import DEFAULT_HOLD, HOLD_BY_SCRIPT, held_from
from moderation.domain.policy import DEFAULT_BY_SCRIPT, Policy
from moderation.domain.vocabulary import Label, Script


def test_every_script_has_a_threshold_for_every_label_in_order() -> None:
    assert tuple(HOLD_BY_SCRIPT) == SCRIPTS
    assert {tuple(holds) for holds in [DEFAULT_HOLD, *HOLD_BY_SCRIPT.values()]} == {LABELS}


def test_the_thresholds_are_those_of_the_default_policy() -> None:
    policy = Policy()
    held = {script: {label: policy.threshold(label, script).hold for label in Label} for script in Script}
    assert held == HOLD_BY_SCRIPT


def test_the_default_policy_says_of_a_script_only_what_departs() -> None:
    for labels in DEFAULT_BY_SCRIPT.values():
        assert all(pair.hold != DEFAULT_HOLD[label] for label, pair in labels.items())


def test_each_text_has_the_thresholds_of_its_script() -> None:
    found = held_from(["en", "bn", "en"])
    assert found.shape == (3, len(LABELS))
    assert found[0].tolist() == found[2].tolist() == list(HOLD_BY_SCRIPT["en"].values())
    assert found[1].tolist() == list(DEFAULT_HOLD.values())
    assert held_from([]).shape == (0, len(LABELS))
    assert np.all((held_from(SCRIPTS) > 0) & (held_from(SCRIPTS) < 1))
