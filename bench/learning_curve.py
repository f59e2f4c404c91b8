"""What a desk's decisions teach: macro-F1 of toxicity after so many of them, mean of ten desks drawn from one data set.

``PYTHONPATH=. python bench/learning_curve.py --data FOLDER --cache SCRATCH``: BD-SHS dev stands for the desk. Of its
rows 3,500 come as decisions and 1,500 measure; near-copies stay on one side. The bundle that is taught never saw that
family: it is trained once (three minutes) without it and without near-copies of it, and kept in SCRATCH. The desk
decides in three orders: at random; as the review queue asks (250 at random, then half at random, half the least
certain); and always the least certain, which nobody should do, and which must not break the bundle either.

Prints a table, draws the curve with ``--picture FILE``, and ends with 1 where a figure is under its aim. ``--desk``
takes another desk, ``--seeds 11 20`` other draws: what the learner is chosen on.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from classifiers import Bundle, load_bundle
from classifiers.commands.options import progress_bars
from classifiers.commands.train import read_rows
from classifiers.evaluation import auc, calibration_error, f1
from classifiers.examples import Example, read_any_labelled_file
from classifiers.pool import train
from classifiers.progress import Note, Step
from classifiers.splits import copies_among, split_examples
from classifiers.teaching import teach

Floats = NDArray[np.float64]

BATCHES = (0, 250, 500, 1_000, 1_500, 2_500, 3_500)
"""After so many decisions the bundle is taught anew, and the queue is put in its order."""
AIMS = {0: 0.69, 250: 0.81, 500: 0.82, 1_000: 0.84, 2_500: 0.86, 3_500: 0.865}
MOST_FALL = 0.01
AT_RANDOM_FIRST = 250


class Desk(NamedTuple):
    """A data set that stands for a desk, and the sources that its starter must not have seen."""

    file: str
    family: tuple[str, ...]
    stream: int
    test: int
    splits: tuple[str | None, ...] = (None,)


DESKS = {
    "bd-shs": Desk("bd-shs-dev.csv.gz", ("abirmondal-merged", "romim-balanced10k"), 3_500, 1_500),
    "vitd": Desk("vitd.csv.gz", ("vitd",), 2_500, 1_500, ("train", "dev")),
    "tb-olid": Desk("tb-olid.csv.gz", ("tb-olid",), 2_500, 1_500, ("train",)),
    "trac2": Desk("trac2-iben-dev.csv.gz", ("trac2-iben",), 2_000, 1_500, ("train",)),
}
ORDERS = {"random": 0.0, "queue": 0.5, "uncertain": 1.0}
"""Which share of a batch are the least certain; ``queue`` begins with AT_RANDOM_FIRST at random."""


class Figures(NamedTuple):
    macro_f1: float
    auc: float
    ece: float


@dataclass(frozen=True)
class Curve:
    """(seeds, batches, figures) of one order."""

    order: str
    sizes: tuple[int, ...]
    figures: Floats

    @property
    def mean(self) -> Floats:
        found: Floats = self.figures.mean(axis=0)
        return found

    @property
    def fall(self) -> float:
        """By how much the mean macro-F1 ever is below what fewer decisions had reached."""
        means = self.mean[:, 0]
        return float((np.maximum.accumulate(means) - means).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="folder where the bundle to teach is kept")
    parser.add_argument("--desk", choices=sorted(DESKS), default="bd-shs")
    parser.add_argument("--seeds", type=int, nargs=2, default=(1, 10), metavar=("FIRST", "LAST"))
    parser.add_argument("--orders", nargs="+", choices=sorted(ORDERS), default=list(ORDERS))
    parser.add_argument("--picture", type=Path)
    arguments = parser.parse_args()
    desk, seeds = DESKS[arguments.desk], range(arguments.seeds[0], arguments.seeds[1] + 1)
    examples = _rows(arguments.data, desk)
    with progress_bars() as note:
        base = _untaught(arguments.data, arguments.cache / f"without-{arguments.desk}.alochona", desk, examples, note)
        curves = [curve(base, examples, desk, order, seeds, note) for order in arguments.orders]
    print(to_markdown(curves))
    if arguments.picture:
        _picture(arguments.desk, curves).savefig(arguments.picture, dpi=120)
    if arguments.desk == "bd-shs" and not all(_reaches(one) for one in curves):
        sys.exit(1)


def curve(base: Bundle, examples: Sequence[Example], desk: Desk, order: str, seeds: Sequence[int], note: Note) -> Curve:
    sizes = tuple(size for size in BATCHES if size <= desk.stream)
    step = note(f"learning, order {order}", len(seeds) * len(sizes))
    found = [_learned(base, *_drawn(examples, desk, seed), sizes, order, seed, step) for seed in seeds]
    return Curve(order, sizes, np.array(found))


def _rows(folder: Path, desk: Desk) -> list[Example]:
    """Whatever says whether it is toxic, and nothing but that."""
    found = [one for split in desk.splits for one in read_any_labelled_file(folder / desk.file, split)]
    return [replace(one, values=(one.values[0], *[None] * 6), weight=1.0) for one in found if one.values[0] is not None]


def _untaught(folder: Path, cached: Path, desk: Desk, examples: Sequence[Example], note: Note) -> Bundle:
    """A starter that never saw the desk's family of sources, nor a near-copy of its rows."""
    if cached.exists():
        return load_bundle(cached)
    rows = read_rows(folder, desk.family, (), note)
    copies = {at for at, _ in copies_among([row.example.text for row in rows], [one.text for one in examples])}
    kept = [row for at, row in enumerate(rows) if at not in copies]
    bundle = train(kept, name=cached.stem, seed=1, note=note).bundle
    cached.write_bytes(bundle.to_bytes())
    return bundle


