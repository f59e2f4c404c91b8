"""What other data sets would say of a task's texts: one linear judge for each class of each source of the pool.

A judge never saw a row of a task, nor a near-copy of one, but where it is made of a task's own training rows, and then
it judges all tasks but that one. So a judge's logit of a task's training row is as honest as of a test row, and can be
a feature.
"""

import csv
import gzip
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from bench.published_tasks import SEED, TASKS, Task
from classifiers.estimators import Matrix, log_count_ratios, logistic
from classifiers.splits import copies_among
from classifiers.training import NgramFeatures
from classifiers.weights import Floats

_FEWEST, _MOST = 60, 15_000
"""A class has at least, a source is judged from at most so many rows."""
_NO_JUDGES = frozenset({"cat-context", "sms-spam", "youtube-spam", "banglabarta-sms", "bangla-spam-telegram"})
_LEAST_SCALE = 0.25
_NO_CLASSES = re.compile(r"topic=|video=|set=")

Note = Callable[[str, int], Callable[[int], None]]
"""Told what begins and how many steps it has; gives what to call with the steps done."""


@dataclass(frozen=True)
class PoolRows:
    """The pool's rows as columns. ``near`` is (rows, tasks): whether a row is a copy or near-copy of a task's."""

    texts: list[str]
    sources: NDArray[np.str_]
    labels: list[str]
    languages: NDArray[np.str_]
    near: NDArray[np.bool_]


def read_pool_rows(folder: Path, note: Note) -> PoolRows:
    with gzip.open(folder / "training.csv.gz", "rt", encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    texts = [record["text"] for record in records]
    near = np.zeros((len(texts), len(TASKS)), dtype=bool)
    owners, others = [], []
    for index, task in enumerate(TASKS):
        rows = task.rows(folder)
        owners += [index] * len(rows)
        others += [row.text for row in rows]
    step, told = note("looking for copies of the tasks in the pool", len(texts)), 0
    for row, other in copies_among(texts, others):
        near[row, owners[other]] = True
        step(row - told)
        told = row
    return PoolRows(
        texts,
        np.array([record["source"] for record in records]),
        [record["labels"] for record in records],
        np.array([record["lang"] for record in records]),
        near,
    )


@dataclass(frozen=True)
class Judge:
    source: str
    name: str
    weights: Floats
    bias: float

    def logits(self, matrix: Matrix) -> Floats:
        found: Floats = matrix @ self.weights + self.bias
        return found


def judges_of(pool: PoolRows, features: NgramFeatures, note: Note) -> list[Judge]:
    """A judge for each class of each source, on the features that are fitted already."""
    sources = sorted(set(pool.sources.tolist()) - _NO_JUDGES)
    step, found = note("asking the other data sets", len(sources)), []
    for source in sources:
        rows = _rows_of(pool, source)
        matrix = features.transform([pool.texts[row] for row in rows])
        for name, truth in _classes([pool.labels[row] for row in rows]):
            found.append(Judge(source, name, *balanced(matrix, truth)))
        step(1)
    return found


def opinions(judges: Sequence[Judge], task: Task, matrix: Matrix) -> Floats:
    """(rows, judges) logits of all judges but those made of the task's own rows."""
    return np.stack([judge.logits(matrix) for judge in judges if judge.source not in task.sources], axis=1)


def balanced(
    matrix: Matrix, truth: NDArray[np.bool_], strength: float = 1.0, *, scaled: bool = True, more: Floats | None = None
) -> tuple[Floats, float]:
    """Weights (of the columns, then of those of ``more``) and bias of a logistic regression whose two classes count
    alike, on naive-Bayes scaled columns or plain ones.
    """
    scale = np.ones(matrix.shape[1])
    if scaled:
        scale = _LEAST_SCALE + log_count_ratios(matrix, truth, np.zeros(len(truth), dtype=np.int64))
    design = csr_matrix((matrix.data * scale[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape)
    if more is not None:
        design = hstack([design, csr_matrix(more)], "csr")
        scale = np.concatenate([scale, np.ones(more.shape[1])])
    weights, bias = logistic(design, truth, np.ones(len(truth)), strength, SEED, 1.0)
    return weights * scale, bias


def _rows_of(pool: PoolRows, source: str) -> NDArray[np.int64]:
    others = [index for index, task in enumerate(TASKS) if source not in task.sources]
    rows = np.flatnonzero((pool.sources == source) & ~pool.near[:, others].any(axis=1))
    if len(rows) > _MOST:
        rows = np.sort(np.random.default_rng(SEED).choice(rows, _MOST, replace=False))
    return rows


def _classes(labels: Sequence[str]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Each part that occurs in the labels often enough, and which rows have it; complements once."""
    parts = [set(re.split(";|(?<=[a-z])_(?=[a-z]{2}(?:_|$))", each)) for each in labels]
    seen: set[bytes] = set()
    for name, count in Counter(part for each in parts for part in sorted(each)).most_common():
        truth = np.array([name in each for each in parts])
        key = (truth if truth.mean() < 0.5 else ~truth).tobytes()
        if _FEWEST <= count <= len(labels) - _FEWEST and not _NO_CLASSES.match(name) and key not in seen:
            seen.add(key)
            yield name, truth
