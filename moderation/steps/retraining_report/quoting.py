"""What readers wrote, as data in a page: it can neither format, link, reorder its surroundings nor fill the screen."""

import re
import unicodedata
from typing import Final

_LONGEST: Final = 300
_MARKS: Final = 5
"""Marks on one letter; the longest Bangla clusters have three."""
_JOINERS: Final = frozenset("\u200c\u200d")
"""Bangla spelling needs them."""
_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """One line of at most _LONGEST characters; what is invisible or steers the direction of text is made visible."""
    cut = text[: 4 * _LONGEST]
    visible = _without_stacks("".join(map(_visible, " ".join(cut.split()))))
    if len(visible) <= _LONGEST and len(cut) == len(text):
        return visible
    return f"{visible[:_LONGEST]}… ({len(text):,} characters)"


def _visible(character: str) -> str:
    hides = unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Cn"} and character not in _JOINERS
    return "\N{REPLACEMENT CHARACTER}" if hides else character


def _without_stacks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if marks <= _MARKS:
            kept.append(character)
    return "".join(kept)


def markdown(text: str) -> str:
    """The same for Markdown: no character of it is syntax, not even of a bare link, and its direction is its own."""
    return "\u2068" + _PUNCTUATION.sub(r"\\\1", plain(text)) + "\u2069"
