"""How a comment is written: Bangla script, romanized Bangla, English, or a mixture.

The two scripts are told apart by counting letters; romanized Bangla and English by their small words and by how words
begin and end.
"""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifiers.small_words import BANGLISH, ENGLISH
from classifiers.text import normalise

Votes = NDArray[np.float64]

_NOT_BANGLA = re.compile("[^\u0980-\u09e5\u09f0-\u09fe]+")
_TWO_BANGLA = re.compile("[\u0980-\u09e5\u09f0-\u09fe][^\u0980-\u09e5\u09f0-\u09fe]*[\u0980-\u09e5\u09f0-\u09fe]")
_LATIN = re.compile("[a-z]+")
_TOKENS = re.compile("‹(?:url|mail|user|phone)›")
_MOST_VOTES = 20_000
_FEW = 6
"""So few texts are sooner done one by one."""
_BANGLA_LETTER, _SPACE = 10, 32  # both part words for ``str.split``
_MIXED_SHARE = 0.2
_MIXED_WORDS = 0.3
_ENGLISH_SHAPE = re.compile(
    r"(?:^(?:th|wh|wr|qu)|(?:ing|tion|ed|ly|ment|ness|able|ous|ful|ght|ck|ll|ss|ity|ive|ies|nts|rs|ew|ould)$)"
)
_BANGLISH_SHAPE = re.compile(
    r"(?:^(?:bh|dh|jh|kh|chh|gh(?!o)|hoy|kor|bol|dekh|jan|thak|mar[ae])|(?:chhe|cche|che|chen|ben|bo|lam|gulo|gula|der|tar|ter|ta|ti|ke|te|len|ao|ei|oi|iye|ni|"
    r"be|se|sen|ra|ish|aa|oy|ay|ai|ri|ci|si|hi|bi|no|na|lo|ba|ko|ka|ro|so|go|to|eo|ero|eri|ta[yi])$)"
)


FAMILIES = ("bangla", "romanized", "english")
"""What a probability is calibrated for. Mixtures go with romanized Bangla, what has too few letters with Bangla."""
_FAMILY_OF = {"bn": 0, "bn-Latn": 1, "en": 2, "mixed": 1, "und": 0}


def family_of(script: str) -> int:
    """Index in FAMILIES."""
    return _FAMILY_OF[script]


def detect_script(text: str) -> str:
    """One of SCRIPTS for any text."""
    return script_of(normalise(text))


def script_of(normalised: str) -> str:
    """The same for a text that is normalised already."""
    if "‹" in normalised:
        normalised = _TOKENS.sub(" ", normalised)
    latin = _LATIN.findall(normalised)
    if not latin:
        return "bn" if _TWO_BANGLA.search(normalised) else "und"
    bangla = 0 if normalised.isascii() else len(_NOT_BANGLA.sub("", normalised))
    letters = sum(map(len, latin))
    if bangla + letters < 2:
        return "und"
    if letters < _MIXED_SHARE * (bangla + letters):
        return "bn"
    return "mixed" if bangla > _MIXED_SHARE * (bangla + letters) else _script_of_latin(latin)


def scripts_of(normalised: Sequence[str]) -> list[str]:
    """``script_of`` each. The letters of all are counted, and their words parted, at once: a third of the time."""
    if len(normalised) < _FEW:
        return list(map(script_of, normalised))
    texts = [_TOKENS.sub(" ", text) if "‹" in text else text for text in normalised]
    ends = np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1)
    codes = np.frombuffer((" ".join(texts) + " ").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = _letters().take(codes, mode="clip")
    in_latin = kinds > _SPACE
    starts = np.append(0, ends[:-1])
    latin, bangla = (
        np.add.reduceat(mask.view(np.uint8), starts, dtype=np.int64) for mask in (in_latin, kinds == _BANGLA_LETTER)
    )
    letters = latin + bangla
    words = kinds.tobytes().decode("ascii").split()
    ends_of_words = np.flatnonzero(in_latin[:-1] & ~in_latin[1:])
    scripts = np.select(
        [letters < 2, latin < _MIXED_SHARE * letters, bangla > _MIXED_SHARE * letters],
        ["und", "bn", "mixed"],
        _scripts_of_latin(words, np.searchsorted(ends_of_words, ends)),
    )
    found: list[str] = scripts.tolist()
    return found


@cache
def _letters() -> NDArray[np.uint8]:
    """Latin letters as they are, one byte for all Bangla ones, spaces for whatever else; what is beyond the table
    counts as its last.
    """
    table = np.full(0x0A00, _SPACE, dtype=np.uint8)
    table[ord("a") : ord("z") + 1] = range(ord("a"), ord("z") + 1)
    table[0x0980:0x09E6] = table[0x09F0:0x09FF] = _BANGLA_LETTER
    return table


def _scripts_of_latin(words: Sequence[str], ends: NDArray[np.int64]) -> NDArray[np.str_]:
    """``_script_of_latin`` of the words up to each end. Votes are halves, so that their sums are exact."""
    votes = np.fromiter(map(_VOTES.__getitem__, words), dtype=np.float64, count=len(words))
    balance, cast = (_sums_between(ends, each) for each in (votes, np.abs(votes)))
    english, banglish = (cast + balance) / 2, (cast - balance) / 2
    mixed = np.minimum(english, banglish) >= np.maximum(2.0, _MIXED_WORDS * (english + banglish))
    tests = [banglish == english, mixed, banglish > english]
    found: NDArray[np.str_] = np.select(tests, ["en", "mixed", "bn-Latn"], "en")
    return found


def _sums_between(ends: NDArray[np.int64], values: Votes) -> Votes:
    sums: Votes = np.diff(np.append(0.0, np.cumsum(values))[ends], prepend=0.0)
    return sums


def _script_of_latin(found: list[str]) -> str:
    votes = [*map(_VOTES.__getitem__, found)]
    balance, cast = sum(votes), sum(map(abs, votes))
    english, banglish = (cast + balance) / 2, (cast - balance) / 2
    if banglish == english:
        return "en"
    if min(english, banglish) >= max(2.0, _MIXED_WORDS * (english + banglish)):
        return "mixed"
    return "bn-Latn" if banglish > english else "en"


class _Votes(dict[str, float]):
    """What a word tells, remembered: looked up far faster than a cached function is called."""

    def __missing__(self, word: str) -> float:
        if len(self) >= _MOST_VOTES:
            self.clear()
        self[word] = vote = _vote(word)
        return vote


_VOTES = _Votes()


def _vote(word: str) -> float:
    """Above 0 for English, below for romanized Bangla."""
    if word in ENGLISH or word in BANGLISH:
        return float(word in ENGLISH) - float(word in BANGLISH)
    english, banglish = _ENGLISH_SHAPE.search(word), _BANGLISH_SHAPE.search(word)
    return 0.5 * (bool(english) - bool(banglish)) if len(word) > 2 else 0.0
