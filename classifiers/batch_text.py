"""``normalise`` for many texts at once: NumPy finds the comments, which are most, that need little or nothing.

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
Kinds = NDArray[np.uint8]

_FEW = 6
"""So few texts are sooner done one by one."""

_ODD, _SPACE, _BASE, _SIGN, _POINT, _DIGIT, _MARK, _LATIN = (np.uint8(1 << bit) for bit in range(8))
_BANGLA = _BASE | _SIGN
_EMOJI_INDEX, _ODD_INDEX = 0xFFFF, 0xFFFE
_EMOJI = (0x1F300, 0x1FB00)
_NUKTA, _VIRAMA, _E_SIGN = 0x09BC, 0x09CD, 0x09C7
_DECOMPOSED = {"\u09dc": "ড\u09bc", "\u09dd": "ঢ\u09bc", "\u09df": "য\u09bc"}
_WRITTEN_OTHERWISE = "০১২৩৪৫৬৭৮৯‘’“”"
_PLAIN = str.maketrans(_WRITTEN_OTHERWISE, "0123456789''\"\"")
_SHORTEST_PHONE = 8


def normalise_all(texts: Sequence[str]) -> list[str]:
    """What ``normalise`` makes of each."""
    if len(texts) < _FEW:
        return list(map(normalise, texts))
    spaced = [" ".join(text.lower().split()) for text in texts]
    return [
        normalise(text) if changes else _mended(easy, repeats, otherwise)
        for text, easy, changes, repeats, otherwise in zip(texts, spaced, *_needs(spaced), strict=True)
    ]


def _mended(text: str, repeats: bool, otherwise: bool) -> str:
    if not text.isascii():
        for letter, decomposed in _DECOMPOSED.items():
            text = text.replace(letter, decomposed)
    if otherwise:
        text = text.translate(_PLAIN)
    return squeezed(text) if repeats else text


@cache
def _kinds() -> Kinds:
    """What may stand in a text that needs no more than mending; all else is odd."""
    table = np.full(0x10000, _ODD, dtype=np.uint8)
    table[[ord(character) for character in '"(),/:;<=>?![]{}&%+।৷“”–—'] + [_EMOJI_INDEX]] = 0
    table[[ord(character) for character in ".-'‘’*_~^|#"]] = _POINT
    table[[ord(character) for character in "0123456789০১২৩৪৫৬৭৮৯"]] = _DIGIT
    table[ord("a") : ord("z") + 1] = _LATIN
    table[[*range(0x0985, 0x098D), 0x098F, 0x0990, *range(0x0993, 0x09A9), *range(0x09AA, 0x09B1), 0x09B2]] = _BASE
    table[[*range(0x09B6, 0x09BA), 0x09CE, 0x09DC, 0x09DD, 0x09DF]] = _BASE
    table[[0x0981, 0x0982, 0x0983, *range(0x09BE, 0x09C5), _E_SIGN, 0x09C8, 0x09CB, 0x09CC, 0x09D7]] = _SIGN
    table[[_NUKTA, _VIRAMA]] = _SIGN | _MARK
    table[ord(" ")] = _SPACE
    return table


def _needs(texts: Sequence[str]) -> tuple[list[bool], list[bool], list[bool]]:
    """Which texts ``normalise`` might change in more than ``_mended`` does, in which a character stands three times,
    and in which there are Bangla digits or curved quotes.
    """
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    codes = np.frombuffer((" ".join(texts) + " ").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    emoji = (codes >= _EMOJI[0]) & (codes < _EMOJI[1])
    kinds = _kinds()[np.where(emoji, _EMOJI_INDEX, np.minimum(codes, _ODD_INDEX))]
    found, repeats = (kinds & _ODD) > 0, np.zeros(len(codes), dtype=bool)
    found[1:] |= _pairs(codes, kinds)
    found[_middles_of_three_single_clusters(codes, kinds)] = True
    found[_starts_of_three_single_letters(kinds)] = True
    found[_starts_of_phone_numbers(codes, kinds)] = True
    repeats[2:] = (codes[2:] == codes[1:-1]) & (codes[1:-1] == codes[:-2])
    found[1:] |= repeats[:-1] & (codes[:-1] == ord("w")) & (codes[1:] == ord("."))
    starts = np.cumsum(lengths + 1) - lengths - 1
    changing = np.logical_or.reduceat(found, starts) | (lengths > MAX_CHARACTERS)
    otherwise = ((kinds & _DIGIT) > 0) & (codes > 0x7F)
    quotes = (codes - np.uint32(ord("‘"))) <= ord("”") - ord("‘")
    otherwise |= quotes
    repeats |= quotes  # different ones become the same
    mended = (np.logical_or.reduceat(each, starts).tolist() for each in (repeats, otherwise))
    return changing.tolist(), *mended


def _pairs(codes: Codes, kinds: Kinds) -> Flags:
    """Where a character and the one before it make something to undo, to compose or to order, or part of an address."""
    pairs: Flags = _telling()[(kinds[:-1].astype(np.uint16) << 8) | kinds[1:]]
    before, here = codes[:-1], codes[1:]
    pairs |= (before == _E_SIGN) & ((here == 0x09BE) | (here == 0x09D7))
    pairs |= (before == ord(":")) & (here == ord("/"))
    pairs |= ((before == ord("!")) | (before == ord("."))) & ((kinds[1:] & _LATIN) > 0)
    return pairs


@cache
def _telling() -> Flags:
    """Of each two kinds (256 · the one before + the one here) whether they tell that there may be something to do."""
    before, here = (axis.reshape(-1).astype(np.uint8) for axis in np.divmod(np.arange(1 << 16), 256))
    after_space = ((before & _SPACE) > 0) & ((here & _SIGN) > 0)
    after_point = ((before & _POINT) > 0) & ((here & _BANGLA) > 0)
    leet = ((before & _DIGIT) > 0) & ((here & _LATIN) > 0)
    telling: Flags = after_space | after_point | leet | ((before & here & _MARK) > 0)
    return telling


def _middles_of_three_single_clusters(codes: Codes, kinds: Kinds) -> NDArray[np.int64]:
    """Where a word of one cluster stands between two others, as in a word spelled out with spaces."""
    clusters = (kinds & _BASE) > 0
    clusters[1:] &= codes[:-1] != _VIRAMA
    spaces = np.flatnonzero(kinds & _SPACE)
    single = np.diff(np.cumsum(clusters)[spaces], prepend=0) == 1
    middles: NDArray[np.int64] = spaces[1:-1][single[:-2] & single[1:-1] & single[2:]] - 1
    return middles


def _starts_of_three_single_letters(kinds: Kinds) -> NDArray[np.int64]:
    """Where three Latin letters, each alone, follow each other with one or two characters between."""
    joined = (kinds & (_LATIN | _DIGIT)) > 0
    alone = (kinds & _LATIN) > 0
    alone[1:] &= ~joined[:-1]
    alone[:-1] &= ~joined[1:]
    places = np.flatnonzero(alone)
    near = np.diff(places) <= 3
    starts: NDArray[np.int64] = places[:-2][near[:-1] & near[1:]] if len(places) > 2 else places[:0]
    return starts


def _starts_of_phone_numbers(codes: Codes, kinds: Kinds) -> NDArray[np.int64]:
    """Where so many digits, spaces and hyphens as make a phone number begin with a digit."""
    runs = ((kinds & (_DIGIT | _SPACE)) > 0) | (codes == ord("-"))
    size = 1
    while size < _SHORTEST_PHONE:
        runs = runs[:-size] & runs[size:]
        size *= 2
    starts: NDArray[np.int64] = np.flatnonzero(runs & ((kinds[: len(runs)] & _DIGIT) > 0))
    return starts
