"""Like for like with published figures: our features and trainer on a task's official splits.

``PYTHONPATH=. python bench/published.py --data FOLDER``. Strength of regularisation, naive-Bayes scaling and class
balance are chosen on the development split, or by five-fold cross-validation on the training split where there is none;
then the model is fitted on training and development rows together and the test is scored once. Intervals are 95%, by
bootstrap.
"""

import argparse
import csv
import gzip
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifiers.batch_text import normalise_all
from classifiers.bundle import WINDOW
from classifiers.estimators import Matrix, document_levels, log_count_ratios, logistic, matrix_of
from classifiers.text import letters_key
from classifiers.weights import Floats

SEED, RESAMPLES, FOLDS = 1, 1_000, 5
_LEAST_SCALE = 0.25

Classes = NDArray[np.str_]


class Row(NamedTuple):
    text: str
    label: str
    split: str


class Settings(NamedTuple):
    strength: float
    scaled: bool
    balance: float


GRID = tuple(Settings(*each) for each in product((0.5, 1.0, 2.0, 4.0, 8.0), (True, False), (0.0, 0.5, 1.0)))


@dataclass(frozen=True)
class Task:
    title: str
    file: str
    label: Callable[[str], str]
    average: str
    published: str
    test: str = "test"


TASKS = (
    Task("VITD, violence, 3 classes", "vitd.csv.gz", lambda labels: labels, "macro", "0.760 best of the shared task"),
    Task("TB-OLID, offensive", "tb-olid.csv.gz", lambda labels: labels.split(";")[0], "macro", "not found"),
    Task("TRAC-2 Bangla dev, aggression", "trac2-iben-dev.csv.gz", lambda labels: labels.split(";")[0], "weighted",
         "0.81 on its test, 2nd of 10", "dev"),
    Task("TRAC-2 Bangla dev, misogyny", "trac2-iben-dev.csv.gz", lambda labels: labels.split(";")[1], "weighted",
         "0.93 on its test, 2nd to 4th of 8", "dev"),
    Task("DeepHateExplainer, 4 types", "deephateexplainer.csv.gz", lambda labels: labels, "weighted",
         "0.876 ensemble, 0.862 Bangla-BERT"),
    Task("OLID, offensive", "olid.csv.gz", lambda labels: labels.split(";")[0], "macro", "0.80 CNN"),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--choose", action="store_true", help="only choose settings; leave the tests alone")
    arguments = parser.parse_args()
    with threadpool_limits(limits=1):
        for task in TASKS:
            for line in _lines(task, arguments.data, choose_only=arguments.choose):
                print(line, flush=True)


def _lines(task: Task, folder: Path, *, choose_only: bool) -> Iterator[str]:
    rows = [row for row in _rows(folder / task.file, task) if row.label != "nan"]
    training = [row for row in rows if row.split != task.test]
    test = [row for row in rows if row.split == task.test]
    features = _features([row.text for row in training], [row.text for row in training])
    chosen, value = _chosen(training, features, task.average)
    yield f"{task.title}: chosen {chosen._asdict()} at {value:.3f} {task.average} F1 on development rows"
    if choose_only:
        return
    found = _predicted(
        features, _labels(training), _features([row.text for row in training], [row.text for row in test]), chosen
    )
    known = {letters_key(row.text) for row in training}
    clean = np.array([letters_key(row.text) not in known for row in test])
    for name, kept in (("all", np.ones(len(test), dtype=bool)), ("without leaked rows", clean)):
        if name == "all" or not clean.all():
            figure = _with_interval(_labels(test)[kept], found[kept], task.average)
            yield f"  test, {name} ({kept.sum():,} rows): {figure}"
    yield f"  published: {task.published}"


def _rows(path: Path, task: Task) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for record in csv.DictReader(file):
            yield Row(record["text"], task.label(record["labels"]), record["split"])


def _labels(rows: Sequence[Row]) -> Classes:
    return np.array([row.label for row in rows])


def _features(known: Sequence[str], texts: Sequence[str]) -> Matrix:
    """Rows of features of ``texts``, with the document frequencies of ``known``."""
    levels = document_levels([text[:WINDOW] for text in normalise_all(known)])
    return matrix_of([text[:WINDOW] for text in normalise_all(texts)], levels)


def _chosen(rows: Sequence[Row], features: Matrix, average: str) -> tuple[Settings, float]:
    """The best settings on development rows, the simplest of equals, and their figure."""
    labels = _labels(rows)
    parts = list(_parts(rows, labels))
    values = [
        float(
            np.mean(
                [
                    _score(labels[dev], _predicted(features[fit], labels[fit], features[dev], each), average)
                    for fit, dev in parts
                ]
            )
        )
        for each in GRID
    ]
    best = int(np.argmax(values))
    return GRID[best], values[best]


def _parts(rows: Sequence[Row], labels: Classes) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    splits = np.array([row.split for row in rows])
    if (splits == "dev").any():
        yield np.flatnonzero(splits != "dev"), np.flatnonzero(splits == "dev")
    else:
        yield from StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(np.zeros(len(rows)), labels)


def _predicted(features: Matrix, labels: Classes, others: Matrix, settings: Settings) -> Classes:
    """The class with the highest logit, each against the rest (two classes: the one against the other)."""
    classes = np.unique(labels)
    logits = [_logits(features, labels == each, others, settings) for each in classes[(len(classes) == 2) * 1 :]]
    found: Classes = classes[np.argmax([np.zeros(others.shape[0]), *logits] if len(classes) == 2 else logits, axis=0)]
    return found


def _logits(features: Matrix, truth: NDArray[np.bool_], others: Matrix, settings: Settings) -> Floats:
    scale = np.ones(features.shape[1])
    if settings.scaled:
        scale = _LEAST_SCALE + log_count_ratios(features, truth, np.zeros(len(truth), dtype=np.int64))
    scaled = csr_matrix(
        (features.data * scale[features.indices], features.indices, features.indptr), shape=features.shape
    )
    weights, bias = logistic(scaled, truth, np.ones(len(truth)), settings.strength, SEED, settings.balance)
    found: Floats = others @ (weights * scale) + bias
    return found


def _score(labels: Classes, found: Classes, average: str) -> float:
    return float(f1_score(labels, found, average=average))


def _with_interval(labels: Classes, found: Classes, average: str) -> str:
    generator = np.random.default_rng(SEED)
    draws = [generator.integers(0, len(labels), len(labels)) for _ in range(RESAMPLES)]
    low, high = np.quantile([_score(labels[draw], found[draw], average) for draw in draws], [0.025, 0.975])
    return f"{_score(labels, found, average):.3f} ({low:.3f} to {high:.3f}) {average} F1"


if __name__ == "__main__":
    main()
