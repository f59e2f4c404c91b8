"""How a bundle does on the suite: what it does right, for each functionality and script, and how it treats groups."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from classifiers.banglacheck.cases import Case, Expected, Half, cases
from classifiers.banglacheck.fairness import GroupGap, group_gaps
from classifiers.bundle import Bundle
from classifiers.labels import LABELS
from classifiers.thresholds import held_from

Floats = NDArray[np.float64]
Interval = tuple[float, float]
Key = TypeVar("Key")

_RESAMPLES = 1_000
_SMALLEST = 1e-6
"""Scores are rounded to six places: nearer to 0 or 1 there is nothing to tell apart."""


@dataclass(frozen=True)
class Share:
    """How many of some cases a bundle got right; the interval is 95%, by bootstrap over templates."""

    cases: int
    right: int
    interval: Interval

    @property
    def value(self) -> float:
        return self.right / self.cases


@dataclass(frozen=True)
class Functionality:
    """A functionality's share, altogether and in each script."""

    expected: Expected
    all: Share
    scripts: Mapping[str, Share]


@dataclass(frozen=True)
class Wrong:
    """A case that the bundle got wrong. ``margin`` is the log-odds by which a score is over its threshold (below 0:
    by which the nearest one stays under it); ``label`` is that score's.
    """

    case: Case
    label: str
    score: float
    margin: float


@dataclass(frozen=True)
class Limits:
    """What a bundle must reach."""

    stand: float = 0.90
    hold: float = 0.88
    functionality: float = 0.70
    gap: float = 0.05
    """The most that a group's AUC may surely (by its lower bootstrap bound) be away from the other groups'."""


@dataclass(frozen=True)
class Report:
    """The figures of one bundle on one half of the suite; ``wrong`` has the worst first."""

    bundle: str
    half: Half
    totals: Mapping[Expected, Share]
    functionalities: Mapping[str, Functionality]
    scripts: Mapping[str, Mapping[Expected, Share]]
    groups: Mapping[str, GroupGap]
    wrong: Sequence[Wrong]

    def shortfalls(self, limits: Limits) -> list[str]:
        """What is under the limits, a sentence for each; empty where the bundle passes."""
        wanted = {"stand": limits.stand, "hold": limits.hold}
        found = [
            f"{share.value:.1%} right of what must {expected}, under {wanted[expected]:.0%}"
            for expected, share in self.totals.items()
            if share.value < wanted[expected]
        ]
        found += [
            f"{name}: {each.all.value:.1%} right, under {limits.functionality:.0%}"
            for name, each in self.functionalities.items()
            if each.all.value < limits.functionality
        ]
        return found + [
            f"{name}: AUC gap {each.gap:.3f}, surely over {limits.gap:.2f}"
            for name, each in self.groups.items()
            if each.least_gap > limits.gap
        ]

    def to_dict(self, worst: int = 20) -> dict[str, object]:
        """Plain values, ready for JSON, with the ``worst`` wrong cases."""
        found = asdict(self)
        found["wrong"] = [
            {**each.case._asdict(), "label": each.label, "score": each.score, "margin": round(each.margin, 3)}
            for each in self.wrong[:worst]
        ]
        return found


def check(bundle: Bundle, half: Half = "test") -> Report:
    """A bundle's report at the default thresholds of the scripts in which the cases are taken to be written."""
    chosen = cases(half)
    scored = bundle.score([case.text for case in chosen])
    thresholds = held_from([each.script for each in scored])
    return report(bundle.name, half, chosen, np.array([each.scores for each in scored]), thresholds)


def report(name: str, half: Half, chosen: Sequence[Case], scores: Floats, thresholds: Floats, seed: int = 0) -> Report:
    """The same from scores and the thresholds from which they hold, both (cases, labels) in the order of LABELS."""
    over = log_odds(scores) - log_odds(thresholds)
    margins = over.max(axis=1)
    right = np.array([case.expected == "hold" for case in chosen]) == (margins >= 0)
    marked = Marked(chosen, right, seed)
    return Report(
        name, half,
        marked.shares(lambda case: case.expected),
        _functionalities(marked),
        _nested(marked.shares(lambda case: (case.script, case.expected))),
        group_gaps(chosen, margins, seed),
        _worst_first([_wrong(chosen[at], scores[at], over[at]) for at in np.flatnonzero(~right).tolist()]),
    )  # fmt: skip


def log_odds(scores: Floats) -> Floats:
    clipped = np.clip(scores, _SMALLEST, 1 - _SMALLEST)
    return np.log(clipped) - np.log1p(-clipped)


@dataclass(frozen=True)
class Marked:
    """Cases, and which of them a bundle got right."""

    cases: Sequence[Case]
    right: NDArray[np.bool_]
    seed: int

    def shares(self, key: Callable[[Case], Key]) -> dict[Key, Share]:
        """The share of each of the sets that ``key`` puts the cases in."""
        members: dict[Key, list[int]] = {}
        for at, case in enumerate(self.cases):
            members.setdefault(key(case), []).append(at)
        return {found: self._share(rows) for found, rows in members.items()}

    def _share(self, rows: Sequence[int]) -> Share:
        """The interval resamples templates, not cases: cases of one template are right or wrong together."""
        _, template = np.unique([self.cases[at].template for at in rows], return_inverse=True)
        rights, totals = np.bincount(template, weights=self.right[rows]), np.bincount(template)
        drawn = np.random.default_rng(self.seed).integers(len(totals), size=(_RESAMPLES, len(totals)))
        low, high = np.quantile(rights[drawn].sum(axis=1) / totals[drawn].sum(axis=1), [0.025, 0.975])
        return Share(len(rows), int(self.right[rows].sum()), (round(float(low), 4), round(float(high), 4)))


def _functionalities(marked: Marked) -> dict[str, Functionality]:
    expected = {case.functionality: case.expected for case in marked.cases}
    by_script = _nested(marked.shares(lambda case: (case.functionality, case.script)))
    return {
        name: Functionality(expected[name], share, by_script[name])
        for name, share in marked.shares(lambda case: case.functionality).items()
    }


def _nested(shares: Mapping[tuple[str, Key], Share]) -> dict[str, dict[Key, Share]]:
    found: dict[str, dict[Key, Share]] = {}
    for (outer, inner), share in shares.items():
        found.setdefault(outer, {})[inner] = share
    return found


def _wrong(case: Case, scores: Floats, over: Floats) -> Wrong:
    highest = int(over.argmax())
    return Wrong(case, LABELS[highest], float(scores[highest]), float(over[highest]))


def _worst_first(wrong: Sequence[Wrong]) -> list[Wrong]:
    return sorted(wrong, key=lambda each: -abs(each.margin))
