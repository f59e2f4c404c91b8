"""``normalise`` for many texts at once: NumPy finds the comments, most of those in Bangla script, that need little or
nothing.

The test here may send a text to ``normalise`` for nothing, but never keeps from it one that would change: both ways
give the same.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifiers.text import MAX_CHARACTERS, normalise, squeezed

Flags = NDArray[np.bool_]
Codes = NDArray[np.uint32]

_ODD, _SPACE, _BASE, _SIGN, _POINT, _DIGIT, _MARK = (np.uint8(1 << bit) for bit in range(7))
_EMOJI_INDEX, _ODD_INDEX = 0xFFFF, 0xFFFE
_NUKTA, _VIRAMA, _E_SIGN = 0x09BC, 0x09CD, 0x09C7
_DECOMPOSED = {"\u09dc": "ড\u09bc", "\u09dd": "ঢ\u09bc", "\u09df": "য\u09bc"}


def normalise_all(texts: Sequence[str]) -> list[str]:
    """What ``normalise`` makes of each."""
    if not texts:
        return []
    spaced = [" ".join(text.split()) for text in texts]
    changing, repeating = _needs(spaced)
    return [
        normalise(text) if changes else _mended(easy, repeats)
        for text, easy, changes, repeats in zip(texts, spaced, changing, repeating, strict=True)
    ]


def _mended(text: str, repeats: bool) -> str:
    for letter, decomposed in _DECOMPOSED.items():
        text = text.replace(letter, decomposed)
    return squeezed(text) if repeats else text


@cache
def _kinds() -> NDArray[np.uint8]:
    """What may stand in a text that needs no more than mending; all else is odd."""
    table = np.full(0x10000, _ODD, dtype=np.uint8)
    table[[ord(character) for character in '"(),/:;<=>?![]{}&%+।'] + [_EMOJI_INDEX]] = 0
    table[[ord(character) for character in ".-'"]] = _POINT
    table[[ord(character) for character in "0123456789"]] = _DIGIT
    table[[*range(0x0985, 0x098D), 0x098F, 0x0990, *range(0x0993, 0x09A9), *range(0x09AA, 0x09B1), 0x09B2]] = _BASE
    table[[*range(0x09B6, 0x09BA), 0x09CE, 0x09DC, 0x09DD, 0x09DF]] = _BASE
    table[[0x0981, 0x0982, 0x0983, *range(0x09BE, 0x09C5), _E_SIGN, 0x09C8, 0x09CB, 0x09CC, 0x09D7]] = _SIGN
    table[[_NUKTA, _VIRAMA]] = _SIGN | _MARK
    table[ord(" ")] = _SPACE
    return table


def _needs(texts: Sequence[str]) -> tuple[list[bool], list[bool]]:
    """Which texts ``normalise`` might change in more than ``_mended`` does, and in which a character stands three
    times.
    """
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    codes = np.frombuffer((" ".join(texts) + " ").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    emoji = (codes >= 0x1F300) & (codes < 0x1F650)
    kinds = _kinds()[np.where(emoji, _EMOJI_INDEX, np.minimum(codes, _ODD_INDEX))]
    found, repeats = (kinds & _ODD) > 0, np.zeros(len(codes), dtype=bool)
    found[1:] |= _pairs(codes, kinds)
    found[_middles_of_three_single_clusters(codes, kinds)] = True
    repeats[2:] = (codes[2:] == codes[1:-1]) & (codes[1:-1] == codes[:-2])
    starts = np.cumsum(lengths + 1) - lengths - 1
    changing = np.logical_or.reduceat(found, starts) | (lengths > MAX_CHARACTERS)
    return changing.tolist(), np.logical_or.reduceat(repeats, starts).tolist()


def _pairs(codes: Codes, kinds: NDArray[np.uint8]) -> Flags:
    """Where a character and the one before it make something to undo, to compose, to order, or a number."""
    before, here = kinds[:-1], kinds[1:]
    after_space = ((before & _SPACE) > 0) & ((here & _SIGN) > 0)
    after_point = ((before & _POINT) > 0) & ((here & (_SPACE | _POINT)) == 0)
    number = ((before & _DIGIT) > 0) & ((here & (_DIGIT | _POINT)) > 0)
    two_marks = (before & here & _MARK) > 0
    composing = (codes[:-1] == _E_SIGN) & ((codes[1:] == 0x09BE) | (codes[1:] == 0x09D7))
    pairs: Flags = after_space | after_point | number | two_marks | composing
    return pairs


def _middles_of_three_single_clusters(codes: Codes, kinds: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Where a word of one cluster stands between two others, as in a word spelled out with spaces."""
    clusters = (kinds & _BASE) > 0
    clusters[1:] &= codes[:-1] != _VIRAMA
    spaces = np.flatnonzero(kinds & _SPACE)
    single = np.diff(np.cumsum(clusters)[spaces], prepend=0) == 1
    middles: NDArray[np.int64] = spaces[1:-1][single[:-2] & single[1:-1] & single[2:]] - 1
    return middles
