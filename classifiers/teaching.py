"""Learning from a desk's decisions: a residual classifier on top of a bundle, merged into a bundle of the very same
form.

Each label is a logistic regression on the text's features and on the base's seven standardised logits. As those are
linear in the features too, the sum is one linear function again, and the new bundle loads without the old.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifiers.bundle import Bundle, windows
from classifiers.bundle_file import Calibration
from classifiers.errors import DataError
from classifiers.estimators import Mask, Matrix, logistic, matrix_of, platt
from classifiers.examples import Example
from classifiers.labels import LABELS
from classifiers.text import normalise
from classifiers.weights import Floats, quantised

_BASE_SCALE = 0.7
_STRENGTH = 2.0
_TRUST_AT = 8
"""So many examples of the rarer value make the new and the old count alike; with fewer the base prevails."""
_PLATT_ROWS = 200
_FOLDS = 4
_ONE_FOLD_ROWS = 2_000
"""From here on a quarter of the rows is enough to calibrate on."""

_SEPARATOR = "\n\n---\n\n"

Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class _Desk:
    """The examples as arrays: features, the base's raw and standardised logits, (rows, labels) values with NaN,
    weights.
    """

    matrix: Matrix
    logits: Floats
    standard: Floats
    values: Floats
    weights: Floats


@dataclass(frozen=True, eq=False)
class _Residual:
    """A label's logit: features · weights + standardised base logits · shares + bias."""

    weights: Floats
    shares: Floats
    bias: float

    def logits(self, desk: _Desk) -> Floats:
        result: Floats = desk.matrix @ self.weights + desk.standard @ self.shares + self.bias
        return result


def teach(
    base: Bundle, examples: Sequence[Example], *, name: str, seed: int, progress: Progress | None = None
) -> Bundle:
    """A new bundle that has learned from ``examples``. A label without both a 1 and a 0 among them stays exactly as
    the base has it.

    Raises DataError where there is no label with both.
    """
    say = progress or (lambda _: None)
    with threadpool_limits(limits=1):
        say("making features")
        desk = _desk(base, examples)
        weights, biases = base.linear.float_weights(), base.linear.biases.copy()
        slopes, offsets = base.calibration.slopes.copy(), base.calibration.offsets.copy()
        learned = [index for index in range(len(LABELS)) if _has_both(desk.values[:, index])]
        if not learned:
            raise DataError("nothing to learn: no label has both a 1 and a 0 among the examples")
        merged = {}
        for index in learned:
            say(f"fitting {LABELS[index]}")
            merged[index] = _merged_label(base, desk, index, seed)
        for index, (label_weights, biases[index], slopes[index], offsets[index]) in merged.items():
            weights[index] = label_weights
        linear = quantised(weights, biases, base.linear.idf_levels)
        untaught = [index for index in range(len(LABELS)) if index not in learned]
        linear.weights[untaught], linear.scales[untaught] = base.linear.weights[untaught], base.linear.scales[untaught]
        spread = desk.matrix @ weights.T + biases
        centres, spreads = base.calibration.centres.copy(), base.calibration.spreads.copy()
        centres[learned], spreads[learned] = spread.mean(axis=0)[learned], np.maximum(spread.std(axis=0)[learned], 1e-6)
        return Bundle(
            name,
            linear,
            Calibration(slopes, offsets, centres, spreads),
            _card(base, name, examples, learned),
            {"taught_from": base.digest},
        )


def _desk(base: Bundle, examples: Sequence[Example]) -> _Desk:
    texts = _telling_windows(base, [normalise(example.text) for example in examples])
    logits = base.window_logits(texts)
    values = np.array(
        [[np.nan if value is None else value for value in example.values] for example in examples]
    ).reshape(-1, len(LABELS))
    standard = _BASE_SCALE * (logits - base.calibration.centres) / base.calibration.spreads
    return _Desk(
        matrix_of(texts, base.linear.idf_levels),
        logits,
        standard,
        values,
        np.array([example.weight for example in examples]),
    )


