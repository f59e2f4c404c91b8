"""What a bundle computes: small integer weights, and the sums over a text's features that make its seven logits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.features import COLUMNS, Encoded
from classifiers.labels import LABELS

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Bytes = NDArray[np.int8]
Levels = NDArray[np.uint8]

_PADDED = 8  # seven labels and one empty place: a column's weights are fetched as one 64-bit number
_IDF_STEP = 0.05


@dataclass(frozen=True, eq=False)
class Linear:
    """Seven linear functions of a text's features; ``weights`` is (labels, COLUMNS), each label with its own scale."""

    weights: Bytes
    scales: Floats
    biases: Floats
    idf_levels: Levels

    @property
    def idf(self) -> Singles:
        return idf_of(self.idf_levels)

    def float_weights(self) -> Singles:
        """(labels, COLUMNS), as they are before rounding to bytes."""
        return (self.weights * self.scales[:, None]).astype(np.float32)


def quantised(weights: Singles, biases: Floats, idf_levels: Levels) -> Linear:
    """Bytes for float weights of shape (labels, COLUMNS): a scale for each label maps its largest weight to 127."""
    scales = np.maximum(np.abs(weights).max(axis=1), 1e-9).astype(np.float64) / 127
    rounded = np.rint(weights / scales[:, None].astype(np.float32)).clip(-127, 127).astype(np.int8)
    return Linear(rounded, scales, np.asarray(biases, dtype=np.float64), idf_levels)


def idf_levels(document_frequencies: NDArray[np.int64], documents: int) -> Levels:
    """Inverse document frequencies in steps that fit a byte: log((1 + documents) / (1 + frequency)) + 1."""
    exact = np.log((1 + documents) / (1 + document_frequencies))
    return np.rint(exact / _IDF_STEP).clip(0, 255).astype(np.uint8)


def idf_of(levels: Levels) -> Singles:
    return (1 + levels * _IDF_STEP).astype(np.float32)


def packed(weights: Bytes) -> NDArray[np.int64]:
    """One number for each column, with the bytes of all labels in it."""
    table = np.zeros((COLUMNS, _PADDED), dtype=np.int8)
    table[:, : len(LABELS)] = weights.T
    return table.view(np.int64)[:, 0]


def sums(table: NDArray[np.int64], batch: Encoded) -> Floats:
    """(texts, labels): for each text the sum of its features' values times their weights."""
    if not len(batch.rows):
        return np.zeros((batch.count, len(LABELS)))
    gathered = table[batch.columns].view(np.int8).reshape(-1, _PADDED)[:, : len(LABELS)]
    products = np.ascontiguousarray(gathered.T).astype(np.float32)
    products *= batch.values
    firsts = np.flatnonzero(np.concatenate(([True], batch.rows[1:] != batch.rows[:-1])))
    result = np.zeros((batch.count, len(LABELS)))
    result[batch.rows[firsts]] = np.add.reduceat(products, firsts, axis=1).T
    return result
