"""Like for like with published figures: our features and trainer on a task's official splits.

``PYTHONPATH=. python bench/published.py --data FOLDER [--task NAME …]``. What is chosen (strength of regularisation,
naive-Bayes scaling, how much the judges of other data sets count) is chosen by cross-validation inside the training and
development rows; then the model is fitted on all of them and the test is scored once. Intervals are 95%, by bootstrap.

Tasks beside the published ones: ``cross-script`` (trained on Bangla script only, measured on romanized tests, with and
without the phonetic skeletons) and ``bd-shs`` (the shipped bundle with and without those rows that have near-copies in
its pool).
"""

import argparse
from collections.abc import Sequence
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bench.cross_script import cross_script_lines
from bench.judges import Judge, Note, PoolRows, balanced, judges_of, opinions, read_pool_rows
from bench.near_copies import near_copy_lines
from bench.published_tasks import SEED, TASKS, Classes, Row, Task, with_interval
from classifiers.commands.options import progress_bars
from classifiers.estimators import Matrix
from classifiers.text import letters_key
from classifiers.training import NgramFeatures
from classifiers.weights import Floats

OTHERS = {"cross-script": cross_script_lines, "bd-shs": near_copy_lines}
FOLDS, FEWER_FOLDS, MANY_ROWS = 5, 3, 10_000


class Settings(NamedTuple):
    strength: float
    scaled: bool
    judged: float
    """How much a judge's standardised logit counts, as a feature; 0: no judges."""


GRID = (
    *(Settings(each[1], scaled=True, judged=each[0]) for each in product((0.0, 0.05, 0.15, 0.3), (0.5, 1.0, 2.0))),
    *(Settings(8.0, scaled=False, judged=judged) for judged in (0.0, 0.15)),
)


class Outcome(NamedTuple):
    task: Task
    chosen: Settings
    on_training: float
    without_judges: float
    figures: Sequence[str]


class Material:
    """What all tasks share, made when first asked for."""

    def __init__(self, folder: Path, note: Note) -> None:
        self.folder, self.note = folder, note

    @cached_property
    def pool(self) -> PoolRows:
        return read_pool_rows(self.folder, self.note)

    @cached_property
    def features(self) -> NgramFeatures:
        """Document frequencies are the pool's: of texts only, no label is looked at."""
        return NgramFeatures().fit(self.pool.texts)

    @cached_property
    def judges(self) -> list[Judge]:
        return judges_of(self.pool, self.features, self.note)


class Rows(NamedTuple):
    """A split: features, the judges' logits, classes."""

    matrix: Matrix
    opinions: Floats
    labels: Classes

    def part(self, rows: NDArray[np.int64]) -> "Rows":
        return Rows(self.matrix[rows], self.opinions[rows], self.labels[rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    names = [task.name for task in TASKS] + list(OTHERS)
    parser.add_argument("--task", action="append", choices=names, help="only this one (repeatable); all by default")
    parser.add_argument("--choose", action="store_true", help="only choose settings; leave the tests alone")
    arguments = parser.parse_args()
    wanted, console = arguments.task or names, Console()
    outcomes: list[Outcome] = []
    with threadpool_limits(limits=1), progress_bars() as note:
        material = Material(arguments.data, note)
        for task in (task for task in TASKS if task.name in wanted):
            outcomes.append(_outcome(task, material, choose_only=arguments.choose))
            console.print(_sentence(outcomes[-1]), highlight=False, soft_wrap=True)
        for name in (name for name in OTHERS if name in wanted):
            for line in OTHERS[name](material.pool, material.folder, note, choose_only=arguments.choose):
                console.print(line, highlight=False, soft_wrap=True)
    if outcomes:
        console.print(_table(outcomes))


def _outcome(task: Task, material: Material, *, choose_only: bool) -> Outcome:
    rows = task.rows(material.folder)
    training = _rows([row for row in rows if row.split != task.test], task, material)
    chosen, figure, plain = _chosen(task, training, material.note)
    if choose_only:
        return Outcome(task, chosen, figure, plain, ())
    kept = [row for row in rows if row.split == task.test]
    test = _rows(kept, task, material)
    found = predicted(training, test, chosen)
    known = {letters_key(row.text) for row in rows if row.split != task.test}
    clean = np.array([letters_key(row.text) not in known for row in kept])
    figures = [f"{with_interval(task.score, test.labels, found)} of {len(kept):,}"]
    if not clean.all():
        figures.append(f"{with_interval(task.score, test.labels[clean], found[clean])} of {clean.sum():,} not leaked")
    return Outcome(task, chosen, figure, plain, figures)


def _rows(rows: Sequence[Row], task: Task, material: Material) -> Rows:
    matrix = material.features.transform([row.text for row in rows])
    return Rows(matrix, opinions(material.judges, task, matrix), np.array([row.label for row in rows]))


def _chosen(task: Task, rows: Rows, note: Note) -> tuple[Settings, float, float]:
    """The best settings by cross-validation, their figure, and that of the best without judges."""
    folds = FEWER_FOLDS if len(rows.labels) > MANY_ROWS else FOLDS
    parts = list(StratifiedKFold(folds, shuffle=True, random_state=SEED).split(np.zeros(len(rows.labels)), rows.labels))
    step, values = note(f"choosing for {task.title}", len(GRID)), []
    for settings in GRID:
        scores = [
            task.score(rows.labels[kept], predicted(rows.part(fit), rows.part(kept), settings)) for fit, kept in parts
        ]
        values.append(float(np.mean(scores)))
        step(1)
    best = int(np.argmax(values))
    plain = max(value for value, settings in zip(values, GRID, strict=True) if not settings.judged)
    return GRID[best], values[best], plain


def predicted(training: Rows, others: Rows, settings: Settings) -> Classes:
    """The class with the highest logit, each against the rest (of two classes: the one against the other)."""
    classes = np.unique(training.labels)
    asked = classes[1:] if len(classes) == 2 else classes
    logits = [_logits(training, training.labels == each, others, settings) for each in asked]
    if len(classes) == 2:
        logits.insert(0, np.zeros(len(others.labels)))
    found: Classes = classes[np.argmax(logits, axis=0)]
    return found


def _logits(training: Rows, truth: NDArray[np.bool_], others: Rows, settings: Settings) -> Floats:
    columns = training.matrix.shape[1]
    centre, spread = training.opinions.mean(axis=0), training.opinions.std(axis=0)
    given = [(rows.opinions - centre) / spread * settings.judged for rows in (training, others)]
    weights, bias = balanced(
        training.matrix, truth, settings.strength, scaled=settings.scaled, more=given[0] if settings.judged else None
    )
    found: Floats = others.matrix @ weights[:columns] + bias
    return found + given[1] @ weights[columns:] if settings.judged else found


def _sentence(outcome: Outcome) -> str:
    task = outcome.task
    return (
        f"{task.title}: chosen {outcome.chosen._asdict()} with {outcome.on_training:.3f} {task.average} F1 by "
        f"cross-validation (the best without judges: {outcome.without_judges:.3f})"
        + "".join(f"\n  test: {figure}" for figure in outcome.figures)
    )


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table("task", "F1", "chosen at", "test (95%)", "reach / beyond", "published")
    for each in outcomes:
        task = each.task
        table.add_row(
            task.title, task.average, f"{each.on_training:.3f}", "\n".join(each.figures) or "not looked at",
            f"{task.reach} / {task.beyond}", task.published,
        )  # fmt: skip
    return table


if __name__ == "__main__":
    main()
