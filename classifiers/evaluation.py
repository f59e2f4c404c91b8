"""How good a bundle is on labelled examples: figures for each label, with intervals, as a dictionary or Markdown.
NumPy only.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.bundle import Bundle
from classifiers.examples import Example
from classifiers.labels import LABELS, SCRIPTS

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]
Interval = tuple[float, float]

THRESHOLDS = (0.3, 0.5, 0.7, 0.9)
_RESAMPLES = 200
_BINS = 15


@dataclass(frozen=True)
class Measured:
    """A label on a set of rows that know it. What one class alone cannot tell is None; intervals are 95%, by
    bootstrap.
    """

    rows: int
    positives: int
    auc: float | None
    auc_interval: Interval | None
    average_precision: float | None
    average_precision_interval: Interval | None
    f1: dict[str, float]
    f1_interval: Interval | None
    """Of F1 at 0.5."""
    ece: float


@dataclass(frozen=True)
class Report:
    """Figures by label, and by script and label; labels that no row knows are left out."""

    bundle: str
    rows: int
    labels: dict[str, Measured]
    scripts: dict[str, dict[str, Measured]]

    def to_dict(self) -> dict[str, object]:
        """Plain values, ready for JSON."""
        return asdict(self)

    def to_markdown(self) -> str:
        """A table for all rows and one for each script."""
        parts = [f"Bundle `{self.bundle}` on {self.rows:,} rows.", _table(self.labels)]
        for script, labels in self.scripts.items():
            parts += [f"Script `{script}`:", _table(labels)]
        return "\n\n".join(parts) + "\n"


def evaluate_bundle(bundle: Bundle, examples: Sequence[Example], seed: int = 0) -> Report:
    """The report of a bundle on examples that it was not trained on."""
    scored = bundle.score([example.text for example in examples])
    scores = np.array([each.scores for each in scored]).reshape(-1, len(LABELS))
    values = np.array(
        [[np.nan if value is None else value for value in example.values] for example in examples]
    ).reshape(-1, len(LABELS))
    scripts = np.array([each.script for each in scored])
    by_script = {script: _by_label(scores[scripts == script], values[scripts == script], seed) for script in SCRIPTS}
    return Report(
        bundle.name,
        len(examples),
        _by_label(scores, values, seed),
        {script: found for script, found in by_script.items() if found},
    )


def auc(truth: Truth, scores: Floats) -> float:
    """Area under the ROC curve: how often a positive scores above a negative, ties counting half."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    positives = int(truth.sum())
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * (len(truth) - positives)))


def average_precision(truth: Truth, scores: Floats) -> float:
    """Area under the precision-recall curve, step-wise; equal scores are one step."""
    levels, places = np.unique(-scores, return_inverse=True)
    hits = np.cumsum(np.bincount(places, weights=truth, minlength=len(levels)))
    found = np.cumsum(np.bincount(places, minlength=len(levels)))
    return float((np.diff(np.append(0.0, hits)) * hits / found).sum() / truth.sum())


def f1(truth: Truth, scores: Floats, threshold: float = 0.5) -> float:
    flagged = scores >= threshold
    total = int(flagged.sum()) + int(truth.sum())
    return float(2 * (flagged & truth).sum() / total) if total else 0.0


def calibration_error(truth: Truth, scores: Floats) -> float:
    """Expected calibration error: mean distance of score and truth over equal bins, by how many fall in each."""
    bins = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, weights=scores - truth, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(truth))


def measured(truth: Truth, scores: Floats, seed: int = 0) -> Measured:
    """All figures of one label; ``truth`` has at least one row."""
    positives = int(truth.sum())
    at_thresholds = {str(threshold): round(f1(truth, scores, threshold), 4) for threshold in THRESHOLDS}
    ece = round(calibration_error(truth, scores), 4)
    if positives in {0, len(truth)}:
        return Measured(len(truth), positives, None, None, None, None, at_thresholds, None, ece)
    samples = _resamples(truth, seed)
    return Measured(
        len(truth), positives,
        round(auc(truth, scores), 4), _interval(auc, truth, scores, samples),
        round(average_precision(truth, scores), 4), _interval(average_precision, truth, scores, samples),
        at_thresholds, _interval(f1, truth, scores, samples), ece,
    )  # fmt: skip


def _by_label(scores: Floats, values: Floats, seed: int) -> dict[str, Measured]:
    known = ~np.isnan(values)
    return {
        label: measured(values[known[:, index], index] == 1.0, scores[known[:, index], index], seed)
        for index, label in enumerate(LABELS)
        if known[:, index].any()
    }


def _resamples(truth: Truth, seed: int) -> list[NDArray[np.int64]]:
    """Rows drawn with replacement from the positives and from the negatives, so that both are always there."""
    generator = np.random.default_rng(seed)
    positives, negatives = np.flatnonzero(truth), np.flatnonzero(~truth)
    return [
        np.concatenate([generator.choice(rows, len(rows)) for rows in (positives, negatives)])
        for _ in range(_RESAMPLES)
    ]


def _interval(
    figure: Callable[[Truth, Floats], float], truth: Truth, scores: Floats, samples: list[NDArray[np.int64]]
) -> Interval:
    found = np.quantile([figure(truth[rows], scores[rows]) for rows in samples], [0.025, 0.975])
    return round(float(found[0]), 4), round(float(found[1]), 4)


def _table(labels: dict[str, Measured]) -> str:
    lines = [
        "| label | rows | positive | AUC (95%) | average precision | F1 at 0.5 | ECE |",
        "|---|---|---|---|---|---|---|",
    ]
    for label, each in labels.items():
        figures = (
            _with_interval(each.auc, each.auc_interval),
            _with_interval(each.average_precision, each.average_precision_interval),
        )
        lines.append(
            f"| {label} | {each.rows:,} | {each.positives:,} | {figures[0]} | {figures[1]} "
            f"| {each.f1['0.5']:.3f} | {each.ece:.3f} |"
        )
    return "\n".join(lines)


def _with_interval(value: float | None, interval: Interval | None) -> str:
    return "–" if value is None or interval is None else f"{value:.3f} ({interval[0]:.3f}–{interval[1]:.3f})"
