"""Learning from a desk's decisions: a residual classifier on top of a bundle, merged into a bundle of the very same
form.

Each label is the base's calibrated logit plus a linear function of the text's features and of the base's seven
standardised logits, with a normal prior around zero: what the desk says nothing about stays as the base has it. As all
of that is linear in the features, the sum is one linear function again, and the new bundle loads without the old.
"""

from collections import Counter
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
from classifiers.examples import Example
from classifiers.influence import HALF_LIFE, Influence, influence_of
from classifiers.labels import LABELS
from classifiers.progress import Note, Step, unheard
from classifiers.script_detection import FAMILIES, family_of, script_of
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
"""From here on a quarter of the rows is enough to calibrate on."""

_SEPARATOR = "\n\n---\n\n"


@dataclass(frozen=True, eq=False)
class _Desk:
    """The examples as arrays: features, the base's raw and standardised logits, families of scripts, (rows, labels)
    values with NaN, weights.
    """

    matrix: Matrix
    logits: Floats
    standard: Floats
    families: Families
    values: Floats
    weights: Floats

    def known(self, index: int) -> NDArray[np.int64]:
        """Rows that know the label."""
        return np.flatnonzero(~np.isnan(self.values[:, index]))


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


def teach(base: Bundle, examples: Sequence[Example], *, name: str, seed: int, progress: Note = unheard) -> Bundle:
    """A new bundle that has learned from ``examples``. A label without both a 1 and a 0 among them stays exactly as
    the base has it. How much each example counts is said by ``classifiers.influence``.

    Raises DataError where there is no label with both.
    """
    influence = influence_of(examples)
    with threadpool_limits(limits=1):
        desk = _desk(base, examples, influence.weights, progress("making features", len(examples)))
        learned = [index for index in range(len(LABELS)) if _has_both(desk.values[:, index])]
        if not learned:
            raise DataError("nothing to learn: no label has both a 1 and a 0 among the examples")
        step = progress("fitting labels", len(learned))
        merged = {}
        for index in learned:
            merged[index] = _Lesson(base, desk, index, seed).merged()
            step(1)
        linear, calibration = _assembled(base, desk, merged)
    metrics = {"taught_from": base.digest, "taught_with": _taught_with(examples, influence)}
    taught = Bundle(name, linear, calibration, _card(base, name, examples, learned), metrics)
    return replace(taught, metrics={**taught.metrics, **_reference(taught, examples)})


def _reference(taught: Bundle, examples: Sequence[Example]) -> dict[str, object]:
    """What drift is measured from: the desk's comments as the new bundle scores them, where they are enough."""
    if len(examples) < LEAST:
        return {}
    return {"reference": profile_of_texts(taught, normalise_all([one.text for one in examples])).to_dict()}


def _desk(base: Bundle, examples: Sequence[Example], weights: Floats, step: Step) -> _Desk:
    normalised = normalise_all([example.text for example in examples])
    families = np.array([family_of(script_of(text)) for text in normalised], dtype=np.int64)
    texts = _telling_windows(base, normalised, families)
    logits = base.window_logits(texts)
    values = [[np.nan if value is None else value for value in example.values] for example in examples]
    return _Desk(
        matrix_of(texts, base.linear.square_levels, step),
        logits,
        (logits - base.calibration.centres) / base.calibration.spreads,
        families,
        np.array(values, dtype=np.float64).reshape(-1, len(LABELS)),
        weights,
    )


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
        logits = desk.matrix @ label.weights + label.bias
        centres[index], spreads[index] = logits.mean(), max(float(logits.std()), _LEAST_SPREAD)
    linear = quantised(weights, biases, levels)
    untaught = [index for index in range(len(LABELS)) if index not in merged]
    linear.weights[untaught], linear.scales[untaught] = base.linear.weights[untaught], base.linear.scales[untaught]
    return linear, Calibration(slopes, offsets, centres, spreads)


@dataclass(frozen=True, eq=False)
class _Lesson:
    """One label's learning from the desk's rows that know it.

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
            self.desk.weights[rows],
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
        """Slopes and offsets by family: Platt on logits of examples that were left out of their fit. A family with
        fewer than _PLATT_ROWS of them has those of all; where all are fewer, logits stand as they are.
        """
        folds = np.random.default_rng(self.seed + self.index).permutation(len(rows)) % _FOLDS
        parts = [
            (rows[folds != fold], rows[folds == fold]) for fold in range(_FOLDS if len(rows) < _ONE_FOLD_ROWS else 1)
        ]
        slopes, offsets = np.ones(len(FAMILIES)), np.zeros(len(FAMILIES))
        if len(rows) < _PLATT_ROWS or not all(_has_both(self.desk.values[rest, self.index]) for rest, _ in parts):
            return slopes, offsets
        left_out = np.concatenate([left for _, left in parts])
        unseen = np.concatenate([self.logits(self.fit(rest), left) for rest, left in parts])
        for family in range(len(FAMILIES)):
            own = self.desk.families[left_out] == family
            chosen = own if own.sum() >= _PLATT_ROWS else np.ones(len(own), dtype=bool)
            truth, weights = self.truth(left_out[chosen]), self.desk.weights[left_out[chosen]]
            if truth.any() and not truth.all():
                slopes[family], offsets[family] = platt(unseen[chosen], truth, weights)
        return slopes, offsets


def _taught_with(examples: Sequence[Example], influence: Influence) -> dict[str, object]:
    """What the metrics of a taught bundle tell of its lessons; nobody is named."""
    origins, weights = Counter(example.origin for example in examples), Counter[str]()
    for example, weight in zip(examples, influence.weights.tolist(), strict=True):
        weights[example.origin] += weight
    return {
        "examples": len(examples),
        "origins": dict(sorted(origins.items())),
        "weights": {origin: round(weight, 1) for origin, weight in sorted(weights.items())},
        "half_life": HALF_LIFE,
        **influence.to_dict(),
    }


def _card(base: Bundle, name: str, examples: Sequence[Example], learned: Sequence[int]) -> str:
    labels = ", ".join(LABELS[index] for index in learned)
    return (
        f"# {name}\n\n"
        f"The bundle `{base.name}` (sha256 {base.digest}), taught with {len(examples):,} labels of a desk.\n"
        f"Learned from them: {labels}. All other labels, and the terms of use, come from what it learned first,\n"
        f"whose card follows.{_SEPARATOR}{base.card.rpartition(_SEPARATOR)[2]}"
    )
