"""Tests of classifiers.promotion: what a new bundle has to show, slice by slice, and why it is refused."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from classifiers import LABELS, Bundle, Scored
from classifiers.evidence import Evidence, Kind, finding, gathered, slices_tested
from classifiers.paired import Difference, Truth
from classifiers.promotion import DESK_MARGINS, LEAST_RANDOM, judge
from classifiers.thresholds import DEFAULT_HOLD
from classifiers.training import Example, Verdict
from tests.gold import GOOD, HARMFUL

THRESHOLDS = np.array([DEFAULT_HOLD[label] for label in LABELS])


def holds(scored: Sequence[Scored]) -> Truth:
    scores = np.array([one.scores for one in scored]).reshape(-1, len(LABELS))
    held: Truth = np.any(scores >= THRESHOLDS, axis=1)
    return held


def labelled(times: int = 1) -> list[Example]:
    return [
        Example(f"{text}{'।' * time}", (value, *[None] * 6), group=f"{text} {time}")
        for value, texts in ((0.0, GOOD), (1.0, HARMFUL))
        for text in texts
        for time in range(times)
    ]


def calmer(bundle: Bundle, by: float, families: slice = slice(None)) -> Bundle:
    """The same classifier with lower scores, everywhere or for some families of scripts."""
    offsets = bundle.calibration.offsets.copy()
    offsets[families] -= by
    return replace(bundle, name="calmer", calibration=replace(bundle.calibration, offsets=offsets))


def verdict(old: Bundle, new: Bundle, kind: Kind = "gold", examples: list[Example] | None = None) -> Verdict:
    evidence = gathered(kind, labelled() if examples is None else examples, old, new, holds)
    return judge(old, new, [evidence])[0]


def test_a_bundle_is_no_worse_than_itself(starter: Bundle) -> None:
    found = verdict(starter, starter)
    assert found.allowed
    assert found.refusal is None
    assert {one.finding for one in found.tests} == {"not worse", "too few to tell"}
    assert list(found.shortfalls) == list(found.shortfalls_before)


def test_without_enough_to_measure_on_even_the_same_bundle_is_refused_with_the_numbers(starter: Bundle) -> None:
    few = verdict(starter, starter, "gold", labelled()[:30])
    assert [reason.code for reason in few.reasons] == ["too_little_evidence"]
    assert "the gold set has 5 harmful and 25 good" in str(few.refusal)
    random = verdict(starter, starter, "audit", labelled(3))
    assert f"there are 150 fresh random labels, where {LEAST_RANDOM} are needed" in str(random.refusal)
    assert "decide on 50 more" in str(random.refusal)


def test_two_hundred_random_labels_stand_in_for_a_gold_set(starter: Bundle) -> None:
    assert verdict(starter, starter, "audit", labelled(4)).allowed


def test_what_was_held_out_does_not_stand_in_for_it(starter: Bundle) -> None:
    assert [one.code for one in verdict(starter, starter, "held_out", labelled(4)).reasons] == ["too_little_evidence"]


def test_a_bundle_that_ranks_as_well_but_holds_less_is_refused(starter: Bundle) -> None:
    """Its AUC is the same: thresholds are what a site feels."""
    found = verdict(starter, calmer(starter, 3.0))
    aucs = [one for one in found.tests if one.measure == "auc" and one.is_whole and one.difference]
    assert all(one.difference and abs(one.difference.value) < 0.02 for one in aucs)
    assert "worse" in {reason.code for reason in found.reasons}
    assert "harmful held (all comments)" in str(found.refusal)


def test_a_little_of_one_share_may_be_traded_for_the_other_and_much_may_not(starter: Bundle) -> None:
    """Scores that rise or sink a little move along the same curve: nothing is lost all in all."""
    little = verdict(starter, calmer(starter, 0.15))
    held = next(one for one in little.tests if one.kind == "banglacheck" and one.measure == "harmful held")
    assert held.difference
    assert held.difference.value < 0
    assert little.allowed, little.refusal
    for much in (calmer(starter, 1.5), calmer(starter, -1.5)):
        assert not verdict(starter, much).allowed


def test_a_fall_in_one_script_is_seen_though_the_whole_gains(starter: Bundle) -> None:
    """The families after the first are all that is not Bangla script."""
    found = verdict(starter, calmer(starter, 2.0, slice(1, None)))
    worse = {one.script for one in found.tests if one.kind == "banglacheck" and one.finding == "worse" and one.script}
    assert {"bn-Latn", "en"} <= worse
    assert "bn" not in worse


@pytest.mark.parametrize(
    ("low", "after", "high", "expected"),
    [
        (-0.02, -0.01, 0.01, "not worse"),
        (-0.20, 0.10, 0.30, "unsure"),
        (-0.20, -0.04, -0.01, "unsure"),
        (-0.20, -0.10, 0.01, "unsure"),
        (-0.20, -0.10, -0.01, "worse"),
    ],
)
def test_a_finding_needs_both_the_size_of_a_fall_and_its_certainty(
    low: float, after: float, high: float, expected: str
) -> None:
    assert finding(Difference(0.0, after, low, high), 0.05) == expected


def test_every_slice_that_has_a_row_is_tested_or_named_as_too_few(starter: Bundle) -> None:
    evidence = gathered("gold", labelled(), starter, starter, holds)
    found = slices_tested(evidence, DESK_MARGINS)
    scripts = {one.script for one in found}
    assert {None, "bn", "bn-Latn", "en"} <= scripts
    few = [one for one in found if one.finding == "too few to tell"]
    assert all(one.rarer < DESK_MARGINS.least_rows and one.difference is None for one in few)
    assert few
    for script in scripts - {None}:
        total = sum(one.rows for one in found if one.script == script and one.measure != "auc" and one.group is None)
        assert total == int((evidence.scripts == script).sum())


def test_rows_are_told_by_the_groups_that_they_name(starter: Bundle) -> None:
    examples = [
        Example(f"{name} পরিবারটি ভালো আছে {n}", (0.0, *[None] * 6)) for name in ("হিন্দুদের", "একটি") for n in range(25)
    ]
    evidence = gathered("gold", examples, starter, starter, holds)
    (named,) = [
        one
        for one in slices_tested(evidence, DESK_MARGINS)
        if one.group == "hindu" and one.measure != "auc" and one.script is None
    ]
    assert named.rows == 25


def test_a_comment_with_spam_alone_is_harmful_and_one_of_unknown_toxicity_is_neither(starter: Bundle) -> None:
    examples = [
        Example("ক", (None,) * 6 + (1.0,)),
        Example("খ", (0.0, *[None] * 6)),
        Example("গ", (None, 0.0, *[None] * 5)),
    ]
    evidence: Evidence = gathered("gold", examples, starter, starter, holds)
    assert evidence.harmful.tolist() == [True, False, False]
    assert evidence.good.tolist() == [False, True, False]


def test_the_reasons_have_a_code_numbers_and_advice(starter: Bundle) -> None:
    for reason in verdict(starter, calmer(starter, 3.0), "gold", labelled()[:10]).reasons:
        assert reason.code
        assert any(character.isdigit() for character in reason.text)
        assert reason.advice
    assert set(get_args(Kind)) == {"gold", "audit", "held_out", "banglacheck"}
