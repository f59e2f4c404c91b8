"""The gate: may a new bundle take the place of the live one? What it must show, by which margins, and why not.

The rule, whose numbers are all in this file:

1. On the whole of each set that counts (the desk's gold set, at least LEAST_RANDOM random labels, BanglaCheck) the new
   bundle must be *shown* to be no worse: the lower 95% bound of the difference stays within the margin, for the AUC of
   toxicity and for what is rightly treated, which is the mean of the share of harmful comments held and of the share
   of good ones let stand. «Unsure» is not enough.
2. In neither of these two shares, and on no slice (label, script, group, functionality), may it be *worse*: fallen by
   more than the margin, and surely (by the 99% bound) fallen. A bundle that a desk has taught is calibrated to that
   desk, so that at the same thresholds a little of the one share is traded for the other. A slice with too few rows
   is named as such and passes nothing by itself: BanglaCheck has rows for every script and every group, so that none
   goes untested.
3. The part that was held out by author is measured too: to be worse there is a reason, to be unsure is none, because
   it is made of what was held for people and not of comments as they come.
4. Without a gold set that is large enough there must be enough random labels; with neither there is nothing to show
   it on, and the new bundle is refused with what is missing.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from classifiers.banglacheck import Limits
from classifiers.bundle import Bundle
from classifiers.check_comparison import CheckComparison, CheckMargins, compare_checks
from classifiers.evidence import Evidence, Margins, Tested, slices_tested

LEAST_RANDOM = 200
"""Random labels that stand in for a gold set: with one comment in twenty harmful, some ten of them are."""
LEAST_GOLD = 20
"""Harmful and good comments that a gold set needs, of each: fewer cannot show a difference of a tenth."""

DESK_MARGINS = Margins(auc=0.03, auc_of_slice=0.05, balance=0.03, share=0.05, share_of_slice=0.10, least_rows=20)
"""What a desk would not notice: of a hundred comments three treated worse, all in all; one in twenty more of one sort,
one in ten of a slice. That three can be shown on some 300 harmful and 300 good comments: where one in ten of either
sort is treated otherwise, in both directions alike, the bound lies 1.645 · √(0.1/300) / √2 = 0.021 below.
"""
CHECK_MARGINS = CheckMargins(balance=0.03, whole=0.05, part=0.10, functionality=0.15, gap=0.05)
"""As for the desk's own comments: the bound of the balance lies 0.017 below where one case in ten is treated otherwise
and half of what is treated otherwise is so for its template. A functionality has some fifty cases of a dozen templates,
so that one template more or less is a twelfth, and as many functionalities are looked at.
"""

Code = Literal["too_little_evidence", "unproven", "worse"]

_TOLD = 3
_PRIMARY = {("auc", "toxicity"), ("right", None)}
_SETS = {
    "gold": "the gold set",
    "audit": "the random labels",
    "held_out": "the held-out part",
    "banglacheck": "BanglaCheck",
}
_LOOK = "Look at the comments whose outcome would change, and label more like those that it loses."
_ADVICE = {
    "gold": _LOOK,
    "audit": _LOOK,
    "held_out": _LOOK,
    "banglacheck": "What the desk labelled unteaches this: teach examples of it too, in a labelled file.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a bundle is refused: a code, a sentence with its numbers, and what to do."""

    code: Code
    text: str
    advice: str

    def __str__(self) -> str:
        return f"{self.text} {self.advice}"


@dataclass(frozen=True)
class Verdict:
    """What the gate says. ``tests`` has every test; ``shortfalls`` where the new bundle is under BanglaCheck's absolute
    limits, with ``shortfalls_before`` for the live one: told, and no reason by itself.
    """

    candidate: str
    champion: str
    reasons: Sequence[Reason]
    tests: Sequence[Tested]
    rows: dict[str, int]
    shortfalls: Sequence[str]
    shortfalls_before: Sequence[str]

    @property
    def allowed(self) -> bool:
        return not self.reasons

    @property
    def refusal(self) -> str | None:
        """The first reasons as one paragraph, or ``None`` where the bundle may be promoted."""
        told = " ".join(map(str, self.reasons[:_TOLD]))
        more = len(self.reasons) - _TOLD
        return f"{told} The report has {more} more." if more > 0 else told or None

    def to_dict(self) -> dict[str, object]:
        """Plain values, ready for JSON."""
        return {**asdict(self), "allowed": self.allowed}


