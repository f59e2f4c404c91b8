"""Making logits into probabilities: Platt scaling per label and family of scripts, on rows that no fit has seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.bundle_file import Calibration, Families
from classifiers.estimators import platt
from classifiers.evaluation import calibration_error
from classifiers.labels import LABELS, SCRIPTS
from classifiers.script_detection import FAMILIES
from classifiers.weights import Floats

_ENOUGH = 40
"""So many of either value a family needs for a slope and offset of its own; else it has those of all rows."""
_MEASURED = 300


@dataclass(frozen=True, eq=False)
class Held:
    """Rows kept from fitting: (rows, labels) raw logits and values with NaN; a family of scripts for each."""

    logits: Floats
    values: Floats
    families: Families

    def part(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Held":
        return Held(self.logits[rows], self.values[rows], self.families[rows])


def identity() -> Calibration:
    shape = (len(FAMILIES), len(LABELS))
    return Calibration(np.ones(shape), np.zeros(shape), np.zeros(len(LABELS)), np.ones(len(LABELS)))


def calibrated(held: Held) -> Calibration:
    found = identity()
    slopes, offsets = found.slopes, found.offsets
    for index in range(len(LABELS)):
        for family in range(len(FAMILIES)):
            own = held.part(held.families == family)
            chosen = own if _rarer(own.values[:, index]) >= _ENOUGH else held
            if _rarer(chosen.values[:, index]):
                slopes[family, index], offsets[family, index] = _platt(chosen, index)
    return Calibration(slopes, offsets, held.logits.mean(axis=0), np.maximum(held.logits.std(axis=0), 1e-6))


def calibration_errors(held: Held, scripts: Sequence[str], seed: int) -> dict[str, dict[str, float]]:
    """Expected calibration error by script and label, for those with _MEASURED rows: one half of the rows is calibrated
    on the other, and the other way round. ``scripts`` has one for each row.
    """
    half = np.random.default_rng(seed).random(len(held.families)) < 0.5
    chances = np.zeros_like(held.logits)
    for side in (half, ~half):
        part = held.part(~side)
        chances[~side] = calibrated(held.part(side)).probabilities(part.logits, part.families)
    found: dict[str, dict[str, float]] = {}
    for script in SCRIPTS:
        for index, label in enumerate(LABELS):
            known = (np.array(scripts) == script) & ~np.isnan(held.values[:, index])
            if known.sum() >= _MEASURED:
                error = calibration_error(held.values[known, index] == 1.0, chances[known, index])
                found.setdefault(script, {})[label] = round(error, 4)
    return found


def _rarer(values: Floats) -> int:
    return int(min((values == 1.0).sum(), (values == 0.0).sum()))


def _platt(held: Held, index: int) -> tuple[float, float]:
    known = ~np.isnan(held.values[:, index])
    return platt(held.logits[known, index], held.values[known, index] == 1.0, np.ones(int(known.sum())))
