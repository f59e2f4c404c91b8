"""Hostile text made harmless to look at: hidden characters become visible chips, stacked marks are cut.

The stored text stays as it came. Escaping is Jinja's; this only says which stretches are text and which are chips.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

MOST_MARKS: Final = 4
"""Combining marks shown on one base character; real Bangla needs three."""
LONGEST_SHOWN: Final = 10_000
# Joiners are part of honest Bangla spelling: they are left as they are between Bangla letters.
_JOINERS: Final = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, or a chip that names a hidden character."""

    text: str
    hidden: bool = False


def shown(text: str) -> list[Piece]:
    """The pieces of a comment in order; beyond ten thousand characters a last chip says how many are left out."""
    pieces: list[Piece] = []
    plain: list[str] = []
    marks = 0
    for position, character in enumerate(text[:LONGEST_SHOWN]):
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if _is_hidden(text, position, category):
            _flush(plain, pieces)
            pieces.append(Piece(f"U+{ord(character):04X}", hidden=True))
        elif marks <= MOST_MARKS:
            plain.append(character)
    _flush(plain, pieces)
    if len(text) > LONGEST_SHOWN:
        pieces.append(Piece(f"+{len(text) - LONGEST_SHOWN}", hidden=True))
    return pieces


def _flush(plain: list[str], pieces: list[Piece]) -> None:
    if plain:
        pieces.append(Piece("".join(plain)))
        plain.clear()


def _is_hidden(text: str, position: int, category: str) -> bool:
    character = text[position]
    if category not in {"Cf", "Cc"} or character in "\n\t":
        return False
    return not (character in _JOINERS and _between_bangla(text, position))


def _between_bangla(text: str, position: int) -> bool:
    neighbours = text[max(0, position - 1) : position] + text[position + 1 : position + 2]
    return bool(neighbours) and all("\u0980" <= neighbour <= "\u09ff" for neighbour in neighbours)
