"""Do explanations point at the abuse? In must-hold cases the templates know which words are the abusive ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.banglacheck.cases import Case, Half, cases
from classifiers.banglacheck.report import Marked, Share
from classifiers.bundle import Bundle
from classifiers.explanation import Stretch, explain

_NAMED = ("no group is named", "a group is named")
_MOSTLY = 0.5


@dataclass(frozen=True)
class Pointing:
    """In how many cases the highest stretch of the explanation is an abusive word: altogether, by script, by whether
    the template names a group, and by functionality.
    """

    all: Share
    scripts: Mapping[str, Share]
    groups: Mapping[str, Share]
    functionalities: Mapping[str, Share]


def pointing(bundle: Bundle, half: Half = "test", seed: int = 0) -> Pointing:
    """Explains each case that must be held and has abusive words, for the first label that it is an example of."""
    chosen = [case for case in cases(half) if case.expected == "hold" and case.spans]
    right = np.array([points_at_abuse(case, _highest(bundle, case)) for case in chosen])
    return of_marked(Marked(chosen, right, seed))


def of_marked(marked: Marked) -> Pointing:
    """The same from cases that are marked already."""
    return Pointing(
        marked.shares(lambda _: "all")["all"],
        marked.shares(lambda case: case.script),
        marked.shares(lambda case: _NAMED[case.group is not None]),
        marked.shares(lambda case: case.functionality),
    )


def points_at_abuse(case: Case, stretch: Stretch | None) -> bool:
    """Whether at least half of the stretch's characters are abusive words'. (A word and its ending are one stretch.)"""
    if stretch is None:
        return False
    shared = _shared(stretch, case.spans)
    return shared >= _MOSTLY * (stretch.end - stretch.begin)


def _highest(bundle: Bundle, case: Case) -> Stretch | None:
    return explain(bundle, case.text, case.labels[0]).highest


def _shared(stretch: Stretch, spans: Sequence[tuple[int, int]]) -> int:
    return sum(max(0, min(stretch.end, end) - max(stretch.begin, begin)) for begin, end in spans)
