"""Finding listed terms in comments: whole words made of letters *and marks*, with their endings and variants.

A matcher is compiled once for the lists of a site. It looks up each reading of each word, so that its time grows with
the comment and not with the lists. Terms and texts are normalised by the same function before they come here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from moderation.domain.innocent_words import INNOCENT
from moderation.domain.term_endings import Kind
from moderation.domain.term_forms import TOKEN_NAMES, exact_form, loose_form, rough_words, single_letters, word_pattern
from moderation.domain.term_readings import LONGEST_WORD, Reading, readings
from moderation.domain.vocabulary import ListAction


class Match(StrEnum):
    """How far a word may be from the term."""

    EXACT = "exact"
    ENDINGS = "endings"
    VARIANTS = "variants"
    """Endings, and other spellings too."""


class Tongue(StrEnum):
    """Whose endings a term takes; what is written in Latin letters may be either."""

    BANGLA = "bangla"
    ENGLISH = "english"
    ENGLISH_VERB = "english_verb"
    """-ed and -ing too."""


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a list, normalised. ``exceptions`` are single words that it must not hit, whatever their endings."""

    text: str
    match: Match = Match.VARIANTS
    tongue: Tongue = Tongue.BANGLA
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TermList:
    name: str
    action: ListAction
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """``text[start:end]`` is a form of the term: with this ending, or spelt in another way (``variant``)."""

    term: str
    list_name: str
    action: ListAction
    start: int
    end: int
    form: str
    ending: str = ""
    variant: bool = False


_KINDS: Final = {
    Tongue.BANGLA: frozenset({Kind.NONE, Kind.BANGLA}),
    Tongue.ENGLISH: frozenset({Kind.NONE, Kind.ENGLISH}),
    Tongue.ENGLISH_VERB: frozenset({Kind.NONE, Kind.ENGLISH, Kind.VERB}),
}
_BETWEEN_WORDS: Final = re.compile(r"[\s\-']+")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A term as the matcher keeps it: the exact forms of its words, the endings it takes, and what it spares."""

    term: Term
    list_name: str
    action: ListAction
    exact: tuple[str, ...]
    kinds: frozenset[Kind]
    spares: frozenset[str]

    def accepts(self, word: str, reading: Reading) -> bool:
        if reading.kind not in self.kinds or (reading.misspelt and self.term.match is not Match.VARIANTS):
            return False
        return self.term.match is Match.EXACT or not any(map(self._is_spared, readings(word)))

    def _is_spared(self, reading: Reading) -> bool:
        """Whether the word is an exception, with any ending: but «bale», which spares «bal» + e, leaves «baler» hit."""
        if reading.exact not in self.spares and reading.exact not in INNOCENT:
            return False
        if reading.exact == self.exact[-1]:
            return False
        return reading.kind is Kind.NONE or self.exact[-1] not in _stems_of(reading.exact)


@lru_cache(maxsize=1024)
def _stems_of(word: str) -> frozenset[str]:
    """What the word may be an ending's form of."""
    return frozenset(reading.exact for reading in readings(word) if reading.ending)


_Index = dict[tuple[str, ...], list[_Entry]]
_Found = re.Match[str]
_MOST_DULL: Final = 16_384
"""Words with which no term ends, that a matcher remembers: of most comments it knows all."""


