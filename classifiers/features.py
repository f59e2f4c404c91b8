"""Hashed n-grams of a whole batch at once, with NumPy and no Python loop over n-grams. Training and scoring both come
through here.

Four blocks of columns lie side by side: characters 2-5 inside word bounds, words 1-2, and two phonetic skeletons (see
``classifiers.skeleton``). Within a text each column counts 1 + log(count), times its inverse document frequency; each
block is then brought to length one, and the last three to half of that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from classifiers.skeleton import skeletons

Codes = NDArray[np.uint32]
Rows = NDArray[np.int64]

CHARACTER_COLUMNS = 1 << 18
OTHER_COLUMNS = 1 << 17
COLUMNS = CHARACTER_COLUMNS + 3 * OTHER_COLUMNS
CONFIGURATION: dict[str, object] = {
    "version": 1,
    "characters": {"sizes": [2, 5], "columns": CHARACTER_COLUMNS},
    "words": {"sizes": [1, 2], "columns": OTHER_COLUMNS},
    "skeleton": {"sizes": [3, 6], "columns": OTHER_COLUMNS},
    "vowel_skeleton": {"sizes": [3, 6], "columns": OTHER_COLUMNS},
}
"""A bundle is only read where this is what it was trained with."""

BATCH = 256
"""Texts to a pass: the arrays stay in the processor's cache, and a row fits in the bits above a column."""

BLOCKS = 4
_BLOCK_WEIGHTS = np.array([1.0, 0.5, 0.5, 0.5])
_COLUMN_BITS = 20
_BLOCK_OF_COLUMN = np.array([0, 0, 1, 2, 3, 3, 3, 3])  # by the column's bits above 2^17
_SPACE = 32
_WORD, _SYMBOL = 1, 2
_LOG_COUNTS = (1 + np.log(np.arange(1, 4_097))).astype(np.float32)

_FIRST_MIX, _SECOND_MIX, _LAST_MIX = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_STEP = np.uint32(0x01000193)


@dataclass(frozen=True)
class Encoded:
    """A batch as sparse rows: what lies in row ``i`` has ``rows == i``; rows ascend, and columns within a row."""

    count: int
    rows: Rows
    columns: Rows
    values: NDArray[np.float32]


def encode(texts: Sequence[str], idf: NDArray[np.float32]) -> Encoded:
    """At most BATCH normalised texts (each short: a window) as rows of COLUMNS features."""
    rows, columns, counts = count(texts)
    weighted = idf[columns]
    several = np.flatnonzero(counts > 1)
    weighted[several] *= _LOG_COUNTS[np.minimum(counts[several], len(_LOG_COUNTS)) - 1]
    segments = (rows << 2) | _BLOCK_OF_COLUMN[columns >> 17]
    squares = np.bincount(segments, weights=weighted * weighted, minlength=len(texts) * BLOCKS)
    scales = (np.tile(_BLOCK_WEIGHTS, len(texts)) / np.sqrt(np.maximum(squares, 1e-12))).astype(np.float32)
    weighted *= scales[segments]
    return Encoded(len(texts), rows, columns, weighted)


def count(texts: Sequence[str]) -> tuple[Rows, Rows, Rows]:
    """The rows, columns and counts of all n-grams of at most BATCH normalised texts."""
    if len(texts) > BATCH:
        raise ValueError(f"at most {BATCH} texts to a pass, not {len(texts)}")
    keys = np.concatenate(_keys(*_tokens(texts)))
    keys.sort()
    fresh = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    first = np.flatnonzero(fresh)
    counts = np.diff(first, append=len(keys))
    kept = keys[first].astype(np.int64)
    return kept >> _COLUMN_BITS, kept & ((1 << _COLUMN_BITS) - 1), counts


def _keys(codes: Codes, rows: Codes) -> list[Codes]:
    """Row and column of each n-gram in one number, block by block; ``codes`` are tokens with single spaces between
    them.
    """
    shifted = rows << np.uint32(_COLUMN_BITS)
    start = CHARACTER_COLUMNS
    keys = [_ngrams(codes, shifted, (2, 5), 18, 0), *_word_keys(codes, shifted, start)]
    for sounds, positions in skeletons(codes):
        start += OTHER_COLUMNS
        keys.append(_ngrams(sounds, shifted[positions], (3, 6), 17, start))
    return keys


