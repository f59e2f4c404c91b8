"""Learning from a desk's decisions: a residual classifier on top of a bundle, merged into a bundle of the very same
form.

Each label is the base's calibrated logit plus a linear function of the text's features and of the base's seven
standardised logits, with a normal prior around zero: what the desk says nothing about stays as the base has it. As all
of that is linear in the features, the sum is one linear function again, and the new bundle loads without the old.
What the desk never meets is rehearsed beside its examples, in the fit and in the calibration.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifiers.batch_text import normalise_all
from classifiers.bundle import Bundle, windows
from classifiers.bundle_file import Calibration, Families
from classifiers.drift import LEAST, profile_of_texts
from classifiers.errors import DataError
from classifiers.estimators import Mask, Matrix, matrix_of, platt, residual_logistic
from classifiers.examples import Example, PoolExample
from classifiers.influence import influence_of
from classifiers.labels import LABELS
from classifiers.progress import Note, Step, unheard
from classifiers.provenance import card, lessons
from classifiers.rehearsing import rehearsal, rehearsal_weights
from classifiers.script_detection import FAMILIES, family_of, scripts_of
from classifiers.weights import Floats, Linear, quantised

_FEATURES = 4.0
_OWN = 0.1
_OTHERS = 0.1
_BIAS = 10.0
_FAMILY_BIAS = 1.0
"""Variances of the priors: of a feature's weight, of the change of the label's own logit, of the share of another
label's standardised logit, of the bias, and of what a family of scripts departs from it. Chosen on desks and draws that
are not reported (docs/classifier.md).
"""
_PLATT_ROWS = 200
_FOLDS = 4
_LEAST_SPREAD = 1e-6
_ONE_FOLD_ROWS = 2_000
"""From so many of the desk's rows on a quarter of all is enough to calibrate on."""


@dataclass(frozen=True, eq=False)
class _Desk:
    """The desk's examples and, behind them, what is rehearsed, as arrays: features, the base's raw and standardised
    logits, families of scripts, (rows, labels) values with NaN and weights, and whose rows are never parted.
    """

    matrix: Matrix
    logits: Floats
    standard: Floats
    families: Families
    values: Floats
    weights: Floats
    owners: NDArray[np.int64]
    size: int
    """So many of the rows, the first, are the desk's."""

    def known(self, index: int) -> NDArray[np.int64]:
        """Rows that know the label."""
        return np.flatnonzero(~np.isnan(self.values[:, index]))

    def taught(self, index: int) -> bool:
        """Whether the desk gave both values of the label."""
        return _has_both(self.values[: self.size, index])


@dataclass(frozen=True, eq=False)
class _Residual:
    """What a label's raw logit has added: features · weights + standardised base logits · shares; and what its
    calibrated logit has added in each family of scripts.
    """

    weights: Floats
    shares: Floats
    biases: Floats


@dataclass(frozen=True, eq=False)
class _Merged:
    """A taught label in the bundle's own form; slopes and offsets are one for each family of scripts."""

    weights: Floats
    bias: float
    slopes: Floats
    offsets: Floats


def teach(
    base: Bundle,
    examples: Sequence[Example],
    *,
    name: str,
    seed: int,
    beside: Sequence[PoolExample] | None = None,
    progress: Note = unheard,
) -> Bundle:
    """A new bundle that has learned from ``examples``. A label without both a 1 and a 0 among them stays exactly as
    the base has it. How much each example counts is said by ``classifiers.influence``; what is rehearsed ``beside``
    them, and how much that counts, by ``classifiers.rehearsing`` (another choice is for experiments).

    Raises DataError where there is no label with both.
    """
    influence, beside = influence_of(examples), rehearsal() if beside is None else beside
    with threadpool_limits(limits=1):
        step = progress("making features", len(examples) + len(beside))
        desk = _desk(base, examples, influence.weights, beside, step)
        learned = [index for index in range(len(LABELS)) if desk.taught(index)]
        if not learned:
            raise DataError("nothing to learn: no label has both a 1 and a 0 among the examples")
        step = progress("fitting labels", len(learned))
        merged = {}
        for index in learned:
            merged[index] = _Lesson(base, desk, index, seed).merged()
            step(1)
        linear, calibration = _assembled(base, desk, merged)
    metrics = {"taught_from": base.digest, "taught_with": lessons(examples, influence, beside)}
    taught = Bundle(name, linear, calibration, card(base, name, examples, learned, beside), metrics)
    return replace(taught, metrics={**taught.metrics, **_reference(taught, examples)})


