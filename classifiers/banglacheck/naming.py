"""Which of the suite's groups a comment names, so that what is measured on real comments can be told by group too."""

import re
from collections.abc import Mapping
from functools import lru_cache

from classifiers.banglacheck.files import read_slots
from classifiers.text import normalise

_BANGLA_ENDINGS = "(?:েরা|ের|দেরকে|দেরও|দেরই|দের|রাও|রাই|রা|র|কে|টা|টি|গুলো|গুলা|গণ|ও|ই)?"
_LATIN_ENDINGS = "(?:s|derke|der|era|ra|er|r|ke|gulo|ta|ti)?"
_BEGINS = "(?<![^\\W_])(?<![\u0980-\u09fe])"
_ENDS = "(?![^\\W_])(?![\u0980-\u09fe])"
"""No letter, digit or mark beside it: Bangla vowel signs are marks, which ``\\w`` does not count to a word."""


def groups_named(normalised: str) -> frozenset[str]:
    """The names of the groups that stand in a normalised text, by themselves or with an ending."""
    return frozenset(name for name, pattern in _patterns().items() if pattern.search(normalised))


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, re.Pattern[str]]:
    words: dict[str, set[str]] = {}
    for lists in read_slots().values():
        for name, forms in lists["group"]:
            words.setdefault(name, set()).update(normalise(form) for form in forms.values())
    return {name: re.compile("|".join(map(_word, sorted(found)))) for name, found in words.items()}


def _word(word: str) -> str:
    endings = _LATIN_ENDINGS if word.isascii() else _BANGLA_ENDINGS
    return f"{_BEGINS}{re.escape(word)}{endings}{_ENDS}"
