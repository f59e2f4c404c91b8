"""The two forms in which a word is compared with a listed term.

``exact_form`` is the same for what looks the same: canonical composition, one character for each dotted letter, no
joiners, no sign twice. ``loose_form`` is the same for what sounds the same in careless spelling, in either script; it
is coarse on purpose, and for comparing with terms only.
"""

import re
import unicodedata
from functools import cache
from typing import Final

_HASANTA: Final = "\u09cd"
_DOTTED: Final = {"ড\u09bc": "\u09dc", "ঢ\u09bc": "\u09dd", "য\u09bc": "\u09df", "ব\u09bc": "র"}
"""Canonical composition takes these apart; the last is how some old fonts write «র»."""
_IN_TWO_SIGNS: Final = {"\u09be\u09c7": "\u09cb", "অ\u09be": "আ"}
_JOINED: Final = re.compile("|".join((*_DOTTED, *_IN_TWO_SIGNS)))
_AS_ONE: Final = _DOTTED | _IN_TWO_SIGNS
_JOINERS: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_SIGN_TWICE: Final = re.compile("([\u0981-\u0983\u09bc\u09be-\u09cd\u09d7])\\1+")

_BANGLA: Final = re.compile("[\u0980-\u09ff]")
_LATIN: Final = re.compile("[a-z]")
_SAME_SOUND: Final = str.maketrans(
    {
        "ী": "ি", "ঈ": "ই", "ূ": "ু", "ঊ": "উ", "ণ": "ন", "শ": "স", "ষ": "স", "য": "জ", "ঙ": "ং", "ৎ": "ত",
        "\u09dc": "র", "\u09dd": "র", "\u09f0": "র", "ৃ": "রি", "ঋ": "রি", "\u0981": None, "ঃ": None, _HASANTA: None,
    }
)  # fmt: skip
_NG: Final = "ংগ"
_TWICE: Final = re.compile(r"(\D)\1+")


def exact_form(word: str) -> str:
    """One form for spellings of a word that look the same; the word is in lower case already."""
    if word.isascii():
        return word
    word = unicodedata.normalize("NFC", word.translate(_JOINERS))
    word = _JOINED.sub(lambda found: _AS_ONE[found[0]], word)
    return _SIGN_TWICE.sub(r"\1", word)


def loose_form(exact: str) -> str:
    """One form for spellings that sound alike: ি/ী, ু/ূ, ন/ণ, শ/ষ/স, য/জ, ঙ/ং, র/ড়/ঢ়, with or without hasanta and
    chandrabindu; romanized s/sh, i/ee, u/oo, v/bh, f/ph, j/z; doubled letters in both.
    """
    if _BANGLA.search(exact):
        exact = exact.translate(_SAME_SOUND).replace(_NG, "ং")
    if _LATIN.search(exact):
        exact = _latin(exact)
    return single_letters(exact)


def single_letters(word: str) -> str:
    """The word with every doubled letter written once."""
    return _TWICE.sub(r"\1", word)


_LATIN_SOUNDS: Final = (("bh", "v"), ("sh", "s"), ("ph", "f"), ("z", "j"))


def _latin(word: str) -> str:
    word = single_letters(word.replace("ee", "i").replace("oo", "u"))
    for written, sound in _LATIN_SOUNDS:
        word = word.replace(written, sound)
    return word


TOKEN_NAMES: Final = ("url", "mail", "user", "phone")
_OWN_TOKENS: Final = f"‹(?:{'|'.join(TOKEN_NAMES)})›"


@cache
def word_pattern() -> re.Pattern[str]:
    """Matches a word: letters, digits *and marks*, of any script (``\\w`` alone breaks Bangla at its vowel signs).

    Joiners count as inside of a word. The tokens ‹url›, ‹mail›, ‹user› and ‹phone› of normalised text are matched
    without their group, so that a term never hits them.
    """
    inside = "".join((*_ranges("M"), *map(chr, _JOINERS)))
    return re.compile(f"{_OWN_TOKENS}|([^\\W_]+(?:[{inside}]+[^\\W_]*)*)")


class _Blanks(dict[int, int]):
    """For ``str.translate``: what is in no word becomes a space. Decided once for each character."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        inside = character.isalnum() or unicodedata.category(character)[0] == "M" or code in _JOINERS
        self[code] = code if inside else 32
        return self[code]


_BLANKS: Final = _Blanks()


def rough_words(text: str) -> list[str]:
    """The words that ``word_pattern`` finds and the names of the tokens, without places, much faster."""
    return text.translate(_BLANKS).split()


def _ranges(category: str) -> list[str]:
    """The characters of a general category in the first two planes, as ranges for a character class."""
    found: list[str] = []
    start: int | None = None
    for code in range(0x20000):
        if unicodedata.category(chr(code))[0] == category:
            start = code if start is None else start
        elif start is not None:
            found.append(chr(start) if start == code - 1 else f"{chr(start)}-{chr(code - 1)}")
            start = None
    return found
