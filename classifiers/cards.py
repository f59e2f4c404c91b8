"""The card of a bundle that was trained from the pool: what is in it, what it is for, how good, where it fails."""

from collections import Counter
from collections.abc import Mapping, Sequence

from classifiers.evaluation import Report
from classifiers.examples import PoolExample
from classifiers.labels import LABELS
from classifiers.sources import SOURCES

TESTS = (
    ("BD-SHS dev", "bd-shs-dev.csv.gz", None),
    ("VITD test", "vitd.csv.gz", "test"),
    ("TB-OLID test", "tb-olid.csv.gz", "test"),
    ("TRAC-2 Bangla dev", "trac2-iben-dev.csv.gz", "dev"),
)
"""Title, file in the data folder, split: never trained on."""

_USE = """## Intended use

Ranking and holding reader comments in Bangla, romanized Bangla, English and mixtures for people to look at. It
supports publishing and triage. It is **not** fit to reject comments unattended on a site it has not learned from:
nothing but plain spam should be, until the desk's own decisions have proved it. Not for judging people, nor for
any use against authors."""

_FAILURES = """## Known failures

- It weighs words, not meaning: negated, quoted, reported and ironic abuse is often mistaken, both ways.
- Topics count as abuse more than they should: neighbouring countries, parties, religious groups, death in the
  news.
- Innocent look-alikes of abusive words raise the score; rare spellings and implied hate are missed.
- `threat`, `profanity` and `sexually_explicit` have few examples outside Bangla script; English and romanized
  threats are hardly known as such (they do raise `toxicity`). `spam` was learned from messages and video
  comments, not from news.
- The probabilities are calibrated on the pool; a site's comments differ. They become reliable for a site after
  some 200 of its own decisions.
- Only the first 600 characters of a comment were used in training; longer ones are scored in windows, the worst
  counts."""


def pool_card(name: str, seed: int, rows: Sequence[PoolExample], reports: Mapping[str, Report]) -> str:
    """Markdown."""
    title = (
        f"# {name}\n\nSeven linear classifiers over hashed n-grams ({', '.join(LABELS)}), "
        f"trained with seed {seed} on {len(rows):,} comments."
    )
    return "\n\n".join([title, _USE, _sources(rows), _labels(rows), _metrics(reports), _FAILURES]) + "\n"


def _sources(rows: Sequence[PoolExample]) -> str:
    counts = Counter(row.example.origin for row in rows)
    lines = [f"| {name} | {count:,} | {SOURCES[name].licence} |" for name, count in sorted(counts.items())]
    warning = (
        "Rows are counted after removing duplicates and contradictions. **Several sources are non-commercial,\n"
        "copyleft, or state no licence at all.** The bundle holds hashed weights and no text, but whether these terms\n"
        "reach them is not settled: who needs to be sure trains without such sources, naming words of their licences\n"
        "(`--without-licence NC --without-licence none --without-licence GPL --without-licence AGPL`)."
    )
    return "\n".join(
        ["## Trained on", "", warning, "", "| source | rows | licence as stated |", "|---|---|---|", *lines]
    )


def _labels(rows: Sequence[PoolExample]) -> str:
    lines = ["| label | 1 | 0 | of these inferred or weighted down |", "|---|---|---|---|"]
    for index, label in enumerate(LABELS):
        ones = sum(row.example.values[index] == 1.0 for row in rows)
        zeros = sum(row.example.values[index] == 0.0 for row in rows)
        light = sum(0 < row.weights[index] < row.example.weight for row in rows)
        lines.append(f"| {label} | {ones:,} | {zeros:,} | {light:,} |")
    return "\n".join(["## What its labels rest on", "", *lines])


def _metrics(reports: Mapping[str, Report]) -> str:
    if not reports:
        return "## Figures\n\nNone were measured: the tests were not in the data folder."
    lines = ["| test | label | rows | positive | AUC (95%) | F1 at 0.5 | ECE |", "|---|---|---|---|---|---|---|"]
    for title, report in reports.items():
        for label, each in report.labels.items():
            if each.auc is not None and each.auc_interval is not None:
                span = f"{each.auc:.3f} ({each.auc_interval[0]:.3f}–{each.auc_interval[1]:.3f})"
                lines.append(
                    f"| {title} | {label} | {each.rows:,} | {each.positives:,} | {span} "
                    f"| {each.f1['0.5']:.3f} | {each.ece:.3f} |"
                )
    return "\n".join(["## Figures on comments it never saw", "", *lines])