def _reference(taught: Bundle, examples: Sequence[Example]) -> dict[str, object]:
    """What drift is measured from: the desk's comments as the new bundle scores them, where they are enough."""
    if len(examples) < LEAST:
        return {}
    return {"reference": profile_of_texts(taught, normalise_all([one.text for one in examples])).to_dict()}


def _desk(
    base: Bundle, examples: Sequence[Example], weights: Floats, beside: Sequence[PoolExample], step: Step
) -> _Desk:
    every, size = [*examples, *(each.example for each in beside)], len(examples)
    normalised = normalise_all([example.text for example in every])
    families = np.array([*map(family_of, scripts_of(normalised))], dtype=np.int64)
    texts = _telling_windows(base, normalised, families)
    logits = base.window_logits(texts)
    listed = [[np.nan if value is None else value for value in example.values] for example in every]
    values = np.array(listed, dtype=np.float64).reshape(-1, len(LABELS))
    own = np.where(np.isnan(values[:size]), 0.0, weights[:, None])
    return _Desk(
        matrix_of(texts, base.linear.square_levels, step),
        logits,
        (logits - base.calibration.centres) / base.calibration.spreads,
        families,
        values,
        np.concatenate([own, rehearsal_weights(beside, own.sum(axis=0))]),
        np.concatenate([np.arange(size), size + _numbered([each.example.group for each in beside])]),
        size,
    )


def _numbered(names: Sequence[str]) -> NDArray[np.int64]:
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], dtype=np.int64)


def _telling_windows(base: Bundle, normalised: Sequence[str], families: Families) -> list[str]:
    """Of a long text the window that the base finds worst: what the decision was most likely about."""
    owners, pieces = windows(normalised)
    if len(pieces) == len(normalised):
        return pieces
    worst = base.calibration.calibrated(base.window_logits(pieces), families[owners]).max(axis=1)
    order = np.lexsort((-worst, owners))
    firsts = order[np.flatnonzero(np.concatenate(([True], np.diff(owners[order]) > 0)))]
    return [pieces[index] for index in firsts]


def _has_both(values: Floats) -> bool:
    return bool((values == 1.0).any() and (values == 0.0).any())


def _assembled(base: Bundle, desk: _Desk, merged: Mapping[int, _Merged]) -> tuple[Linear, Calibration]:
    """The base with the merged labels in place of its own; all others keep their very bytes."""
    weights, biases, levels = base.linear.float_weights(), base.linear.biases.copy(), base.linear.square_levels
    old = base.calibration
    slopes, offsets, centres, spreads = (each.copy() for each in (old.slopes, old.offsets, old.centres, old.spreads))
    for index, label in merged.items():
        weights[index], biases[index] = label.weights, label.bias
        slopes[:, index], offsets[:, index] = label.slopes, label.offsets
        logits = desk.matrix[: desk.size] @ label.weights + label.bias
        centres[index], spreads[index] = logits.mean(), max(float(logits.std()), _LEAST_SPREAD)
    linear = quantised(weights, biases, levels)
    untaught = [index for index in range(len(LABELS)) if index not in merged]
    linear.weights[untaught], linear.scales[untaught] = base.linear.weights[untaught], base.linear.scales[untaught]
    return linear, Calibration(slopes, offsets, centres, spreads)


