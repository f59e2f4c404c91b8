"""What a bundle computes: small integer weights, and the sums over a text's n-grams that make its seven logits.

A column's eight bytes are one 64-bit number: its weight for each label, and its squared idf. The weights hold the idf
already, so a text's sums are sums of bytes. They are taken four at a time, in the 16-bit lanes of two 64-bit numbers,
and are exact: it does not matter what else is in the batch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.features import BLOCK_WEIGHTS, COLUMNS, Grams
from classifiers.labels import LABELS

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Bytes = NDArray[np.int8]
Levels = NDArray[np.uint8]

_BYTES = 8
_SQUARE_STEP = 0.75
_ZERO = 128  # lanes hold weights from 1 to 255, so that sums never borrow from a neighbour
_LANES = np.uint64(0x00FF00FF00FF00FF)
_LONGEST = 256  # that many bytes fit a lane
_BLOCK_SCALES = BLOCK_WEIGHTS[:, None] / np.sqrt(_SQUARE_STEP)


@dataclass(frozen=True, eq=False)
class Linear:
    """Seven linear functions of a text's features. ``weights`` is (labels, COLUMNS), each label with its own scale, and
    already times the idf whose squares ``square_levels`` hold.
    """

    weights: Bytes
    scales: Floats
    biases: Floats
    square_levels: Levels

    @property
    def squares(self) -> Singles:
        return squares_of(self.square_levels)

    def float_weights(self) -> Singles:
        """(labels, COLUMNS) weights of features, as they are before rounding to bytes."""
        found: Singles = (self.weights * self.scales[:, None] / np.sqrt(self.squares)).astype(np.float32)
        return found


def quantised(weights: Singles, biases: Floats, levels: Levels) -> Linear:
    """Bytes for float weights of shape (labels, COLUMNS): a scale for each label maps its largest weight to 127."""
    heavy = weights * np.sqrt(squares_of(levels))
    scales = np.maximum(np.abs(heavy).max(axis=1), 1e-9).astype(np.float64) / 127
    rounded = np.rint(heavy / scales[:, None].astype(np.float32)).clip(-127, 127).astype(np.int8)
    return Linear(rounded, scales, np.asarray(biases, dtype=np.float64), levels)


def square_levels(document_frequencies: NDArray[np.int64], documents: int) -> Levels:
    """Squared idf in steps that fit a byte; idf is log((1 + documents) / (1 + frequency)) + 1."""
    exact = (np.log((1 + documents) / (1 + document_frequencies)) + 1) ** 2
    return np.rint(exact / _SQUARE_STEP).clip(1, 255).astype(np.uint8)


def squares_of(levels: Levels) -> Singles:
    return (levels * _SQUARE_STEP).astype(np.float32)


def packed(weights: Bytes, levels: Levels) -> NDArray[np.uint64]:
    """One number for each column, with the bytes of all labels in it, and the squared idf's in the highest."""
    table = np.empty((COLUMNS, _BYTES), dtype=np.uint8)
    table[:, : len(LABELS)] = weights.T.astype(np.int16) + _ZERO
    table[:, len(LABELS)] = levels
    return table.view("<u8")[:, 0].astype(np.uint64)


def sums(table: NDArray[np.uint64], found: Grams) -> Floats:
    """(texts, labels): for each text the sum of its features' values times their weights, before the labels' scales."""
    lengths = np.diff(found.starts)
    blocks = found.by_block(_segment_sums(table, found, lengths))
    blocks[..., : len(LABELS)] -= _ZERO * found.by_block(lengths)[..., None]
    scales = _BLOCK_SCALES / np.sqrt(np.maximum(blocks[..., len(LABELS)], 1))
    result: Floats = (blocks[..., : len(LABELS)] * scales[..., None]).sum(axis=0)
    return result


def _segment_sums(table: NDArray[np.uint64], found: Grams, lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """(segments, bytes)."""
    segments = np.zeros((len(lengths), _BYTES), dtype=np.int64)
    starts, owners = _short_runs(found, lengths)
    if len(starts):
        lanes = np.empty((len(starts), _BYTES), dtype=np.uint16)
        even = table.take(found.columns, mode="clip")  # columns are within bounds: this mode is the fastest
        odd = even >> np.uint64(8)
        for parity, numbers in enumerate((even, odd)):
            np.bitwise_and(numbers, _LANES, out=numbers)
            lanes[:, parity::2] = np.add.reduceat(numbers, starts).view(np.uint16).reshape(-1, _BYTES // 2)
        _add(segments, owners, lanes)
    return segments


def contributions(linear: Linear, found: Grams) -> Floats:
    """(labels, n-grams): what each n-gram of a single text adds to each logit. With the biases they add up to what
    ``sums`` comes to, up to rounding.
    """
    owners = found.owners()
    levels = np.bincount(owners, weights=linear.square_levels[found.columns], minlength=len(found.starts) - 1)
    scales = _BLOCK_SCALES / np.sqrt(np.maximum(found.by_block(levels), 1))
    result: Floats = linear.weights[:, found.columns] * found.by_segment(scales)[owners] * linear.scales[:, None]
    return result


def _short_runs(found: Grams, lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where runs of at most _LONGEST columns of one segment begin, and which segments they are of."""
    if not len(lengths) or lengths.max() <= _LONGEST:
        owners = lengths.nonzero()[0]
        return found.starts[owners], owners
    runs = -(-lengths // _LONGEST)
    owners = np.repeat(np.arange(len(lengths)), runs)
    nth = np.arange(len(owners)) - np.repeat(np.cumsum(runs) - runs, runs)
    return found.starts[owners] + nth * _LONGEST, owners


def _add(segments: NDArray[np.int64], owners: NDArray[np.int64], lanes: NDArray[np.uint16]) -> None:
    """``owners`` ascend; what one owner has in several runs is added up."""
    changes = owners[1:] != owners[:-1]
    if changes.all():
        segments[owners] = lanes
        return
    firsts = np.append(0, np.flatnonzero(changes) + 1)
    segments[owners[firsts]] = np.add.reduceat(lanes, firsts, axis=0, dtype=np.int64)
