"""The wordings of comments that are alike, each told once: what it has that the first does not, and who wrote it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final

from moderation.store.alike_groups import Member
from moderation.web.dashboard.displaying import Span

LONGEST_COMPARED: Final = 400
"""Words beyond which a wording is shown without its changes marked: finding them takes the square of the words."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording and who wrote it; ``changed`` are the stretches that the first wording does not have."""

    text: str
    changed: Sequence[Span]
    members: Sequence[Member]


def variants_of(members: Sequence[Member]) -> list[Variant]:
    """The different wordings in order of arrival; the first has nothing changed."""
    arrival = {one.text: at for at, one in reversed(list(enumerate(members)))}
    ordered = sorted(members, key=lambda one: arrival[one.text])
    grouped = [(text, list(some)) for text, some in groupby(ordered, key=lambda one: one.text)]
    first = list(_words(grouped[0][0])) if grouped else []
    return [Variant(text, _changed(first, list(_words(text))), some) for text, some in grouped]


def _words(text: str) -> Iterator[Span]:
    """The words of a text, which is not looked at further than one more than is compared; looks are the words."""
    at = 0
    for word in text.split(maxsplit=LONGEST_COMPARED)[: LONGEST_COMPARED + 1]:
        begin = text.index(word, at)
        at = begin + len(word)
        yield Span(begin, at, word)


def _changed(first: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    if max(len(first), len(other)) > LONGEST_COMPARED:
        return []
    matcher = SequenceMatcher(None, [one.look for one in first], [one.look for one in other], autojunk=False)
    return [
        Span(other[begin].begin, other[end - 1].end, "changed")
        for kind, _, _, begin, end in matcher.get_opcodes()
        if kind in {"insert", "replace"}
    ]
