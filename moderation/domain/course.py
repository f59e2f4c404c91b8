"""The course of a group of comments in time: when they came, in equal spans, and from whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

SPANS: Final = 16
"""Bars of the small picture."""
NAMED: Final = 3
"""Authors who are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Course:
    """``bars`` are counts in SPANS equal spans of time from ``first`` to ``last``; ``authors`` are names, the first to
    come first, and ``others`` counts those beyond them.
    """

    first: datetime
    last: datetime
    bars: Sequence[int]
    authors: Sequence[str]
    others: int


def course_of(came: Sequence[tuple[datetime, int, str]]) -> Course:
    """The course of what came, as (time, author's id, author's name); at least one."""
    times = [at for at, _, _ in came]
    first, last = min(times), max(times)
    whole = (last - first).total_seconds()
    bars = [0] * SPANS
    for at in times:
        share = (at - first).total_seconds() / whole if whole else 0.0
        bars[min(SPANS - 1, int(share * SPANS))] += 1
    names: dict[int, str] = {}
    for _, author_id, name in sorted(came):
        names.setdefault(author_id, name)
    return Course(first, last, bars, list(names.values())[:NAMED], max(0, len(names) - NAMED))
