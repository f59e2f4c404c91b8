"""What people do to slip a word past a filter, done to the abusive words of a template."""

import re
from collections.abc import Callable, Mapping

_CLUSTER = re.compile(
    "[\u0985-\u09b9\u09ce\u09dc-\u09e1](?:[\u0981-\u0983\u09bc\u09be-\u09cc\u09d7\u09e2]|\u09cd[\u0995-\u09b9]?)*|."
)
_HIDDEN = ("\u200b", "\u200c", "\u200d", "\u00ad", "\u2060")
_POINTS = (".", "-", " ", "_")
_MASKS = ("*", "#", "_", "|")
_LEET: tuple[Mapping[str, str], ...] = (
    {"a": "@", "i": "1", "o": "0"},
    {"a": "4", "e": "3", "o": "0", "s": "$"},
)
_CYRILLIC = str.maketrans("aeopcxi", "\u0430\u0435\u043e\u0440\u0441\u0445\u0456")


def hidden_characters(word: str, turn: int) -> str:
    """Invisible characters between the letters."""
    return _between(word, _HIDDEN[turn % len(_HIDDEN)])


def spaced_letters(word: str, turn: int) -> str:
    """Points, hyphens, spaces or low lines between the letters."""
    return _between(word, _POINTS[turn % len(_POINTS)])


def repeated_letters(word: str, turn: int) -> str:
    """The last letter three to six times."""
    return word + word[-1] * (2 + turn % 4)


def look_alikes(word: str, turn: int) -> str:
    """Leet or Cyrillic letters in Latin words, a mask inside Bangla ones."""
    if not word.isascii():
        return " ".join(_masked(part, _MASKS[turn % len(_MASKS)]) for part in word.split(" "))
    if turn % 3 == 2:
        return word.translate(_CYRILLIC)
    return " ".join(_leet(part, turn) for part in word.split(" "))


def _leet(word: str, turn: int) -> str:
    """The first letter stays: people want to be understood."""
    return word[:1] + "".join(_LEET[turn % len(_LEET)].get(letter, letter) for letter in word[1:])


def _masked(word: str, mask: str) -> str:
    first, *rest = _CLUSTER.findall(word)
    return first + mask + "".join(rest) if rest else word


def _between(words: str, mark: str) -> str:
    return " ".join(mark.join(_CLUSTER.findall(word)) for word in words.split(" "))


DISGUISES: Mapping[str, Callable[[str, int], str]] = {
    "hidden_characters": hidden_characters,
    "look_alikes": look_alikes,
    "repeated_letters": repeated_letters,
    "spaced_letters": spaced_letters,
}
