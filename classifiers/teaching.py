"""Learning from a desk's decisions: a residual classifier on top of a bundle, merged into a bundle of the very same
form.

Each label is a logistic regression on the text's features and on the base's seven standardised logits. As those are
linear in the features too, the sum is one linear function again, and the new bundle loads without the old.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifiers.batch_text import normalise_all
from classifiers.bundle import Bundle, windows
from classifiers.bundle_file import Calibration, Families
from classifiers.drift import LEAST, profile_of_texts
from classifiers.errors import DataError
from classifiers.estimators import Mask, Matrix, logistic, matrix_of, platt
from classifiers.examples import Example
from classifiers.labels import LABELS
from classifiers.progress import Note, Step, unheard
from classifiers.script_detection import family_of, script_of
from classifiers.weights import Floats, Linear, quantised

_BASE_SCALE = 0.7
_STRENGTH = 2.0
_TRUST_AT = 8
"""So many examples of the rarer value make the new and the old count alike; with fewer the base prevails."""
_PRIOR_LEVELS = np.linspace(-3, 3, 13)
_PRIOR_WEIGHT = 2.0
"""At each of these levels of the base's own logit so many made-up examples say what the base says: a desk that never
met what the base knows does not unteach it.
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


@dataclass(frozen=True, eq=False)
class _Residual:
    """A label's logit: features · weights + standardised base logits · shares + bias."""

    weights: Floats
    shares: Floats
    bias: float

    def logits(self, desk: _Desk) -> Floats:
        result: Floats = desk.matrix @ self.weights + desk.standard @ self.shares + self.bias
        return result


@dataclass(frozen=True, eq=False)
class _Merged:
    """A taught label in the bundle's own form."""

    weights: Floats
    bias: float
    slopes: Floats
    offsets: Floats
    """One for each family of scripts."""


def teach(base: Bundle, examples: Sequence[Example], *, name: str, seed: int, progress: Note = unheard) -> Bundle:
    """A new bundle that has learned from ``examples``. A label without both a 1 and a 0 among them stays exactly as
    the base has it.

    Raises DataError where there is no label with both.
    """
    with threadpool_limits(limits=1):
        desk = _desk(base, examples, progress("making features", len(examples)))
        learned = [index for index in range(len(LABELS)) if _has_both(desk.values[:, index])]
        if not learned:
            raise DataError("nothing to learn: no label has both a 1 and a 0 among the examples")
        step = progress("fitting labels", len(learned))
        merged = {}
        for index in learned:
            merged[index] = _Lesson(base, desk, index, seed).merged()
            step(1)
        linear, calibration = _assembled(base, desk, merged)
    card = _card(base, name, examples, learned)
    taught = Bundle(name, linear, calibration, card, {"taught_from": base.digest})
    return replace(taught, metrics={**taught.metrics, **_reference(taught, examples)})


def _reference(taught: Bundle, examples: Sequence[Example]) -> dict[str, object]:
    """What drift is measured from: the desk's comments as the new bundle scores them, where they are enough."""
    if len(examples) < LEAST:
        return {}
    return {"reference": profile_of_texts(taught, normalise_all([one.text for one in examples])).to_dict()}


