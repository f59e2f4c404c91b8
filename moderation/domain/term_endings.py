"""What may follow a listed term within a word: case endings of Bangla in both scripts, and English plurals.

Bangla endings stand in an order: number or article, then case, then a particle (কুত্তা-গুলো-কে-ও). Several have one form
after a vowel and another after a consonant (কুত্তা-র, ছাগল-ের); only the fitting form counts, for «চাক» must not hit
«চাকর». With the everyday forms -রে, -গো and -ডা.
"""

from enum import Enum, auto
from functools import cache
from typing import Final, NamedTuple

from moderation.domain.term_forms import exact_form, loose_form


class Place(Enum):
    """After what a form of an ending stands."""

    ANYWHERE = auto()
    AFTER_VOWEL = auto()
    AFTER_CONSONANT = auto()


class Kind(Enum):
    """What the ending of a word is; a term says which it allows."""

    NONE = auto()
    BANGLA = auto()
    ENGLISH = auto()
    """Plural."""
    VERB = auto()
    """-ed, -ing and the like, on an English word."""


_V, _C, _A = Place.AFTER_VOWEL, Place.AFTER_CONSONANT, Place.ANYWHERE
_Forms = tuple[tuple[str, Place], ...]


class _Grammar(NamedTuple):
    articles: tuple[str, ...]
    """They end in a vowel, and case follows."""
    persons: _Forms
    """Plurals that take no case but what ``after_persons`` names."""
    after_persons: tuple[str, ...]
    cases: _Forms
    particles: tuple[str, ...]


_BANGLA: Final = _Grammar(
    articles=("টা", "টি", "ডা", "গুলো", "গুলি", "গুলা", "খানা", "খানি"),
    persons=(("রা", _A), ("েরা", _C), ("য়েরা", _V), ("দের", _A), ("েদের", _C), ("য়েদের", _V)),
    after_persons=("কে",),
    cases=(
        ("র", _V), ("ের", _C), ("য়ের", _V), ("এর", _A), ("কে", _A), ("রে", _A), ("তে", _V), ("য়", _V), ("ে", _C),
        ("য়ে", _V), ("এ", _A), ("গো", _A),
    ),
    particles=("ই", "ও"),
)  # fmt: skip
_ROMANIZED: Final = _Grammar(
    articles=("ta", "ti", "da", "gulo", "guli", "gula"),
    persons=(("ra", _A), ("era", _C), ("der", _A), ("eder", _C)),
    after_persons=("ke",),
    cases=(("r", _V), ("er", _A), ("ke", _A), ("re", _A), ("te", _V), ("y", _V), ("e", _A)),
    particles=("i", "o"),
)
_ENGLISH: Final = {"s": "", "es": "", "ies": "y"}
_VERBS: Final = {"ed": ("", "e"), "ing": ("", "e"), "in": ("",), "er": ("", "e"), "ers": ("", "e")}
LONGEST: Final = 9
"""Characters of the longest ending that is looked for."""


@cache
def bangla_endings() -> dict[str, frozenset[Place]]:
    """Every sequence of endings in either script, in its exact form, with the places where it stands."""
    found: dict[str, set[Place]] = {}
    for grammar in (_BANGLA, _ROMANIZED):
        for written, place in _sequences(grammar):
            found.setdefault(exact_form(written), set()).add(place)
    return {ending: frozenset(places) for ending, places in found.items()}


@cache
def misspelt_endings() -> dict[str, frozenset[Place]]:
    """The same by their loose forms."""
    found: dict[str, frozenset[Place]] = {}
    for ending, places in bangla_endings().items():
        loose = loose_form(ending)
        found[loose] = found.get(loose, frozenset()) | places
    return found


def _sequences(grammar: _Grammar) -> list[tuple[str, Place]]:
    after_article = ["", *(form for form, place in grammar.cases if place is not _C)]
    stems = [
        *grammar.cases,
        *((article + case, _A) for article in grammar.articles for case in after_article),
        *grammar.persons,
        *((form + case, place) for form, place in grammar.persons for case in grammar.after_persons),
    ]
    with_particle = [(form + particle, place) for form, place in stems for particle in grammar.particles]
    return [*stems, *with_particle, *((particle, _A) for particle in grammar.particles)]


def english_stems(word: str) -> list[tuple[str, str, Kind]]:
    """What an English word may be a form of, as (stem, ending, kind): the plural, and forms of a verb."""
    found = [
        (word[: -len(ending)] + restored, ending, Kind.ENGLISH)
        for ending, restored in _ENGLISH.items()
        if word.endswith(ending)
    ]
    for ending, restored in _VERBS.items():
        if word.endswith(ending):
            stem = word[: -len(ending)]
            single = (stem[:-1],) if stem[-1:] == stem[-2:-1] else ()
            found += [(one, ending, Kind.VERB) for one in (*(stem + letter for letter in restored), *single)]
    return [one for one in found if len(one[0]) > 1]