class TermMatcher:
    """The lists of a site, compiled. ``size`` is the number of terms."""

    def __init__(self, lists: Sequence[TermList] = ()) -> None:
        self.size = sum(len(one.terms) for one in lists)
        self._exact: _Index = {}
        self._loose: _Index = {}
        self._single: _Index = {}
        self._literal: list[_Entry] = []
        for listed in lists:
            for term in listed.terms:
                self._add(term, listed)
        self._indexes = (self._exact, self._loose, self._single)
        self._lengths = sorted({len(words) for index in self._indexes for words in index})
        self._last = frozenset(words[-1] for index in self._indexes for words in index)
        self._dull = self._dull_tokens()

    def _add(self, term: Term, listed: TermList) -> None:
        words = tuple(map(exact_form, _BETWEEN_WORDS.split(term.text.strip())))
        kinds = frozenset({Kind.NONE}) if term.match is Match.EXACT else _KINDS[term.tongue]
        entry = _Entry(term, listed.name, listed.action, words, kinds, frozenset(map(exact_form, term.exceptions)))
        if not all(_is_word(word) for word in words):
            self._literal.append(entry)
        elif term.match is not Match.VARIANTS:
            self._exact.setdefault(words, []).append(entry)
        elif term.tongue is Tongue.BANGLA:
            self._add_loose(words, entry)
        else:
            self._add_english(words, entry)

    def _add_loose(self, words: tuple[str, ...], entry: _Entry) -> None:
        loose = tuple(map(loose_form, words))
        self._loose.setdefault(loose, []).append(entry)
        if len(words) > 1:
            self._loose.setdefault((loose_form("".join(words)),), []).append(entry)

    def _add_english(self, words: tuple[str, ...], entry: _Entry) -> None:
        """A drawn-out «idiooot» is hit where the term has no doubled letter of its own: «as» is no «ass»."""
        self._exact.setdefault(words, []).append(entry)
        if all(single_letters(word) == word for word in words):
            self._single.setdefault(words, []).append(entry)

    def hits(self, text: str) -> list[Hit]:
        """Every listed term in a normalised text, in the order in which they stand; a term once at each place."""
        dull = not self._lengths or self._dull.issuperset(rough_words(text))
        if dull and not self._literal:
            return []
        found: dict[tuple[int, int, str, str], Hit] = {}
        for hit in (*(() if dull else self._hits_of_words(text)), *self._literal_hits(text)):
            found.setdefault((hit.start, hit.end, hit.term, hit.list_name), hit)
        return sorted(found.values(), key=lambda hit: (hit.start, hit.end, hit.list_name, hit.term))

    def _hits_of_words(self, text: str) -> Iterator[Hit]:
        words = list(word_pattern().finditer(text))
        for place, found in enumerate(words):
            for reading in self._promising(found[1]):
                yield from self._hits_at(text, words, place, reading)

    def _dull_tokens(self) -> set[str]:
        """What our own tokens are called, which the careful look leaves out, where no term has such a name."""
        return {name for name in TOKEN_NAMES if name not in self._last}

    def _promising(self, word: str | None) -> list[Reading]:
        """The readings of a word with which a listed term may end: none, for nearly every word of a comment."""
        if not word or word in self._dull:
            return []
        found = [one for one in _readings(word) if not self._last.isdisjoint(_forms(one))]
        if not found:
            if len(self._dull) >= _MOST_DULL:
                self._dull = self._dull_tokens()
            self._dull.add(word)
        return found

    def _hits_at(self, text: str, words: Sequence[_Found], place: int, reading: Reading) -> Iterator[Hit]:
        """What ends with the word at this place, read in this way."""
        for length in self._lengths:
            before = [_readings(found[1]) for found in words[max(place + 1 - length, 0) : place]]
            if len(before) < length - 1 or not all(before):
                continue
            forms = [*(read[0] for read in before), reading]
            for index, key in zip(self._indexes, zip(*map(_forms, forms), strict=True), strict=True):
                for entry in index.get(key, ()):
                    if entry.accepts(words[place][1], reading):
                        yield _hit(entry, text, words[place + 1 - length].start(), words[place].end(), forms)

    def _literal_hits(self, text: str) -> Iterator[Hit]:
        """Terms with other characters than letters within (a sign, an address) are looked for as they are."""
        for entry in self._literal:
            term = entry.term.text
            start = text.find(term)
            while start != -1:
                end = start + len(term)
                if _stands_alone(text, start, end):
                    yield Hit(term, entry.list_name, entry.action, start, end, term)
                start = text.find(term, end)


def _readings(word: str | None) -> tuple[Reading, ...]:
    return readings(word) if word and len(word) <= LONGEST_WORD else ()


def _forms(reading: Reading) -> tuple[str, str, str]:
    """The stem as the three indexes have it."""
    return reading.exact, reading.loose, single_letters(reading.exact)


def _hit(entry: _Entry, text: str, start: int, end: int, forms: Sequence[Reading]) -> Hit:
    return Hit(
        term=entry.term.text,
        list_name=entry.list_name,
        action=entry.action,
        start=start,
        end=end,
        form=text[start:end],
        ending=forms[-1].ending,
        variant=tuple(one.exact for one in forms) != entry.exact,
    )


def _is_word(text: str) -> bool:
    return bool(text) and word_pattern().fullmatch(text) is not None


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no word goes on over either edge; beside a sign that is no letter there is nothing to go on."""
    before = start > 0 and _is_word(text[start]) and _is_word(text[start - 1])
    after = end < len(text) and _is_word(text[end - 1]) and _is_word(text[end - 1] + text[end])
    return not before and not after