def _telling_windows(base: Bundle, normalised: Sequence[str]) -> list[str]:
    """Of a long text the window that the base finds worst: what the decision was most likely about."""
    owners, pieces = windows(normalised)
    if len(pieces) == len(normalised):
        return pieces
    worst = base.calibration.calibrated(base.window_logits(pieces)).max(axis=1)
    order = np.lexsort((-worst, owners))
    firsts = order[np.flatnonzero(np.concatenate(([True], np.diff(owners[order]) > 0)))]
    return [pieces[index] for index in firsts]


def _has_both(values: Floats) -> bool:
    return bool((values == 1.0).any() and (values == 0.0).any())


def _merged_label(base: Bundle, desk: _Desk, index: int, seed: int) -> tuple[Floats, float, float, float]:
    """Weights, bias, slope and offset of one label, new and old blended by how much the desk has said."""
    rows = np.flatnonzero(~np.isnan(desk.values[:, index]))
    truth = desk.values[rows, index] == 1.0
    taught = _residual(desk, rows, truth, seed)
    trust = _trust(truth)
    calibration = base.calibration
    whole = (
        base.linear.float_weights() / calibration.spreads[:, None].astype(np.float32) * _BASE_SCALE
    ).T @ taught.shares
    constant = float(((base.linear.biases - calibration.centres) / calibration.spreads * _BASE_SCALE) @ taught.shares)
    slope, offset = float(calibration.slopes[index]), float(calibration.offsets[index])
    weights = trust * (taught.weights + whole) + (1 - trust) * slope * base.linear.float_weights()[index]
    bias = trust * (taught.bias + constant) + (1 - trust) * (slope * float(base.linear.biases[index]) + offset)
    return weights, bias, *_recalibrated(base, desk, rows, truth, index, seed)


def _trust(truth: Mask) -> float:
    rarer = int(min(truth.sum(), (~truth).sum()))
    return rarer / (rarer + _TRUST_AT)


def _residual(desk: _Desk, rows: NDArray[np.int64], truth: Mask, seed: int) -> _Residual:
    design = hstack([desk.matrix[rows], csr_matrix(desk.standard[rows])], "csr")
    found, intercept = logistic(design, truth, desk.weights[rows], _STRENGTH, seed)
    width = desk.matrix.shape[1]
    return _Residual(found[:width], found[width:], intercept)


def _recalibrated(
    base: Bundle, desk: _Desk, rows: NDArray[np.int64], truth: Mask, index: int, seed: int
) -> tuple[float, float]:
    """Platt on logits of examples that were left out of their fit; below _PLATT_ROWS the logits are taken as they
    are.
    """
    folds = np.random.default_rng(seed + index).permutation(len(rows)) % _FOLDS
    if len(rows) < _PLATT_ROWS or not all(_has_both(truth[folds != fold].astype(float)) for fold in range(_FOLDS)):
        return 1.0, 0.0
    old = base.calibration.calibrated(desk.logits)[rows, index]
    unseen = np.full(len(rows), np.nan)
    for fold in range(_FOLDS if len(rows) < _ONE_FOLD_ROWS else 1):
        rest, left = folds != fold, folds == fold
        taught, trust = _residual(desk, rows[rest], truth[rest], seed), _trust(truth[rest])
        unseen[left] = trust * taught.logits(desk)[rows[left]] + (1 - trust) * old[left]
    known = ~np.isnan(unseen)
    return platt(unseen[known], truth[known], desk.weights[rows][known])


def _card(base: Bundle, name: str, examples: Sequence[Example], learned: Sequence[int]) -> str:
    labels = ", ".join(LABELS[index] for index in learned)
    return (
        f"# {name}\n\n"
        f"The bundle `{base.name}` (sha256 {base.digest}), taught with {len(examples):,} labels of a desk.\n"
        f"Learned from them: {labels}. All other labels, and the terms of use, come from what it learned first,\n"
        f"whose card follows.{_SEPARATOR}{base.card.rpartition(_SEPARATOR)[2]}"
    )
