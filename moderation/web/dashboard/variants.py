"""The wordings of comments that are alike, each told once: what it has that the first does not, and who wrote it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final

from moderation.store.alike_groups import Member
from moderation.web.dashboard.displaying import Span

LONGEST_COMPARED: Final = 400
"""Words beyond which a wording is shown without its changes marked."""
MOST_PAIRS: Final = 2_000
"""Pairs of equal words up to which what is amid two wordings is compared word by word. Finding what they share takes
each pair, often more than once: a campaign of one word, hundreds of times, would keep its page for seconds.
"""


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
    known, words = [one.look for one in first], [one.look for one in other]
    begun = _shared(known, words)
    ended = _shared(known[begun:][::-1], words[begun:][::-1])
    amid = other[begun : len(other) - ended]
    runs = _runs(known[begun : len(known) - ended], words[begun : len(words) - ended])
    return [Span(amid[begin].begin, amid[end - 1].end, "changed") for begin, end in runs]


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _runs(known: Sequence[str], words: Sequence[str]) -> list[tuple[int, int]]:
    """Which stretches of the words are not among the known, as (first, end); all of them where telling takes long."""
    counts = Counter(known)
    if not words or sum(counts[word] for word in words) > MOST_PAIRS:
        return [(0, len(words))] if words else []
    codes = SequenceMatcher(None, known, words, autojunk=False).get_opcodes()
    return [(begin, end) for kind, _, _, begin, end in codes if kind in {"insert", "replace"}]
