"""The published tasks: their files, official splits, classes and figures."""

import csv
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

SEED, RESAMPLES = 1, 1_000

Classes = NDArray[np.str_]


class Row(NamedTuple):
    text: str
    label: str
    split: str


@dataclass(frozen=True)
class Task:
    name: str
    title: str
    file: str
    label: Callable[[str], str]
    average: str
    published: str
    sources: frozenset[str]
    """What the pool calls this task's own rows: nothing is learned from them but what the official splits give."""
    reach: float
    beyond: float
    test: str = "test"

    def rows(self, folder: Path) -> list[Row]:
        with gzip.open(folder / self.file, "rt", encoding="utf-8", newline="") as file:
            return [
                Row(record["text"], self.label(record["labels"]), record["split"])
                for record in csv.DictReader(file)
                if record["labels"] != "nan"
            ]

    def score(self, labels: Classes, found: Classes) -> float:
        return float(f1_score(labels, found, average=self.average))


def _whole(labels: str) -> str:
    return labels


def _first(labels: str) -> str:
    return labels.split(";", maxsplit=1)[0]


def _second(labels: str) -> str:
    return labels.split(";")[1]


_TRAC = frozenset({"trac2-iben"})
TASKS = (
    Task("vitd", "VITD, violence, 3 classes", "vitd.csv.gz", _whole, "macro",
         "0.760 best of the shared task, 0.73 to 0.745 middle of the top ten", frozenset({"vitd"}), 0.70, 0.74),
    Task("tb-olid", "TB-OLID, offensive", "tb-olid.csv.gz", _first, "macro", "not found", frozenset({"tb-olid"}),
         0.74, 0.78),
    Task("trac2-aggression", "TRAC-2 Bangla dev, aggression", "trac2-iben-dev.csv.gz", _first, "weighted",
         "0.81 on its test, 2nd of 10", _TRAC, 0.755, 0.80, "dev"),
    Task("trac2-misogyny", "TRAC-2 Bangla dev, misogyny", "trac2-iben-dev.csv.gz", _second, "weighted",
         "0.93 on its test, 2nd to 4th of 8", _TRAC, 0.90, 0.92, "dev"),
    Task("deephateexplainer", "DeepHateExplainer, 4 types", "deephateexplainer.csv.gz", _whole, "weighted",
         "0.876 ensemble, 0.862 Bangla-BERT", frozenset({"deephateexplainer", "karim-v2"}), 0.855, 0.876),
    Task("olid", "OLID, offensive", "olid.csv.gz", _first, "macro", "0.80 CNN", frozenset({"olid"}), 0.75, 0.80),
)  # fmt: skip


def with_interval(score: Callable[[Classes, Classes], float], labels: Classes, found: Classes) -> str:
    """A figure and its 95% interval, by bootstrap."""
    generator = np.random.default_rng(SEED)
    draws = [generator.integers(0, len(labels), len(labels)) for _ in range(RESAMPLES)]
    low, high = np.quantile([score(labels[draw], found[draw]) for draw in draws], [0.025, 0.975])
    return f"{score(labels, found):.3f} ({low:.3f} to {high:.3f})"