def _tokens(texts: Sequence[str]) -> tuple[Codes, Codes]:
    """All texts as code points with a space between any two tokens, and the row of each; a token is a run of word or
    of other characters.
    """
    codes = np.frombuffer((" " + " ".join(texts) + " ").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1
    if len(texts):
        lengths[-1] += 1
    rows = np.repeat(np.arange(len(texts), dtype=np.uint32), lengths)
    codes = codes[: len(rows)]
    kinds = _kinds()[np.minimum(codes, 0xFFFF)]
    parted = (kinds[1:] != kinds[:-1]) & (kinds[1:] > 0) & (kinds[:-1] > 0)
    places = np.arange(len(codes))
    places[1:] += np.cumsum(parted)
    spread = np.full(len(codes) + int(parted.sum()), _SPACE, dtype=np.uint32)
    spread[places] = codes
    return spread, np.repeat(rows, np.diff(np.append(places, len(spread))))


@cache
def _kinds() -> NDArray[np.uint8]:
    """0 space, 1 letter, digit or mark, 2 anything else, for each code point below 2^16 (what is above counts as the
    last of them).
    """
    table = np.full(0x10000, _SYMBOL, dtype=np.uint8)
    table[[code for code in range(0x10000) if category(chr(code))[0] in "LMN" or chr(code) in "‹›"]] = _WORD
    table[_SPACE] = 0
    return table


def _mixed(hashes: Codes, bits: int, start: int) -> Codes:
    mixed = (hashes ^ (hashes >> np.uint32(15))) * _SECOND_MIX
    mixed ^= mixed >> np.uint32(13)
    mixed *= _LAST_MIX
    return (mixed >> np.uint32(32 - bits)) + np.uint32(start)


def _ngrams(codes: Codes, shifted: Codes, sizes: tuple[int, int], bits: int, start: int) -> Codes:
    """Keys of all windows of ``sizes`` that hold no space but at their ends."""
    characters = (codes + np.uint32(1)) * _FIRST_MIX
    characters ^= characters >> np.uint32(16)
    solid = codes != _SPACE
    hashes, inside = characters, np.ones(len(codes), dtype=bool)
    found: list[Codes] = []
    for size in range(2, sizes[1] + 1):
        if len(codes) < size:
            break
        hashes = hashes[:-1] * _STEP + characters[size - 1 :]
        inside = (
            solid[:-1] | solid[1:] if size == 2 else (solid[1:-1] if size == 3 else inside[:-1] & solid[size - 2 : -1])
        )
        if size >= sizes[0]:
            kept = np.flatnonzero(inside)
            found.append(_mixed(hashes[kept] + np.uint32(size), bits, start) | shifted[kept])
    return np.concatenate(found) if found else np.empty(0, dtype=np.uint32)


@cache
def _powers() -> Codes:
    return np.multiply.accumulate(np.full(65_536, 0x01000193 * 0x9E3779B1 & 0xFFFFFFFF | 1, dtype=np.uint32))


def _word_keys(codes: Codes, shifted: Codes, start: int) -> list[Codes]:
    """Keys of single tokens and of pairs of neighbours."""
    solid = codes != _SPACE
    edges = np.flatnonzero(solid[1:] & ~solid[:-1]) + 1
    if not len(edges):
        return []
    places = np.flatnonzero(solid)
    firsts = np.flatnonzero(np.concatenate(([True], np.diff(places) > 1)))
    lengths = np.diff(np.append(firsts, len(places)))
    offsets = np.minimum(places - np.repeat(edges, lengths), 65_535)
    letters = (codes[places] + np.uint32(1)) * _FIRST_MIX
    hashes = np.add.reduceat((letters ^ (letters >> np.uint32(16))) * _powers()[offsets], firsts, dtype=np.uint32)
    owners = shifted[edges]
    neighbours = np.flatnonzero(owners[1:] == owners[:-1])
    pairs = hashes[neighbours] * _STEP + hashes[neighbours + 1]
    return [
        _mixed(hashes + np.uint32(1), 17, start) | owners,
        _mixed(pairs + np.uint32(2), 17, start) | owners[neighbours],
    ]
