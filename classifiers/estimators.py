"""Fitting one label: a sparse matrix of features, naive-Bayes scaling, logistic regression, Platt calibration. Needs
scikit-learn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from classifiers.features import BATCH, BLOCK_WEIGHTS, COLUMNS, count, encode
from classifiers.weights import Floats, Levels, square_levels, squares_of

Mask = NDArray[np.bool_]
Matrix: TypeAlias = csr_matrix
_LEAST_SLOPE = 0.05
_FEW_ROWS = 30_000


def matrix_of(
    texts: Sequence[str],
    levels: Levels,
    step: Callable[[int], None] = lambda _: None,
    block_weights: Floats = BLOCK_WEIGHTS,
) -> Matrix:
    """Rows of features, the very ones that scoring uses."""
    squares = squares_of(levels)
    sizes, columns, values = [np.zeros(1, dtype=np.int64)], [], []
    for at in range(0, len(texts), BATCH):
        batch = encode(texts[at : at + BATCH], squares, block_weights)
        sizes.append(np.bincount(batch.rows, minlength=batch.count))
        columns.append(batch.columns.astype(np.int32))
        values.append(batch.values)
        step(batch.count)
    pointers = np.cumsum(np.concatenate(sizes))
    data = np.concatenate(values) if values else np.zeros(0, dtype=np.float32)
    indices = np.concatenate(columns) if columns else np.zeros(0, dtype=np.int32)
    matrix: Matrix = csr_matrix((data, indices, pointers.astype(np.int32)), shape=(len(texts), COLUMNS))
    return matrix


def document_levels(texts: Sequence[str], step: Callable[[int], None] = lambda _: None) -> Levels:
    frequencies = np.zeros(COLUMNS, dtype=np.int64)
    for at in range(0, len(texts), BATCH):
        batch = texts[at : at + BATCH]
        frequencies += np.bincount(count(batch)[1], minlength=COLUMNS)
        step(len(batch))
    return square_levels(frequencies, len(texts))


def log_count_ratios(matrix: Matrix, truth: Mask, origins: NDArray[np.int64]) -> Floats:
    """|log-count ratio| of each column, positives and negatives balanced inside each source, one-class sources at a
    tenth.
    """
    weights = np.full(len(truth), 0.1)
    for origin in np.unique(origins):
        rows = origins == origin
        positives = int((truth & rows).sum())
        negatives = int(rows.sum()) - positives
        if positives and negatives:
            weights[rows] = np.where(truth[rows], 0.5 * rows.sum() / positives, 0.5 * rows.sum() / negatives)
    present = csr_matrix((np.ones(len(matrix.data)), matrix.indices, matrix.indptr), shape=matrix.shape)
    for_it = 1 + present.T @ (weights * truth)
    against = 1 + present.T @ (weights * ~truth)
    ratios: Floats = np.abs(np.log(for_it / (weights * truth).sum()) - np.log(against / (weights * ~truth).sum()))
    return ratios


def logistic(
    matrix: Matrix, truth: Mask, weights: Floats, strength: float, seed: int, balance: float = 0.0
) -> tuple[Floats, float]:
    """Coefficients and intercept of an L2 logistic regression; ``balance`` is the power to which class weights are
    taken.

    Where there are few rows the dual problem is solved, which is then some three times as fast.
    """
    shares = np.where(truth, truth.mean(), 1 - truth.mean())
    dual = len(truth) <= _FEW_ROWS
    tolerance, iterations = (0.1, 1_000) if dual else (1e-2, 200)
    model = LogisticRegression(
        C=strength, solver="liblinear", dual=dual, tol=tolerance, max_iter=iterations, random_state=seed
    )
    model.fit(matrix.astype(np.float64), truth, sample_weight=weights * (0.5 / shares) ** balance)
    return model.coef_[0], float(model.intercept_[0])


@dataclass(frozen=True, eq=False)
class _Folded:
    """A matrix without its empty columns, in which each row's columns that occur nowhere else are one, of their length.

    Under a prior that is the same for all columns this changes no fit, as the best weights of such columns are in the
    ratio of their values; and of 10,000 comments it leaves half of the columns.
    """

    matrix: Matrix
    columns: NDArray[np.int64]
    """Of each entry, in the unfolded matrix."""
    places: NDArray[np.int64]
    shares: Floats
    """What part of the folded column's weight the entry's column has."""
    width: int

    def unfolded(self, found: Floats) -> Floats:
        result = np.zeros(self.width)
        result[self.columns] = found[self.places] * self.shares
        return result


def _folded(matrix: Matrix) -> _Folded:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    counts = np.bincount(matrix.indices, minlength=matrix.shape[1])
    numbers = np.cumsum(counts > 1) - 1
    alone, data = counts[matrix.indices] == 1, matrix.data.astype(np.float64)
    shared = int((counts > 1).sum())
    places = np.where(alone, shared + rows, numbers[matrix.indices])
    lengths = np.sqrt(np.bincount(rows[alone], weights=data[alone] ** 2, minlength=matrix.shape[0]))
    shares = np.where(alone, data / np.maximum(lengths, np.finfo(float).tiny)[rows], 1.0)
    folded = csr_matrix((data * shares, (rows, places)), shape=(matrix.shape[0], shared + matrix.shape[0]))
    return _Folded(folded, matrix.indices, places, shares, matrix.shape[1])


def residual_logistic(
    matrix: Matrix, few: Floats, offsets: Floats, truth: Mask, weights: Floats, variances: tuple[float, Floats]
) -> tuple[Floats, Floats]:
    """What to add to known logits: coefficients of the sparse ``matrix`` and of the ``few`` dense columns.

    Maximum a posteriori of a logistic regression with ``offsets`` and normal priors around zero; ``variances`` are one
    for all columns of the matrix and one for each dense column. With nothing to learn from both are zero. L-BFGS, each
    column scaled by its prior's deviation.
    """
    folded, deviation = _folded(matrix), np.sqrt(variances[0])
    wide, narrow, signs = folded.matrix * deviation, few * np.sqrt(variances[1]), np.where(truth, 1.0, -1.0)
    turned, width = wide.T.tocsr(), wide.shape[1]

    def loss(found: Floats) -> tuple[float, Floats]:
        margins = signs * (offsets + wide @ found[:width] + narrow @ found[width:])
        pulls = -signs * weights * 0.5 * (1 - np.tanh(0.5 * margins))
        slope = np.concatenate([turned @ pulls, narrow.T @ pulls]) + found
        return float((weights * np.logaddexp(0, -margins)).sum() + 0.5 * (found @ found)), slope

    start = np.zeros(width + few.shape[1])
    result = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200, "ftol": 1e-5, "gtol": 1e-3})
    return folded.unfolded(result.x[:width] * deviation), result.x[width:] * np.sqrt(variances[1])


def platt(logits: Floats, truth: Mask, weights: Floats) -> tuple[float, float]:
    """Slope and offset that make logits into probabilities: Newton steps on the likelihood, with Platt's smoothed
    targets.
    """
    positives, negatives = float(truth.sum()), float((~truth).sum())
    targets = np.where(truth, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    design = np.stack([logits, np.ones_like(logits)], axis=1)
    found = np.array([1.0, 0.0])
    for _ in range(50):
        chances = 0.5 * (1 + np.tanh(0.5 * (design @ found)))
        gradient = design.T @ (weights * (chances - targets)) + 1e-3 * (found - [1.0, 0.0])
        curvature = (design.T * (weights * chances * (1 - chances))) @ design + 1e-3 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        found = found - step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-9))
        if float(np.abs(step).max()) < 1e-8:
            break
    return max(float(found[0]), _LEAST_SLOPE), float(found[1])