def _desk(base: Bundle, examples: Sequence[Example], step: Step) -> _Desk:
    normalised = normalise_all([example.text for example in examples])
    families = np.array([family_of(script_of(text)) for text in normalised], dtype=np.int64)
    texts = _telling_windows(base, normalised, families)
    logits = base.window_logits(texts)
    values = [[np.nan if value is None else value for value in example.values] for example in examples]
    return _Desk(
        matrix_of(texts, base.linear.square_levels, step),
        logits,
        _BASE_SCALE * (logits - base.calibration.centres) / base.calibration.spreads,
        families,
        np.array(values, dtype=np.float64).reshape(-1, len(LABELS)),
        np.array([example.weight for example in examples]),
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
    """One label's learning from the desk's rows that know it."""

    base: Bundle
    desk: _Desk
    index: int
    seed: int

    def merged(self) -> _Merged:
        """New and old blended by how much the desk has said."""
        taught, trust = self.fit(self.rows), self.trust(self.rows)
        linear, calibration = self.base.linear, self.base.calibration
        weights, scale = linear.float_weights(), _BASE_SCALE / calibration.spreads * taught.shares
        slope, offset = self.platt
        new = taught.weights + scale.astype(np.float32) @ weights
        new_bias = taught.bias + float((linear.biases - calibration.centres) @ scale)
        old_bias = slope * float(linear.biases[self.index]) + offset
        return _Merged(
            trust * new + (1 - trust) * slope * weights[self.index],
            trust * new_bias + (1 - trust) * old_bias,
            *self._by_family(trust),
        )

    @property
    def platt(self) -> tuple[float, float]:
        """The base's slope and offset, in the mean of the desk's mixture of scripts: one linear function has one."""
        calibration, families = self.base.calibration, self.desk.families[self.rows]
        slopes, offsets = calibration.slopes[families, self.index], calibration.offsets[families, self.index]
        return float(slopes.mean()), float(offsets.mean())

    def _by_family(self, trust: float) -> tuple[Floats, Floats]:
        """Slopes and offsets on top of the blended logit: what the base had for each family of scripts counts as much
        as the base does.
        """
        slope, offset = self.platt
        slopes = self.base.calibration.slopes[:, self.index] / slope
        offsets = self.base.calibration.offsets[:, self.index] - slopes * offset
        new_slope, new_offset = self._recalibrated()
        return (
            new_slope * (trust + (1 - trust) * slopes),
            new_slope * (1 - trust) * offsets + new_offset,
        )

    @property
    def rows(self) -> NDArray[np.int64]:
        return np.flatnonzero(~np.isnan(self.desk.values[:, self.index]))

    def truth(self, rows: NDArray[np.int64]) -> Mask:
        truth: Mask = self.desk.values[rows, self.index] == 1.0
        return truth

    def trust(self, rows: NDArray[np.int64]) -> float:
        """Share of the new logit; the rest is the base's."""
        truth = self.truth(rows)
        rarer = int(min(truth.sum(), (~truth).sum()))
        return rarer / (rarer + _TRUST_AT)

    def fit(self, rows: NDArray[np.int64]) -> _Residual:
        """The residual regression on these rows and on the prior's."""
        prior, chances = self._prior()
        features, width = self.desk.matrix[rows], self.desk.matrix.shape[1]
        empty = csr_matrix((2 * len(prior), width), dtype=features.dtype)
        design = hstack(
            [vstack([features, empty]), csr_matrix(np.concatenate([self.desk.standard[rows], prior, prior]))]
        )
        truth = np.concatenate([self.truth(rows), np.ones(len(prior), dtype=bool), np.zeros(len(prior), dtype=bool)])
        weights = [self.desk.weights[rows], _PRIOR_WEIGHT * chances, _PRIOR_WEIGHT * (1 - chances)]
        found, intercept = logistic(design.tocsr(), truth, np.concatenate(weights), _STRENGTH, self.seed)
        return _Residual(found[:width], found[width:], intercept)

    def _prior(self) -> tuple[Floats, Floats]:
        """Standardised logits of texts of which nothing but the base's opinion is known, and that opinion."""
        calibration, index = self.base.calibration, self.index
        raw = calibration.centres[index] + calibration.spreads[index] * _PRIOR_LEVELS
        standard = np.zeros((len(_PRIOR_LEVELS), len(LABELS)))
        standard[:, index] = _BASE_SCALE * _PRIOR_LEVELS
        slope, offset = self.platt
        return standard, 0.5 * (1 + np.tanh(0.5 * (raw * slope + offset)))

    def _recalibrated(self) -> tuple[float, float]:
        """Platt on logits of examples that were left out of their fit; below _PLATT_ROWS logits stand as they are."""
        rows = self.rows
        folds = np.random.default_rng(self.seed + self.index).permutation(len(rows)) % _FOLDS
        parts = [
            (rows[folds != fold], rows[folds == fold]) for fold in range(_FOLDS if len(rows) < _ONE_FOLD_ROWS else 1)
        ]
        if len(rows) < _PLATT_ROWS or not all(_has_both(self.desk.values[rest, self.index]) for rest, _ in parts):
            return 1.0, 0.0
        unseen = np.concatenate([self._blended(rest)[left] for rest, left in parts])
        left_out = np.concatenate([left for _, left in parts])
        truth = self.truth(left_out)
        return platt(unseen, truth, self.desk.weights[left_out]) if _has_both(truth.astype(float)) else (1.0, 0.0)

    def _blended(self, rows: NDArray[np.int64]) -> Floats:
        """Logits of all the desk's examples as learned from these rows."""
        slope, offset = self.platt
        old = slope * self.desk.logits[:, self.index] + offset
        trust = self.trust(rows)
        blended: Floats = trust * self.fit(rows).logits(self.desk) + (1 - trust) * old
        return blended


def _card(base: Bundle, name: str, examples: Sequence[Example], learned: Sequence[int]) -> str:
    labels = ", ".join(LABELS[index] for index in learned)
    return (
        f"# {name}\n\n"
        f"The bundle `{base.name}` (sha256 {base.digest}), taught with {len(examples):,} labels of a desk.\n"
        f"Learned from them: {labels}. All other labels, and the terms of use, come from what it learned first,\n"
        f"whose card follows.{_SEPARATOR}{base.card.rpartition(_SEPARATOR)[2]}"
    )
