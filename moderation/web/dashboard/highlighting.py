"""Stretches of an explanation as spans of the shown text: what raised a score, what lowered it, what can be masked."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter

from moderation.steps.explaining import Explained
from moderation.web.dashboard.displaying import Span


def spans_of(explained: Explained | None) -> list[Span]:
    """Ascending spans without overlap; a look is made of the words ``raised``, ``lowered`` and ``slur``."""
    if explained is None:
        return []
    looks = [Span(one.begin, one.end, "raised" if one.raised else "lowered") for one in explained.stretches]
    slurs = [Span(begin, end, "slur") for begin, end in explained.slurs]
    return _together(looks, slurs)


def _together(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    """Two rows of spans as one; where both lie, the look is that of both."""
    edges = sorted({edge for span in (*first, *second) for edge in (span.begin, span.end)})
    together = []
    for begin, end in pairwise(edges):
        look = " ".join(filter(None, (_look_at(first, begin), _look_at(second, begin))))
        if look:
            together.append(Span(begin, end, look))
    return together


def _look_at(spans: Sequence[Span], position: int) -> str:
    at = bisect_right(spans, position, key=attrgetter("begin")) - 1
    return spans[at].look if at >= 0 and position < spans[at].end else ""
