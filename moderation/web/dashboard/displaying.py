"""Hostile text made harmless to look at: hidden characters become visible chips, stacked marks are cut.

The stored text stays as it came. Escaping is Jinja's; this only says which stretches are text and which are chips.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

MOST_MARKS: Final = 4
"""Combining marks shown on one base character; real Bangla needs three."""
LONGEST_SHOWN: Final = 10_000
# Joiners are part of honest Bangla spelling: they are left as they are between Bangla letters.
_JOINERS: Final = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, or a chip that names a hidden character; ``look`` is that of the span it lies in."""

    text: str
    hidden: bool = False
    look: str = ""


class Span(NamedTuple):
    """``text[begin:end]``, in code points, and how it is to look."""

    begin: int
    end: int
    look: str


def shown(text: str, spans: Sequence[Span] = ()) -> list[Piece]:
    """The pieces of a comment in order; beyond ten thousand characters a last chip says how many are left out.

    ``spans`` ascend and do not overlap. Their offsets are those of the text as it came: what is cut or becomes a chip
    moves none of them.
    """
    pieces: list[Piece] = []
    plain: list[str] = []
    marks = 0
    for begin, end, look in _covering(spans, min(len(text), LONGEST_SHOWN)):
        for position in range(begin, end):
            character = text[position]
            category = unicodedata.category(character)
            marks = marks + 1 if category in {"Mn", "Me"} else 0
            if _is_hidden(text, position, category):
                _flush(plain, pieces, look)
                pieces.append(Piece(f"U+{ord(character):04X}", hidden=True, look=look))
            elif marks <= MOST_MARKS:
                plain.append(character)
        _flush(plain, pieces, look)
    if len(text) > LONGEST_SHOWN:
        pieces.append(Piece(f"+{len(text) - LONGEST_SHOWN}", hidden=True))
    return pieces


def _covering(spans: Sequence[Span], length: int) -> Iterator[Span]:
    """The spans and what lies between them, so that together they are ``[0, length)``."""
    edges = [Span(0, 0, ""), *spans, Span(length, length, "")]
    for before, span in pairwise(edges):
        yield Span(before.end, min(span.begin, length), "")
        yield Span(span.begin, min(span.end, length), span.look)


def _flush(plain: list[str], pieces: list[Piece], look: str) -> None:
    if plain:
        pieces.append(Piece("".join(plain), look=look))
        plain.clear()


def _is_hidden(text: str, position: int, category: str) -> bool:
    character = text[position]
    if category not in {"Cf", "Cc"} or character in "\n\t":
        return False
    return not (character in _JOINERS and _between_bangla(text, position))


def _between_bangla(text: str, position: int) -> bool:
    neighbours = text[max(0, position - 1) : position] + text[position + 1 : position + 2]
    return bool(neighbours) and all("\u0980" <= neighbour <= "\u09ff" for neighbour in neighbours)