def judge(
    before: Bundle,
    after: Bundle,
    evidence: Sequence[Evidence],
    step: Callable[[int], None] = lambda _: None,
) -> tuple[Verdict, CheckComparison]:
    """The gate's verdict on ``after`` in place of ``before``, on these sets and on BanglaCheck.

    ``step`` is told of each bundle that BanglaCheck is done with.
    """
    checked = compare_checks(before, after, CHECK_MARGINS, step)
    tests = [tested for each in evidence for tested in slices_tested(each, DESK_MARGINS)] + list(checked.tests)
    counting = [each for each in evidence if _counts(each)]
    reasons = [
        *_missing(evidence),
        *_unproven(tests, {each.kind for each in counting} | {"banglacheck"}),
        *_worse(tests),
    ]
    verdict = Verdict(
        after.name,
        before.name,
        reasons,
        tests,
        {each.kind: len(each) for each in evidence},
        checked.after.shortfalls(Limits()),
        checked.before.shortfalls(Limits()),
    )
    return verdict, checked


def _counts(evidence: Evidence) -> bool:
    """Whether a set is large enough to show anything on its whole."""
    if evidence.kind == "gold":
        return min(int(evidence.harmful.sum()), int(evidence.good.sum())) >= LEAST_GOLD
    return evidence.kind == "audit" and len(evidence) >= LEAST_RANDOM


def _missing(evidence: Sequence[Evidence]) -> Iterator[Reason]:
    if any(_counts(each) for each in evidence):
        return
    random = sum(len(each) for each in evidence if each.kind == "audit")
    gold = [each for each in evidence if each.kind == "gold" and len(each)]
    harmful, good = (sum(int(getattr(each, name).sum()) for each in gold) for name in ("harmful", "good"))
    held = f"the gold set has {harmful} harmful and {good} good comments" if gold else "there is no gold set"
    yield Reason(
        "too_little_evidence",
        f"Too little to measure on: {held}, where {LEAST_GOLD} of each are needed, and there are {random} fresh random "
        f"labels, where {LEAST_RANDOM} are needed.",
        "Either import a gold set (`python -m moderation gold import FILE`), or decide on "
        f"{LEAST_RANDOM - random} more comments of the audit sample, which the review queue mixes in by itself.",
    )


def _unproven(tests: Sequence[Tested], kinds: set[str]) -> Iterator[Reason]:
    for one in tests:
        must_be_shown = one.kind in kinds and one.is_whole and (one.measure, one.label) in _PRIMARY
        if must_be_shown and one.finding == "unsure" and one.difference is not None:
            yield Reason(
                "unproven",
                f"It is not shown to be no worse on {_SETS[one.kind]}: {_told(one)}; it could be "
                f"worse by {-one.difference.low:.3f}.",
                _rows_needed(one),
            )


def _rows_needed(one: Tested) -> str:
    """The bound narrows with the root of the number of rows."""
    assert one.difference is not None  # noqa: S101 - the caller's condition
    room = one.difference.value + one.margin
    if one.kind == "banglacheck" or room <= 0:
        return _ADVICE[one.kind]
    factor = ((one.difference.value - one.difference.low) / room) ** 2
    return f"Some {math.ceil(one.rows * factor) - one.rows:,} more labels of this kind would tell."


def _worse(tests: Sequence[Tested]) -> Iterator[Reason]:
    """One reason for each whole that is worse, and one for all the slices of a set."""
    for kind, name in _SETS.items():
        worse = [one for one in tests if one.kind == kind and one.finding == "worse"]
        for one in worse:
            if one.is_whole:
                yield Reason("worse", f"It is worse on {name}: {_told(one)}.", _ADVICE[kind])
        slices = sorted((one for one in worse if not one.is_whole), key=_change)
        if slices:
            most = "; ".join(map(_told, slices[:_TOLD]))
            many = f"{len(slices)} slices" if len(slices) > 1 else "a slice"
            among = ", the worst of them" if len(slices) > _TOLD else ""
            yield Reason("worse", f"It is worse on {many} of {name}{among}: {most}.", _ADVICE[kind])


def _change(one: Tested) -> float:
    assert one.difference is not None  # noqa: S101 - what has no difference has no finding either
    return one.difference.value


def _told(one: Tested) -> str:
    assert one.difference is not None  # noqa: S101 - what has no difference has no finding either
    name = {"auc": "AUC", "gap": "AUC gap", "right": "rightly treated"}.get(one.measure, one.measure)
    figures = f"{abs(one.difference.after):.3f} instead of {abs(one.difference.before):.3f}"
    rows = f"{one.rows:,} {'templates' if one.measure == 'gap' else 'rows'}"
    return f"{name} ({one.slice_name}) {figures} on {rows}, where {one.margin:.2f} is the margin"
