"""Training the starter: one linear model for all seven labels from the pool of research sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifiers.batch_text import normalise_all
from classifiers.bundle import WINDOW, Bundle
from classifiers.calibrating import Held, calibrated, calibration_errors, identity
from classifiers.drift import profile_of_texts
from classifiers.errors import DataError
from classifiers.estimators import Mask, Matrix, document_levels, log_count_ratios, logistic, matrix_of
from classifiers.examples import PoolExample
from classifiers.features import BATCH, COLUMNS
from classifiers.labels import LABELS
from classifiers.progress import Note, unheard
from classifiers.script_detection import family_of, scripts_of
from classifiers.sources import SOURCES
from classifiers.weights import Floats, Linear, quantised

HELD_OUT = 0.08
"""Share of the pool that is kept from fitting, for calibration."""
_STRENGTHS = {"toxicity": 1.0}
_OTHER_STRENGTH = 2.0
_BALANCE = 0.3
_MOST_NEGATIVES = 70_000
_ORIGIN_SCALE = 2.0
_LEAST_SCALE = 0.25


@dataclass(frozen=True, eq=False)
class _Pool:
    """All rows as arrays; values and weights are (rows, labels), NaN where unknown."""

    matrix: Matrix
    values: Floats
    weights: Floats
    origins: NDArray[np.int64]
    names: list[str]
    english: NDArray[np.bool_]
    held_out: Mask


class Trained(NamedTuple):
    """A bundle, and its calibration errors by script and label on the rows kept from fitting."""

    bundle: Bundle
    calibration_errors: Mapping[str, Mapping[str, float]]


def train(
    rows: Sequence[PoolExample],
    *,
    name: str,
    seed: int,
    note: Note = unheard,
    labels: Sequence[str] = LABELS,
) -> Trained:
    """A calibrated bundle; the same rows and seed give the same bytes. ``labels`` other than all are for experiments:
    the rest stay at zero.
    """
    if not rows:
        raise DataError("no rows to train on: everything was left out")
    with threadpool_limits(limits=1):
        texts = _texts(rows, note)
        levels = document_levels(texts, note("counting n-grams", len(texts)))
        pool = _pool(rows, matrix_of(texts, levels, note("making features", len(texts))), seed)
        step = note("fitting labels", len(labels))
        weights, biases = np.zeros((len(LABELS), COLUMNS), dtype=np.float32), np.zeros(len(LABELS))
        for label in labels:
            index = LABELS.index(label)
            weights[index], biases[index] = _fitted(pool, index, label, seed)
            step(1)
        linear = quantised(weights, biases, levels)
        kept = np.flatnonzero(pool.held_out).tolist()
        held_texts = [texts[row] for row in kept]
        scripts = scripts_of(held_texts)
        held = _held(linear, held_texts, pool.values[kept], scripts)
        bundle = Bundle(name, linear, calibrated(held))
        metrics = {"reference": profile_of_texts(bundle, held_texts).to_dict()}
        return Trained(replace(bundle, metrics=metrics), calibration_errors(held, scripts, seed))


def _held(linear: Linear, texts: Sequence[str], values: Floats, scripts: Sequence[str]) -> Held:
    logits = Bundle("", linear, identity()).window_logits(texts)
    return Held(logits, values, np.array([*map(family_of, scripts)], dtype=np.int64))


def _texts(rows: Sequence[PoolExample], note: Note) -> list[str]:
    step = note("normalising", len(rows))
    texts: list[str] = []
    for at in range(0, len(rows), BATCH):
        batch = normalise_all([row.example.text for row in rows[at : at + BATCH]])
        texts.extend(text[:WINDOW] for text in batch)
        step(len(batch))
    return texts


def _pool(rows: Sequence[PoolExample], matrix: Matrix, seed: int) -> _Pool:
    values = np.array([[np.nan if value is None else value for value in row.example.values] for row in rows])
    names = sorted({row.example.origin for row in rows})
    origins = np.array([names.index(row.example.origin) for row in rows])
    english = np.array([row.language == "en" for row in rows])
    weights = np.array([row.weights for row in rows])
    return _Pool(matrix, values, weights, origins, names, english, held_out(rows, seed))


def held_out(rows: Sequence[PoolExample], seed: int) -> Mask:
    """Rows drawn for calibration; of what we wrote all fillings of a template or none."""
    drawn = np.random.default_rng(seed).random(len(rows)) < HELD_OUT
    templates: dict[str, bool] = {}
    for at, row in enumerate(rows):
        if SOURCES[row.example.origin].written_by_us:
            drawn[at] = templates.setdefault(row.example.group, bool(drawn[at]))
    return drawn


def _fitted(pool: _Pool, index: int, label: str, seed: int) -> tuple[Floats, float]:
    """Weights of one label, and its bias for a comment of no particular source."""
    rows = _chosen(pool, index, seed)
    truth = pool.values[rows, index] == 1.0
    if truth.all() or not truth.any():
        raise DataError(
            f"nothing to learn «{label}» from: its rows are all {'1' if truth.any() else '0'}; leave out fewer sources"
        )
    matrix, origins = pool.matrix[rows], pool.origins[rows]
    counted = ~np.array([SOURCES[name].written_by_us for name in pool.names])[origins]
    scale = _LEAST_SCALE + log_count_ratios(matrix[counted], truth[counted], origins[counted])
    mean, marks = _origin_columns(pool, rows, truth)
    scaled = csr_matrix((matrix.data * scale[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape)
    strength = _STRENGTHS.get(label, _OTHER_STRENGTH)
    found, intercept = logistic(
        hstack([scaled, csr_matrix(marks)], "csr"), truth, pool.weights[rows, index], strength, seed, _BALANCE
    )
    return found[:COLUMNS] * scale, intercept + float(found[COLUMNS:] @ mean)


def _chosen(pool: _Pool, index: int, seed: int) -> NDArray[np.int64]:
    """Rows that know the label and are not held out; of too many negatives a random part."""
    known = ~np.isnan(pool.values[:, index]) & ~pool.held_out
    negatives = np.flatnonzero(known & (pool.values[:, index] == 0.0))
    positives = np.flatnonzero(known & (pool.values[:, index] == 1.0))
    if index and len(negatives) > _MOST_NEGATIVES:
        negatives = np.random.default_rng(seed + index).choice(negatives, _MOST_NEGATIVES, replace=False)
    return np.sort(np.concatenate([positives, negatives]))


def _origin_columns(pool: _Pool, rows: NDArray[np.int64], truth: Mask) -> tuple[Floats, Floats]:
    """One column for each source, so that «which data set is this» is not learned as abuse, and the mean that scoring
    stands for.

    The mean is over the sources that know both values and are not English; rows of the clean pool carry it too.
    """
    origins, count = pool.origins[rows], len(pool.names)
    marks = np.eye(count)[origins]
    positives = np.bincount(origins, weights=truth, minlength=count)
    both = (positives > 0) & (positives < np.bincount(origins, minlength=count))
    typical = both[origins] & ~pool.english[rows]
    if not typical.any():
        typical = np.ones(len(rows), dtype=bool)
    mean = marks[typical].mean(axis=0)
    marks[[SOURCES[pool.names[origin]].typical for origin in origins]] = mean
    return mean * _ORIGIN_SCALE, marks * _ORIGIN_SCALE
