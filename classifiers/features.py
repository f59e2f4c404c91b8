"""Hashed n-grams of a whole batch at once, with NumPy and no Python loop over n-grams. Training and scoring both come
through here.

Four blocks: characters 2-5 inside word bounds, two phonetic skeletons of 3-6 sounds (see ``classifiers.skeleton``),
words 1-2. A column that a text holds so many times counts so many times its inverse document frequency (idf); a block
is then divided by the root of the sum of the squared idf of all that stands in it, and the last three are halved.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain
from typing import TypeVar
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from classifiers.skeleton import skeletons

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]
_Found = tuple[Codes, Places, Places]
"""Hashes of n-grams, where those of each line and text begin among them, and where each n-gram begins."""
_Number = TypeVar("_Number", np.int64, np.float64)

_COLUMN_BITS = 20
COLUMNS = 1 << _COLUMN_BITS
CONFIGURATION: dict[str, object] = {
    "version": 2,
    "columns": COLUMNS,
    "sizes": {"characters": [2, 5], "skeleton": [3, 6], "vowel_skeleton": [3, 6], "words": [1, 2]},
}
"""A bundle is only read where this is what it was trained with."""

BATCH = 256
"""Texts to a pass."""

BLOCKS = 4
BLOCK_WEIGHTS = np.array([1.0, 0.5, 0.5, 0.5])
_SIZES = range(2, 7)
_LINES = 3  # of code points: the text's characters, and its two skeletons
_KINDS = len(_SIZES) * _LINES + 2
_BLOCK_OF_KIND = np.append(np.tile(np.arange(_LINES), len(_SIZES)), [_LINES, _LINES])
_SPACE = 32
_WORD, _SYMBOL = 1, 2

_SPREAD, _STEP, _STEP_BACK, _LONE, _PAIR, _LAST = (
    np.uint32(number)
    for number in (0x9E3779B1, 0x2C1B3C6D, pow(0x2C1B3C6D, -1, 1 << 32), 0xC2B2AE35, 0x297A2D39, 0x85EBCA6B)
)
_SOUND = np.uint32(0x27D4EB2F)  # keeps sounds apart from the characters that write them


@dataclass(frozen=True)
class Grams:
    """Columns of all n-grams of a batch, the same as often as it stands there, in segments of one kind and one text.

    Segment ``kind * count + text`` begins at its place in ``starts``, which has one more for the end.
    """

    count: int
    columns: Places
    starts: Places

    def owners(self) -> Places:
        """The segment of each n-gram."""
        lengths = np.diff(self.starts)
        return np.repeat(np.arange(len(lengths)), lengths)

    def by_block(self, segments: NDArray[_Number]) -> NDArray[_Number]:
        """(blocks, texts, ...) of what was summed up for each segment."""
        rest: tuple[int, ...] = segments.shape[1:]
        kinds = segments.reshape(_KINDS, self.count, *rest)
        blocks = np.empty((BLOCKS, self.count, *rest), dtype=segments.dtype)
        kinds[:-2].reshape(len(_SIZES), _LINES, self.count, *rest).sum(axis=0, out=blocks[:-1])
        np.add(kinds[-2], kinds[-1], out=blocks[-1])
        return blocks

    def by_segment(self, blocks: NDArray[np.float64]) -> NDArray[np.float64]:
        """The other way: of each segment what its block and text have, given (blocks, texts)."""
        spread: NDArray[np.float64] = blocks[_BLOCK_OF_KIND].reshape(-1)
        return spread

    @property
    def words(self) -> Places:
        """Columns of the single tokens of all texts."""
        first = (_KINDS - 2) * self.count
        return self.columns[self.starts[first] : self.starts[first + self.count]]


@dataclass(frozen=True)
class Encoded:
    """A batch as sparse rows: what lies in row ``i`` has ``rows == i``; rows ascend, and columns within a row."""

    count: int
    rows: Places
    columns: Places
    values: NDArray[np.float32]


def grams(texts: Sequence[str]) -> Grams:
    """All n-grams of at most BATCH normalised texts (each short: a window)."""
    if len(texts) > BATCH:
        raise ValueError(f"at most {BATCH} texts to a pass, not {len(texts)}")
    codes, firsts = _tokens(texts)
    lines = _lines(codes, firsts, skeletons(codes))
    return _gathered(len(texts), chain(_ngrams(lines), _words(codes, firsts)))


@dataclass(frozen=True)
class Placed:
    """The n-grams of one text, and where its tokens stand.

    ``tokens`` is (tokens, 2): where each begins and ends. ``covers`` is (n-grams, 2): the first and the last token that
    an n-gram stands in. Only a pair of words stands in two.
    """

    grams: Grams
    tokens: Places
    covers: Places


def placed_grams(text: str) -> Placed:
    """What ``grams`` makes of a single normalised text, with the tokens that each n-gram is from."""
    codes, firsts = _tokens([text])
    heard = skeletons(codes)
    lines = _lines(codes, firsts, heard)
    homes = np.concatenate([np.arange(len(codes)), *(places for _, places in heard)])
    ngrams, words = list(_ngrams(lines)), list(_words(codes, firsts))
    solid = codes != _SPACE
    begins = solid[1:] & ~solid[:-1]
    token = np.append(-1, np.cumsum(begins) - 1)  # a space counts to the token before it
    inside = [token[homes[places + 1]] for _, _, places in ngrams]
    (_, _, singles), (_, _, pairs) = words
    firsts_covered = np.concatenate([*inside, singles, pairs])
    lasts_covered = np.concatenate([*inside, singles, pairs + 1])
    return Placed(
        _gathered(1, [*ngrams, *words]),
        _tokens_in(text, token[solid], int(begins.sum())),
        np.stack([firsts_covered, lasts_covered], axis=1),
    )


def _tokens_in(text: str, owners: Places, tokens: int) -> Places:
    """Where tokens begin and end in a text of which ``owners`` has the token of each character that is no space."""
    places = np.flatnonzero(_codes(text) != _SPACE)
    numbers = np.arange(tokens)
    begins, ends = np.searchsorted(owners, numbers), np.searchsorted(owners, numbers, side="right")
    return np.stack([places[begins], places[ends - 1] + 1], axis=1)


def _lines(
    codes: Codes, firsts: Places, heard: Sequence[tuple[NDArray[np.uint8], Places]]
) -> list[tuple[Codes, Places]]:
    """The characters and the two skeletons, with where the texts begin in each."""
    sounds = [(sounds.astype(np.uint32), places.searchsorted(firsts)) for sounds, places in heard]
    return [(codes, firsts), *sounds]


def _gathered(texts: int, found: Iterable[_Found]) -> Grams:
    columns, starts, total = [], [], 0
    for hashes, bounds, _ in found:
        mixed = hashes * _LAST
        mixed >>= np.uint32(32 - _COLUMN_BITS)
        columns.append(mixed)
        starts.append(bounds + total)
        total += len(mixed)
    return Grams(texts, np.concatenate(columns, dtype=np.int64), np.concatenate([*starts, [total]]))


def count(texts: Sequence[str]) -> tuple[Places, Places, Places]:
    """The rows, columns and counts of all n-grams of at most BATCH normalised texts."""
    found = grams(texts)
    owners = np.repeat(np.tile(np.arange(found.count), _KINDS), np.diff(found.starts))
    keys, counts = np.unique(owners * COLUMNS + found.columns, return_counts=True)
    return keys // COLUMNS, keys % COLUMNS, counts


def encode(
    texts: Sequence[str], squares: NDArray[np.float32], block_weights: NDArray[np.float64] = BLOCK_WEIGHTS
) -> Encoded:
    """At most BATCH normalised texts as rows of COLUMNS features; ``squares`` are the columns' squared idf. Bundles
    have no ``block_weights`` but BLOCK_WEIGHTS: others are to find out what a block is good for.
    """
    found = grams(texts)
    owners = found.owners()
    sums = np.bincount(owners, weights=squares[found.columns], minlength=len(found.starts) - 1)
    scales = block_weights[:, None] / np.sqrt(np.maximum(found.by_block(sums), 1e-12))
    scale = found.by_segment(scales)[owners]
    keys, places = np.unique(owners % max(found.count, 1) * COLUMNS + found.columns, return_inverse=True)
    values = np.bincount(places, weights=scale * np.sqrt(squares[found.columns]), minlength=len(keys))
    return Encoded(found.count, keys // COLUMNS, keys % COLUMNS, values.astype(np.float32))


def _tokens(texts: Sequence[str]) -> tuple[Codes, Places]:
    """All texts as code points, with a space before each text and between any two tokens, and where the texts' spaces
    stand; a token is a run of word or of other characters.
    """
    codes = _codes(" " + " ".join(texts) + " ")
    firsts = np.zeros(len(texts), dtype=np.int64)
    np.cumsum(np.fromiter(map(len, texts[:-1]), dtype=np.int64, count=max(len(texts) - 1, 0)) + 1, out=firsts[1:])
    kinds = _kinds().take(codes, mode="clip")
    parted = (kinds[1:] + kinds[:-1] == _WORD + _SYMBOL + 2).nonzero()[0]
    spread = np.full(len(codes) + len(parted), _SPACE, dtype=np.uint32)
    kept = np.ones(len(spread), dtype=bool)
    kept[parted + np.arange(1, len(parted) + 1)] = False
    spread[kept] = codes
    return spread, firsts + parted.searchsorted(firsts)


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


@cache
def _kinds() -> NDArray[np.uint8]:
    """0 space, 2 letter, digit or mark, 3 anything else, for each code point below 2^16 (what is above counts as the
    last of them).
    """
    table = np.full(0x10000, _SYMBOL + 1, dtype=np.uint8)
    table[[code for code in range(0x10000) if category(chr(code))[0] in "LMN" or chr(code) in "‹›"]] = _WORD + 1
    table[_SPACE] = 0
    return table


def _spread_out(codes: Codes) -> Codes:
    spread = (codes + np.uint32(1)) * _SPREAD
    spread ^= spread >> np.uint32(16)
    return spread


def _ngrams(lines: Sequence[tuple[Codes, Places]]) -> Iterator[_Found]:
    """For each of _SIZES all windows that hold no space but at their ends, line after line; places are in the lines
    one after the other.
    """
    codes = np.concatenate([line for line, _ in lines])
    ends = list(accumulate(len(line) for line, _ in lines))
    bounds = np.concatenate([lines[0][1], lines[1][1] + ends[0], lines[2][1] + ends[1]])
    characters, solid = _spread_out(codes), codes != _SPACE
    characters[ends[0] :] ^= _SOUND
    hashes, inside = characters, solid
    for size in _SIZES:
        hashes = np.multiply(hashes[:-1], _STEP, out=None if size == 2 else hashes[:-1])
        hashes += characters[size - 1 :]
        if size == 2:
            kept = (solid[: ends[0] - 1] | solid[1 : ends[0]]).nonzero()[0]
        else:
            inside = solid[1:-1] if size == 3 else inside[:-1] & solid[size - 2 : -1]
            kept = inside.nonzero()[0] if size < _SIZES[-1] else inside[ends[0] :].nonzero()[0] + ends[0]
        yield hashes.take(kept, mode="clip"), kept.searchsorted(bounds), kept


@cache
def _powers(count: int) -> tuple[Codes, Codes]:
    """Powers of _STEP and of its inverse modulo 2^32."""
    ups, downs = np.full((2, count), _STEP, dtype=np.uint32)
    downs[:] = _STEP_BACK
    return np.multiply.accumulate(ups, dtype=np.uint32), np.multiply.accumulate(downs, dtype=np.uint32)


def _words(codes: Codes, firsts: Places) -> Iterator[_Found]:
    """Single tokens, and pairs of neighbours; places are numbers of tokens."""
    spaces = (codes == _SPACE).nonzero()[0]
    begins, ends = spaces[:-1], spaces[1:]
    some = ends - begins > 1
    begins, ends = begins[some], ends[some]
    ups, downs = _powers(1 << max(12, len(codes).bit_length()))
    hashes = _spread_out(codes)
    hashes *= ups[: len(codes)]
    np.cumsum(hashes, dtype=np.uint32, out=hashes)
    hashed = (hashes[ends - 1] - hashes[begins]) * downs[begins] * _LONE
    bounds = begins.searchsorted(firsts)
    yield hashed, bounds, np.arange(len(hashed))
    neighbours = np.ones(max(len(hashed) - 1, 0), dtype=bool)
    neighbours[bounds[(bounds > 0) & (bounds < len(hashed))] - 1] = False
    kept = neighbours.nonzero()[0]
    yield hashed[kept] * _PAIR + hashed[kept + 1], kept.searchsorted(bounds), kept
