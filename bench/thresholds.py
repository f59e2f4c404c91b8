"""From which scores to hold, in each script: chosen on rows that the shipped bundle was never fitted on.

``PYTHONPATH=. python bench/thresholds.py --data FOLDER``. The rows are those that ``train`` keeps for calibration: some
8% of our own templates (BanglaCheck's training half and the made-up sentences) with all their fillings, of the comments
of a news site and of the other sources. No test's row is looked at.

Of all thresholds on a grid those are taken that hold most of what must be held, where FLOOR of what must stand stands
and at most CAP of the news comments are held; a topic under LEAST counts more, and what the sources call toxic counts a
little.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from itertools import combinations, product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers import LABELS, load_bundle
from classifiers.check_examples import ORIGINS
from classifiers.commands.options import STARTER, progress_bars
from classifiers.commands.train import read_rows
from classifiers.examples import PoolExample
from classifiers.pool import held_out
from classifiers.weights import Floats

NEWS = "bangla-news-comments"
SEED = 1
FLOOR, CAP, LEAST = 0.91, 0.0115, 0.75
GRID = tuple(np.arange(0.2, 0.8, 0.05).round(2).tolist())
START = np.array([0.6, 0.5, 0.5, 0.4, 0.5, 0.5, 0.45])
"""What was shipped before scripts had thresholds of their own: a step away from it must pay."""
SCRIPTS = {"bn": ("bn", "und"), "bn-Latn": ("bn-Latn", "mixed"), "en": ("en",)}
_SUITE_WEIGHT = 3.0
"""Of a template of BanglaCheck, which is what is measured; a made-up one counts 1."""
_TOPICS, _SOURCES, _TOO_LITTLE, _TOO_MUCH, _FAR = 0.3, 0.2, 6.0, 60.0, 0.02


class Rows(NamedTuple):
    """Scores (rows, labels), the script of each, whether it must be held, its weight and its topic."""

    scores: Floats
    scripts: NDArray[np.str_]
    harmful: NDArray[np.bool_]
    weights: Floats
    topics: NDArray[np.int64]
    """A number for each topic and side."""

    def of(self, scripts: Sequence[str]) -> "Rows":
        kept = np.isin(self.scripts, scripts)
        return Rows(self.scores[kept], self.scripts[kept], self.harmful[kept], self.weights[kept], self.topics[kept])


class Figures(NamedTuple):
    """Shares at some thresholds."""

    stand: float
    hold: float
    toxic_held: float
    clean_held: float
    news_held: float
    topics: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--bundle", type=Path, default=STARTER)
    arguments = parser.parse_args()
    with progress_bars() as note:
        rows = read_rows(arguments.data, (), (), note)
    kept = [row for row, out in zip(rows, held_out(rows, SEED), strict=True) if out]
    bundle = load_bundle(arguments.bundle)
    ours, news, others = _parted(kept)
    parts = [_scored(bundle.score([row.example.text for row in part]), part) for part in (ours, news, others)]
    for name, scripts in SCRIPTS.items():
        own, news_of, pool = (part.of(scripts) for part in parts)
        chosen = choose(own, news_of, pool)
        print(name, {label: float(value) for label, value in zip(LABELS, chosen, strict=True)})
        for title, thresholds in (("before", START), ("chosen", chosen)):
            found = figures(thresholds, own, news_of, pool)
            print(f"  {title}: " + ", ".join(f"{key} {value:.3f}" for key, value in found._asdict().items()))


def choose(own: Rows, news: Rows, pool: Rows) -> Floats:
    """Climbs from START by one label, and by any two labels at once, until nothing is gained."""

    def value(thresholds: Floats) -> float:
        return _value(thresholds, figures(thresholds, own, news, pool))

    best = START
    while True:
        tried = [best, *_moves(best)]
        highest = max(tried, key=value)
        if value(highest) <= value(best) + 1e-6:
            return best
        best = highest


def figures(thresholds: Floats, own: Rows, news: Rows, pool: Rows) -> Figures:
    other = _held(pool, thresholds)
    right = _held(own, thresholds) == own.harmful
    totals = np.bincount(own.topics, weights=own.weights)
    shares = np.bincount(own.topics, weights=own.weights * right)[totals > 0] / totals[totals > 0]
    return Figures(
        _share(right, own.weights, ~own.harmful), _share(right, own.weights, own.harmful),
        _share(other, pool.weights, pool.harmful), _share(other, pool.weights, ~pool.harmful),
        float(_held(news, thresholds).mean()) if len(news.scores) else 0.0,
        float(np.minimum(shares, LEAST).mean()),
    )  # fmt: skip


def _value(thresholds: Floats, found: Figures) -> float:
    return (
        found.hold
        + _TOPICS * found.topics
        + _SOURCES * (found.toxic_held - 2 * found.clean_held)
        - _TOO_LITTLE * max(0.0, FLOOR - found.stand)
        - _TOO_MUCH * max(0.0, found.news_held - CAP)
        - _FAR * float(np.abs(thresholds - START).sum())
    )


def _moves(thresholds: Floats) -> list[Floats]:
    found = []
    places = range(len(LABELS) - 1)  # spam is chosen by hand: it is rejected too
    for one, other in combinations(places, 2):
        for pair in product(GRID, GRID):
            moved = thresholds.copy()
            moved[[one, other]] = pair
            found.append(moved)
    return found


def _held(rows: Rows, thresholds: Floats) -> NDArray[np.bool_]:
    held: NDArray[np.bool_] = np.any(rows.scores >= thresholds, axis=1)
    return held


def _share(right: NDArray[np.bool_], weights: Floats, among: NDArray[np.bool_]) -> float:
    total = weights[among].sum()
    return float((weights * right)[among].sum() / total) if total else float("nan")


def _parted(rows: Sequence[PoolExample]) -> tuple[list[PoolExample], list[PoolExample], list[PoolExample]]:
    """Our own sentences, news comments, and what of the other sources knows toxicity."""
    ours = [row for row in rows if row.example.origin in ORIGINS]
    news = [row for row in rows if row.example.origin == NEWS]
    others = [row for row in rows if row.example.origin not in {NEWS, *ORIGINS} and row.example.values[0] is not None]
    return ours, news, others


def _scored(scored: Sequence[tuple[str, str, tuple[float, ...]]], rows: Sequence[PoolExample]) -> Rows:
    """A template counts the same however many fillings it has."""
    sizes = Counter(row.example.group for row in rows if row.example.origin in ORIGINS)
    weights = [
        1.0 if row.example.origin not in ORIGINS
        else (_SUITE_WEIGHT if row.example.origin == ORIGINS[0] else 1.0) / sizes[row.example.group]
        for row in rows
    ]  # fmt: skip
    harmful = np.array([1.0 in row.example.values for row in rows])
    topics = [f"{row.example.group.partition('/')[0]} {side}" for row, side in zip(rows, harmful, strict=True)]
    return Rows(
        np.array([scores for _, _, scores in scored]).reshape(-1, len(LABELS)),
        np.array([script for _, script, _ in scored]),
        harmful,
        np.array(weights),
        np.unique(topics, return_inverse=True)[1],
    )


if __name__ == "__main__":
    main()