@dataclass(frozen=True, eq=False)
class _Lesson:
    """One label's learning from the rows that know it.

    The residual is fitted in the units of the raw logit, so that the slope of each family of scripts applies to it as
    to the base's, and nothing is lost in the merging.
    """

    base: Bundle
    desk: _Desk
    index: int
    seed: int

    def merged(self) -> _Merged:
        rows, linear, calibration = self.desk.known(self.index), self.base.linear, self.base.calibration
        found, (slopes, offsets) = self.fit(rows), self._recalibrated(rows)
        shares = found.shares / calibration.spreads
        shares[self.index] += 1.0
        return _Merged(
            found.weights + shares.astype(np.float32) @ linear.float_weights(),
            float(linear.biases @ shares - calibration.centres @ (found.shares / calibration.spreads)),
            slopes * calibration.slopes[:, self.index],
            slopes * (calibration.offsets[:, self.index] + found.biases) + offsets,
        )

    def fit(self, rows: NDArray[np.int64]) -> _Residual:
        slopes, families = self._slopes(rows), np.eye(len(FAMILIES))[self.desk.families[rows]]
        scaled = csr_matrix(diags_array(slopes) @ self.desk.matrix[rows])
        few = np.hstack([self.desk.standard[rows] * slopes[:, None], families, np.ones((len(rows), 1))])
        shares = np.full(len(LABELS), _OTHERS)
        shares[self.index] = _OWN * self.base.calibration.spreads[self.index] ** 2
        weights, added = residual_logistic(
            scaled,
            few,
            self.said_before(rows),
            self.truth(rows),
            self.desk.weights[rows, self.index],
            (_FEATURES, np.concatenate([shares, np.full(len(FAMILIES), _FAMILY_BIAS), [_BIAS]])),
        )
        return _Residual(weights, added[: len(LABELS)], added[len(LABELS) : -1] + added[-1])

    def said_before(self, rows: NDArray[np.int64]) -> Floats:
        """What the base says of these rows, calibrated."""
        offsets = self.base.calibration.offsets[self.desk.families[rows], self.index]
        result: Floats = self._slopes(rows) * self.desk.logits[rows, self.index] + offsets
        return result

    def logits(self, found: _Residual, rows: NDArray[np.int64]) -> Floats:
        """What base and residual say of these rows together."""
        added = self.desk.matrix[rows] @ found.weights + self.desk.standard[rows] @ found.shares
        result: Floats = self.said_before(rows) + self._slopes(rows) * added + found.biases[self.desk.families[rows]]
        return result

    def truth(self, rows: NDArray[np.int64]) -> Mask:
        truth: Mask = self.desk.values[rows, self.index] == 1.0
        return truth

    def _slopes(self, rows: NDArray[np.int64]) -> Floats:
        slopes: Floats = self.base.calibration.slopes[self.desk.families[rows], self.index]
        return slopes

    def _recalibrated(self, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Slopes and offsets by family: Platt on logits of examples that were left out of their fit, with what is
        rehearsed among them. A family with fewer than _PLATT_ROWS of the desk's has those of all; where all are fewer,
        logits stand as they are.
        """
        slopes, offsets = np.ones(len(FAMILIES)), np.zeros(len(FAMILIES))
        parts, own_rows = self._parts(rows), rows[rows < self.desk.size]
        if len(own_rows) < _PLATT_ROWS or not all(_has_both(self.desk.values[rest, self.index]) for rest, _ in parts):
            return slopes, offsets
        left_out = np.concatenate([left for _, left in parts])
        unseen = np.concatenate([self.logits(self.fit(rest), left) for rest, left in parts])
        for family in range(len(FAMILIES)):
            own = self.desk.families[left_out] == family
            enough = (own & (left_out < self.desk.size)).sum() >= _PLATT_ROWS
            chosen = own if enough else np.ones(len(own), dtype=bool)
            truth, weights = self.truth(left_out[chosen]), self.desk.weights[left_out[chosen], self.index]
            if truth.any() and not truth.all():
                slopes[family], offsets[family] = platt(unseen[chosen], truth, weights)
        return slopes, offsets

    def _parts(self, rows: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """(the rest, what is left out of it), over and over; cases of one template are on the same side."""
        owners, places = np.unique(self.desk.owners[rows], return_inverse=True)
        folds = (np.random.default_rng(self.seed + self.index).permutation(len(owners)) % _FOLDS)[places]
        count = _FOLDS if (rows < self.desk.size).sum() < _ONE_FOLD_ROWS else 1
        return [(rows[folds != fold], rows[folds == fold]) for fold in range(count)]
