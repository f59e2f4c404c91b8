"""What a bundle trained from the pool does where the pool itself has to be parted first.

``PYTHONPATH=. python bench/pool_quality.py develop --data FOLDER``: for choosing anything. Each second template of
BanglaCheck's training half, half of ``bangla-news-comments`` and seven tenths of the other sources are left out of the
training, and it is measured on them; our own sentences weigh three tenths, to be in proportion. No test's row is looked
at.

``PYTHONPATH=. python bench/pool_quality.py news --data FOLDER``: comments of a news site that are held at the shipped
thresholds. Half of ``bangla-news-comments`` trains, the other half is scored, both ways. The highest scores are printed
with ``--show N``, for people to read.

``PYTHONPATH=. python bench/pool_quality.py transfer --data FOLDER``: trained on Bangla script only, measured on
romanized tests.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifiers import Bundle
from classifiers.banglacheck import cases
from classifiers.banglacheck.report import report
from classifiers.check_examples import ORIGINS
from classifiers.commands.train import read_rows
from classifiers.evaluation import auc
from classifiers.examples import Example, PoolExample, read_any_labelled_file
from classifiers.pool import train
from classifiers.script_detection import detect_script
from classifiers.thresholds import held_from

NEWS = "bangla-news-comments"
SEED = 1
SHARE = 0.3
"""Of the other sources in the development protocol: a third of the time, for the same order of things."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("develop", "news", "transfer"))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    rows = read_rows(arguments.data, (), ())
    if arguments.what == "develop":
        _develop(rows)
    elif arguments.what == "news":
        _news(rows, arguments.data, arguments.show)
    else:
        _transfer(rows, arguments.data)


def _develop(rows: Sequence[PoolExample]) -> None:
    drawn = np.random.default_rng(SEED).random(len(rows))
    origins = np.array([row.example.origin for row in rows])
    ours, news = np.isin(origins, ORIGINS), origins == NEWS
    kept_out = [origin == ORIGINS[0] and _second(row.example.group) for origin, row in zip(origins, rows, strict=True)]
    trained = np.where(ours, ~np.array(kept_out), np.where(news, drawn < 0.5, drawn < SHARE))
    learned = [_lighter(rows[at]) if ours[at] else rows[at] for at in np.flatnonzero(trained).tolist()]
    bundle = train(learned, name="develop", seed=SEED).bundle
    chosen = [case for case in cases("train") if _second(case.template)]
    scored = bundle.score([case.text for case in chosen])
    thresholds = held_from([each.script for each in scored])
    found = report("develop", "train", chosen, np.array([each.scores for each in scored]), thresholds)
    for name, each in found.functionalities.items():
        print(f"{name}: {each.all.value:.0%} of {each.all.cases}")
    print({expected: f"{share.value:.1%}" for expected, share in found.totals.items()})
    left = np.flatnonzero(~trained & news).tolist()
    print(
        f"held of {len(left):,} news comments: {(_margins(bundle, [rows[at].example for at in left]) >= 0).mean():.2%}"
    )
    for origin in sorted(set(origins) - {NEWS, *ORIGINS}):
        known = [
            at
            for at in np.flatnonzero(~trained & (origins == origin)).tolist()
            if rows[at].example.values[0] is not None
        ]
        truth = np.array([rows[at].example.values[0] == 1.0 for at in known])
        if truth.any() and not truth.all():
            toxic = np.array([scored.scores[0] for scored in bundle.score([rows[at].example.text for at in known])])
            print(f"{origin}: toxicity AUC {auc(truth, toxic):.3f} of {len(known):,}")


def _lighter(row: PoolExample) -> PoolExample:
    return replace(row, weights=tuple(SHARE * weight for weight in row.weights))


def _second(template: str) -> bool:
    return int(template.rpartition("/")[2]) % 2 == 0


def _news(rows: Sequence[PoolExample], folder: Path, show: int) -> None:
    hateful = [each for each in read_any_labelled_file(folder / "bd-shs-dev.csv.gz") if each.values[0] == 1.0]
    side = np.random.default_rng(SEED).random(len(rows)) < 0.5
    held, caught, found = [], [], []
    for half in (side, ~side):
        kept_out = [row.example.origin == NEWS and bool(half[at]) for at, row in enumerate(rows)]
        bundle = train([row for row, out in zip(rows, kept_out, strict=True) if not out], name="half", seed=SEED).bundle
        scored = [row.example for row, out in zip(rows, kept_out, strict=True) if out]
        margins = _margins(bundle, scored)
        held.append(margins >= 0)
        caught.append(float((_margins(bundle, hateful) >= 0).mean()))
        found += list(zip(margins.tolist(), (each.text for each in scored), strict=True))
    every = np.concatenate(held)
    low, high = np.quantile(_resampled(every), [0.025, 0.975])
    print(
        f"held of {len(every):,} news comments: {every.mean():.2%} ({low:.2%} to {high:.2%}); "
        f"of {len(hateful):,} hateful BD-SHS dev rows: {np.mean(caught):.1%}"
    )
    for margin, text in sorted(found, reverse=True)[:show]:
        print(f"{margin:+.2f}  {' '.join(text.split())}")


def _resampled(held: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Shares of 1,000 bootstrap samples: how many of as many draws are held is binomial."""
    return np.random.default_rng(SEED).binomial(len(held), held.mean(), size=1_000) / len(held)


def _margins(bundle: Bundle, examples: Sequence[Example]) -> NDArray[np.float64]:
    """How far the label nearest to being held is over its threshold."""
    scored = bundle.score([each.text for each in examples])
    scores, thresholds = np.array([each.scores for each in scored]), held_from([each.script for each in scored])
    found: NDArray[np.float64] = (scores - thresholds).max(axis=1)
    return found


def _transfer(rows: Sequence[PoolExample], folder: Path) -> None:
    bangla = [row for row in rows if row.language == "bn" and detect_script(row.example.text) == "bn"]
    print(f"{len(bangla):,} of {len(rows):,} rows are in Bangla script")
    bundle = train(bangla, name="bangla", seed=SEED, labels=["toxicity"]).bundle
    for title, file, split in (
        ("TB-OLID test", "tb-olid.csv.gz", "test"),
        ("TRAC-2 dev, Latin letters", "trac2-iben-dev.csv.gz", "dev"),
    ):
        known = [each for each in read_any_labelled_file(folder / file, split) if each.values[0] is not None]
        latin = [each for each in known if detect_script(each.text) in {"bn-Latn", "mixed"}]
        scores = np.array([scored.scores[0] for scored in bundle.score([each.text for each in latin])])
        truth = np.array([each.values[0] == 1.0 for each in latin])
        print(f"{title}: toxicity AUC {auc(truth, scores):.3f} on {len(latin):,} rows")


if __name__ == "__main__":
    main()
