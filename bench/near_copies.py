"""The shipped bundle on BD-SHS dev, with and without the comments that have copies or near-copies in its pool."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.judges import Note, PoolRows
from classifiers import load_bundle
from classifiers.commands.options import STARTER
from classifiers.evaluation import measured
from classifiers.examples import read_any_labelled_file
from classifiers.splits import copies_among


def near_copy_lines(pool: PoolRows, folder: Path, note: Note, *, choose_only: bool) -> Iterator[str]:
    """A line for all rows and one for those without near-copies; nothing is chosen here."""
    if choose_only:
        return
    examples = [each for each in read_any_labelled_file(folder / "bd-shs-dev.csv.gz") if each.values[0] is not None]
    texts, copied = [each.text for each in examples], np.zeros(len(examples), dtype=bool)
    step, told = note("looking for copies of BD-SHS in the pool", len(pool.texts)), 0
    for row, index in copies_among(pool.texts, texts):
        copied[index] = True
        step(row - told)
        told = row
    scores = np.array([each.scores[0] for each in load_bundle(STARTER).score(texts)])
    truth = np.array([each.values[0] == 1.0 for each in examples])
    for title, kept in (("all", np.ones(len(texts), dtype=bool)), ("without near-copies in the pool", ~copied)):
        found = measured(truth[kept], scores[kept])
        yield (
            f"BD-SHS dev, {title} ({found.rows:,} rows): toxicity AUC {found.auc:.3f} {found.auc_interval}, "
            f"F1 {found.f1['0.5']:.3f} {found.f1_interval}"
        )