def _drawn(examples: Sequence[Example], desk: Desk, seed: int) -> tuple[list[Example], list[Example]]:
    """(decisions in random order, test)."""
    stream, test = split_examples(examples, (desk.test + 10) / len(examples), seed)
    chance = np.random.default_rng(seed)
    return [stream[at] for at in chance.permutation(len(stream))[: desk.stream]], test[: desk.test]


def _learned(
    base: Bundle, stream: list[Example], test: list[Example], sizes: Sequence[int], order: str, seed: int, step: Step
) -> list[Figures]:
    """Figures of the bundle after each batch; who asks for the next batch is the bundle that learned from the last."""
    texts = [one.text for one in stream]
    waiting, decided, bundle, found = np.arange(len(stream)), list[Example](), base, list[Figures]()
    for size in sizes:
        if size > len(decided):
            certainty = np.abs(_scores(bundle, [texts[at] for at in waiting]) - 0.5)
            places = _asked(certainty, size - len(decided), _share(order, size))
            decided += [stream[at] for at in waiting[places]]
            waiting = np.delete(waiting, places)
            bundle = teach(base, decided, name="taught", seed=seed)
        found.append(_measured(bundle, test))
        step(1)
    return found


def _share(order: str, size: int) -> float:
    return 0.0 if order == "queue" and size <= AT_RANDOM_FIRST else ORDERS[order]


def _asked(certainty: Floats, count: int, share: float) -> NDArray[np.int64]:
    """Places of the next batch: ``share`` of it the least certain, then the first of the rest, which are in random
    order.
    """
    least = np.argsort(certainty, kind="stable")[: round(share * count)]
    rest = np.setdiff1d(np.arange(len(certainty)), least)
    return np.concatenate([least, rest[: count - len(least)]])


def _scores(bundle: Bundle, texts: Sequence[str]) -> Floats:
    return np.array([scored.scores[0] for scored in bundle.score(texts)])


def _measured(bundle: Bundle, test: Sequence[Example]) -> Figures:
    scores, truth = _scores(bundle, [one.text for one in test]), np.array([one.values[0] == 1.0 for one in test])
    flagged = (scores >= 0.5).astype(float)
    both = (f1(truth, flagged) + f1(~truth, 1 - flagged)) / 2
    return Figures(both, auc(truth, scores), calibration_error(truth, scores))


def _reaches(found: Curve) -> bool:
    means = dict(zip(found.sizes, found.mean[:, 0], strict=True))
    return all(means[size] >= aim for size, aim in AIMS.items()) and found.fall <= MOST_FALL


def to_markdown(curves: Sequence[Curve]) -> str:
    sizes = curves[0].sizes
    lines = ["| order | figure | " + " | ".join(f"{size:,}" for size in sizes) + " | largest fall |"]
    lines.append("|" + "---|" * (len(sizes) + 3))
    for one in curves:
        for at, name in enumerate(Figures._fields):
            cells = " | ".join(f"{value:.3f}" for value in one.mean[:, at])
            lines.append(f"| {one.order} | {name} | {cells} | {f'{one.fall:.3f}' if at == 0 else ''} |")
    return "\n".join(lines)


def _picture(desk: str, curves: Sequence[Curve]) -> Figure:
    """Means with the range from the worst draw to the best."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    for one, colour in zip(curves, ("#0b6e4f", "#1f4e9c", "#b5651d"), strict=False):
        values = one.figures[:, :, 0]
        axes.fill_between(one.sizes, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.12, linewidth=0)
        axes.plot(one.sizes, values.mean(axis=0), marker="o", markersize=4, color=colour, label=f"order: {one.order}")
    if desk == "bd-shs":
        axes.plot(list(AIMS), list(AIMS.values()), "k_", markersize=12, label="aim")
    axes.set_xlabel("decisions")
    axes.set_ylabel("macro-F1 at 0.5")
    axes.set_title(f"{desk} as a desk: {len(curves[0].figures)} draws, mean and range")
    axes.grid(alpha=0.25)
    axes.legend(loc="lower right")
    return figure


if __name__ == "__main__":
    main()
