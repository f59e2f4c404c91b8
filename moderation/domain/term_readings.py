"""A word of a comment, read in every way in which it may be a listed term: as it stands, or as stem and ending."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from moderation.domain.term_endings import (
    LONGEST,
    Kind,
    Place,
    bangla_endings,
    english_stems,
    misspelt_endings,
)
from moderation.domain.term_forms import exact_form, loose_form

LONGEST_WORD: Final = 256
"""Characters beyond which a word can be no term with an ending; it is not read at all."""
_VOWELS: Final = frozenset("aeiouyঅআইঈউঊঋএঐওঔািীুূৃেৈোৌ")
_ON_A_VOWEL: Final = "\u0981"
_HASANTA: Final = "\u09cd"
"""Joins what follows into one cluster with the stem, which then goes on: «মার্কে» is no «মার»."""


class Reading(NamedTuple):
    """``exact`` and ``loose`` are the stem's forms. A ``misspelt`` reading counts for terms with variants only."""

    exact: str
    loose: str
    ending: str
    kind: Kind
    misspelt: bool = False


@lru_cache(maxsize=16_384)  # The words of comments are few and often the same.
def readings(word: str) -> tuple[Reading, ...]:
    """All readings of a word in lower case, the whole word first; their number is bounded, whatever the word."""
    whole = exact_form(word)
    if not whole or len(whole) > LONGEST_WORD:
        return ()
    found = [Reading(whole, loose_form(whole), "", Kind.NONE)]
    found += _with_endings(whole, misspelt=False)
    if whole[-1:] == whole[-2:-1]:
        found += _with_endings(whole[:-1], misspelt=True)
    if whole.isascii():
        found += [Reading(stem, loose_form(stem), ending, kind) for stem, ending, kind in english_stems(whole)]
    return tuple(found)


def _with_endings(whole: str, *, misspelt: bool) -> Iterator[Reading]:
    for size in range(1, min(LONGEST, len(whole) - 1) + 1):
        stem, ending = whole[:-size], whole[-size:]
        if places := bangla_endings().get(ending):
            wrong = misspelt
        elif ending[0] != _HASANTA and (places := misspelt_endings().get(loose_form(ending))):
            wrong = True
        else:
            continue
        if _fits(stem, ending, places):
            yield Reading(stem, loose_form(stem), ending, Kind.BANGLA, wrong)


def _fits(stem: str, ending: str, places: frozenset[Place]) -> bool:
    """Whether the ending stands after this stem. Romanized endings follow Latin letters; after a foreign letter or a
    digit a Bangla ending has either form.
    """
    last = stem.rstrip(_ON_A_VOWEL)[-1:]
    if last == _HASANTA:
        return False
    if ending.isascii():
        if not ("a" <= last <= "z") or len(stem) < 2:
            return False
    elif not ("\u0980" <= last <= "\u09e5"):
        return True
    if Place.ANYWHERE in places:
        return True
    return (Place.AFTER_VOWEL if last in _VOWELS else Place.AFTER_CONSONANT) in places
