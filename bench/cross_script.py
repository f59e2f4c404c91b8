"""Trained on comments in Bangla script only, measured on romanized ones, with and without the phonetic skeletons.

Not one romanized label is trained on. The weights of the blocks are chosen on the romanized *training* rows of TB-OLID
and TRAC-2; their tests are looked at once.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from bench.judges import Note, PoolRows
from bench.published_tasks import SEED, TASKS, Task
from classifiers.estimators import log_count_ratios, logistic
from classifiers.evaluation import auc, measured
from classifiers.script_detection import detect_script
from classifiers.sources import SOURCES
from classifiers.training import NgramFeatures
from classifiers.weights import Floats

MOST_ROWS = 40_000
_TITLES = {"tb-olid": "TB-OLID", "trac2-aggression": "TRAC-2 Latin"}
_CLEAN = frozenset({"N", "NAG", "offensive=N"})
_LEAST_SCALE, _ORIGIN_SCALE, _STRENGTH = 0.25, 2.0, 1.0

Blocks = tuple[float, float, float, float]


class Marked(NamedTuple):
    texts: list[str]
    truth: NDArray[np.bool_]


class Trained(NamedTuple):
    features: NgramFeatures
    weights: Floats

    def auc(self, marked: Marked) -> str:
        logits = self.features.transform(marked.texts) @ self.weights
        found = measured(marked.truth, 0.5 * (1 + np.tanh(0.5 * logits)))
        return f"{found.auc:.3f} {found.auc_interval}"


PRODUCT: Blocks = (1.0, 0.5, 0.5, 0.5)
WITHOUT: Blocks = (1.0, 0.0, 0.0, 0.5)
CANDIDATES: tuple[Blocks, ...] = (
    PRODUCT, WITHOUT, (0.3, 1.0, 1.0, 0.1), (0.0, 1.0, 1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0)
)  # fmt: skip
"""Weights of characters, consonant skeleton, vowel skeleton, words."""


def cross_script_lines(pool: PoolRows, folder: Path, note: Note, *, choose_only: bool) -> Iterator[str]:
    """Lines of figures: every candidate on the romanized training rows, then the tests of three."""
    tasks = [task for task in TASKS if task.name in _TITLES]
    rows = _bangla_rows(pool)
    step, trained, means = note("training on Bangla script", len(CANDIDATES)), {}, {}
    for blocks in CANDIDATES:
        trained[blocks] = _trained(pool, rows, blocks)
        figures = [_auc(trained[blocks], _romanized(task, folder, test=False)) for task in tasks]
        means[blocks] = float(np.mean(figures))
        yield f"blocks {blocks}: AUC on romanized training rows " + ", ".join(f"{each:.3f}" for each in figures)
        step(1)
    best = max(CANDIDATES, key=means.__getitem__)
    for title, blocks in (("chosen", best), ("a bundle's", PRODUCT), ("without skeletons", WITHOUT)):
        if not choose_only:
            for task in tasks:
                yield f"Bangla script only, blocks {title} {blocks} → {_TITLES[task.name]} test: AUC " + trained[
                    blocks
                ].auc(_romanized(task, folder, test=True))


def _bangla_rows(pool: PoolRows) -> NDArray[np.int64]:
    """Rows in Bangla script that know toxicity and share nothing with either test; a random part of them."""
    tests = [index for index, task in enumerate(TASKS) if task.name in _TITLES]
    own = set().union(*(TASKS[index].sources for index in tests))
    known = np.array([
        source not in own and SOURCES[source].read(labels).values[0] is not None
        for source, labels in zip(pool.sources.tolist(), pool.labels, strict=True)
    ])  # fmt: skip
    rows = np.flatnonzero(known & (pool.languages == "bn") & ~pool.near[:, tests].any(axis=1))
    rows = np.random.default_rng(SEED).permutation(rows)
    return np.sort([row for row in rows[: 2 * MOST_ROWS] if detect_script(pool.texts[row]) == "bn"][:MOST_ROWS])


def _romanized(task: Task, folder: Path, *, test: bool) -> Marked:
    rows = [row for row in task.rows(folder) if (row.split == task.test) == test]
    latin = [row for row in rows if detect_script(row.text) in {"bn-Latn", "mixed"}]
    return Marked([row.text for row in latin], np.array([row.label not in _CLEAN for row in latin]))


def _trained(pool: PoolRows, rows: NDArray[np.int64], blocks: Blocks) -> Trained:
    """Toxicity as a bundle learns it: naive-Bayes scaling, and a column for each source that scoring leaves out."""
    features = NgramFeatures(block_weights=blocks)
    matrix = features.fit_transform([pool.texts[row] for row in rows])
    readings = [SOURCES[pool.sources[row]].read(pool.labels[row]) for row in rows]
    truth = np.array([reading.values[0] == 1.0 for reading in readings])
    weights = np.array([reading.weights[0] for reading in readings])
    names, origins = np.unique(pool.sources[rows], return_inverse=True)
    scale = _LEAST_SCALE + log_count_ratios(matrix, truth, origins)
    scaled = csr_matrix((matrix.data * scale[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape)
    marks = csr_matrix(np.eye(len(names))[origins] * _ORIGIN_SCALE)
    found, _ = logistic(hstack([scaled, marks], "csr"), truth, weights, _STRENGTH, SEED, 0.3)
    return Trained(features, found[: matrix.shape[1]] * scale)


def _auc(trained: Trained, marked: Marked) -> float:
    return auc(marked.truth, trained.features.transform(marked.texts) @ trained.weights)
