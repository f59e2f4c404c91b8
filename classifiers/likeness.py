"""How alike two comments are: the same words with small changes, in whatever disguise.

Two texts are compared by the letters, marks and digits of their normalised forms, without what stands between: spacing,
punctuation and disguise change nothing. A longer text is the set of its n-grams, and likeness is what two sets share of
all that is in either (Jaccard). MinHash in bands (Broder 1997; Leskovec, Rajaraman and Ullman, "Mining of Massive
Datasets", 3.4) gives keys by which a store finds what may be alike without comparing everything. A short text is alike
only to the same letters, and a very short one to nothing: «ভালো» from a hundred readers is no campaign.

Bands are stored: a change of any constant here calls for new ones (docs/decisions/0013).
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.text import words

Grams = NDArray[np.uint32]

GRAM: Final = 4
"""Characters of an n-gram."""
SHORTEST: Final = 16
"""Letters, marks and digits below which a text is like no other."""
SHORTEST_NEAR: Final = 32
"""Below this many, only the same letters count as alike."""
ALIKE: Final = 0.6
"""Likeness from which two comments are the same comment with small changes (bench/likeness.py)."""
BANDS: Final = 10
ROWS: Final = 3
"""One of BANDS bands of ROWS minima agrees with probability 1 - (1 - likeness ** ROWS) ** BANDS: 0.91 at 0.6, 0.99 at
0.75, 0.24 at 0.3."""
_STEP: Final = np.uint32(0x01000193)
_MIX: Final = np.uint32(0x85EBCA6B)
_SHIFT: Final = np.uint32(15)
_WIDE: Final = np.uint64(0x9E3779B97F4A7C15)
_HALF: Final = np.uint64(32)
_SEEDS: Final = np.arange(1, BANDS + 1, dtype=np.uint64) * _WIDE
_NO_GRAMS: Final = np.empty(0, dtype=np.uint32)
_ODD: Final = np.random.default_rng(20_261_125).integers(0, 1 << 31, BANDS * ROWS, dtype=np.uint32) * np.uint32(
    2
) + np.uint32(1)


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a text is compared by: its letters, and the set of its hashed n-grams in ascending order, which is empty
    where the text is short.
    """

    letters: str
    grams: Grams

    def likeness(self, other: "Sketch") -> float:
        """In [0, 1]; where either is short, 1 for the same letters and else 0."""
        if self.letters == other.letters:
            return float(len(self.letters) >= SHORTEST)
        if not (len(self.grams) and len(other.grams)):
            return 0.0
        shared = len(np.intersect1d(self.grams, other.grams, assume_unique=True))
        return shared / (len(self.grams) + len(other.grams) - shared)

    def bands(self) -> tuple[int, ...]:
        """Keys (64 bits, signed) of which alike texts have one in common almost surely; none where the text is like no
        other.
        """
        if len(self.grams):
            return _bands(self.grams)
        if len(self.letters) < SHORTEST:
            return ()
        digest = blake2b(self.letters.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return (int.from_bytes(digest, "little", signed=True),)


def sketch(normalised: str) -> Sketch:
    """The sketch of a normalised text (``classifiers.normalise``)."""
    letters = "".join(words(normalised))
    return Sketch(letters, _grams(letters) if len(letters) >= SHORTEST_NEAR else _NO_GRAMS)


def _grams(letters: str) -> Grams:
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    hashed = codes[: len(codes) - GRAM + 1].copy()
    for at in range(1, GRAM):
        hashed *= _STEP
        hashed ^= codes[at : len(codes) - GRAM + 1 + at]
    hashed *= _MIX
    hashed ^= hashed >> _SHIFT
    return np.unique(hashed)


def _bands(grams: Grams) -> tuple[int, ...]:
    hashed = grams[:, None] * _ODD
    hashed ^= hashed >> _SHIFT
    hashed *= _MIX
    keys = _SEEDS.copy()
    for smallest in hashed.min(axis=0).reshape(ROWS, BANDS):
        keys ^= smallest
        keys *= _WIDE
        keys ^= keys >> _HALF
    return tuple(keys.view(np.int64).tolist())
