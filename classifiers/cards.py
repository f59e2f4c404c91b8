"""The card of a bundle that was trained from the pool: what is in it, what it is for, how good, where it fails."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classifiers.banglacheck import report as check_report
from classifiers.evaluation import Measured, Report
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
_FEW = 100

_USE = """## Intended use

Ranking and holding reader comments in Bangla, romanized Bangla, English and mixtures for people to look at. It
supports publishing and triage. It is **not** fit to reject comments unattended on a site it has not learned from:
nothing but plain spam should be, until the desk's own decisions have proved it. Not for judging people, nor for
any use against authors."""

_FAILURES = """## Known failures

- It weighs words, not meaning: negated, quoted, reported and ironic abuse is often mistaken, both ways; implied hate
  and veiled threats, which use no abusive word, are often missed. The table of BanglaCheck tells how often.
- Topics count as abuse more than they should: neighbouring countries, parties, religious groups, death in the
  news.
- Innocent look-alikes of abusive words raise the score; rare spellings are missed.
- `threat`, `profanity` and `sexually_explicit` have few examples outside Bangla script (for English and romanized
  threats almost only sentences of our own). `spam` was learned from messages, video comments and our own sentences, not
  from news sites.
- The probabilities are calibrated on the pool; a site's comments differ, as the last column of the figures shows.
  They become reliable for a site after some 200 of its own decisions.
- A word repeated many times counts more than its repetition means.
- Only the first 600 characters of a comment were used in training; longer ones are scored in windows, the worst
  counts."""


_MIXED = """**Several sources are non-commercial,
copyleft, or state no licence at all.** The bundle holds hashed weights and no text, but whether these terms
reach them is not settled: who needs to be sure takes `starter-permissive`, or trains without such sources, naming them
or words of their licences (`--without`, `--without-licence`, `--permissive`)."""

_PERMISSIVE = """Every source states a licence that permits
commercial use and is not copyleft (MIT or Apache-2.0), as its repository, mirror or badge says; nobody has verified
that those who state it may grant it. Sources that are non-commercial, copyleft, of mixed terms or without a licence
were left out."""


@dataclass(frozen=True)
class Figures:
    """What was measured of a bundle: on each test, calibration errors by script and label, BanglaCheck."""

    tests: Mapping[str, Report]
    calibration: Mapping[str, Mapping[str, float]]
    check: check_report.Report


def pool_card(name: str, seed: int, rows: Sequence[PoolExample], figures: Figures) -> str:
    """Markdown."""
    title = (
        f"# {name}\n\nSeven linear classifiers over hashed n-grams ({', '.join(LABELS)}), "
        f"trained with seed {seed} on {len(rows):,} comments."
    )
    parts = [title, _USE, _sources(rows), _labels(rows), _metrics(figures.tests), _scripts(figures.tests)]
    parts += [_calibration(figures.calibration), _check(figures.check), _groups(figures.check), _FAILURES]
    return "\n\n".join(part for part in parts if part) + "\n"


def _sources(rows: Sequence[PoolExample]) -> str:
    counts = Counter(row.example.origin for row in rows)
    lines = [f"| {name} | {count:,} | {SOURCES[name].licence} |" for name, count in sorted(counts.items())]
    warning = "Rows are counted after removing duplicates and contradictions. " + (
        _PERMISSIVE if all(SOURCES[each].permissive for each in counts) else _MIXED
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
    rows = [_row(title, label, each) for title, report in reports.items() for label, each in report.labels.items()]
    head = ["| test | label | rows | positive | AUC (95%) | F1 at 0.5 | ECE |", "|---|---|---|---|---|---|---|"]
    return "\n".join(["## Figures on comments it never saw", "", *head, *filter(None, rows)])


def _scripts(reports: Mapping[str, Report]) -> str:
    rows = [
        _row(f"{title} | {script}", "toxicity", labels["toxicity"])
        for title, report in reports.items()
        for script, labels in report.scripts.items()
        if labels["toxicity"].rows >= _FEW
    ]
    head = [
        "| test | script | label | rows | positive | AUC (95%) | F1 at 0.5 | ECE |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join(["## The same by script", "", *head, *filter(None, rows)]) if rows else ""


def _row(title: str, label: str, each: Measured) -> str:
    if each.auc is None or each.auc_interval is None:
        return ""
    span = f"{each.auc:.3f} ({each.auc_interval[0]:.3f}–{each.auc_interval[1]:.3f})"
    return (
        f"| {title} | {label} | {each.rows:,} | {each.positives:,} | {span} | {each.f1['0.5']:.3f} | {each.ece:.3f} |"
    )


def _calibration(errors: Mapping[str, Mapping[str, float]]) -> str:
    scripts = list(errors)
    lines = [f"| label | {' | '.join(scripts)} |", "|---" * (len(scripts) + 1) + "|"]
    for label in LABELS:
        found = [f"{errors[script][label]:.3f}" if label in errors[script] else "–" for script in scripts]
        lines.append(f"| {label} | {' | '.join(found)} |")
    told = (
        "Expected calibration error on rows of the pool that were kept from fitting, one half calibrated on the\n"
        "other, by script. Fewer than 300 rows are not measured."
    )
    return "\n".join(["## Calibration", "", told, "", *lines])


def _check(report: check_report.Report) -> str:
    lines = ["| functionality | must | right | cases |", "|---|---|---|---|"]
    for expected, share in report.totals.items():
        lines.append(f"| **all** | {expected} | **{share.value:.0%}** | {share.cases:,} |")
    for name, each in report.functionalities.items():
        lines.append(f"| {name} | {each.expected} | {each.all.value:.0%} | {each.all.cases} |")
    told = (
        "Share of the functional cases of BanglaCheck's test half, whose templates were not trained on, that the\n"
        "shipped thresholds treat rightly."
    )
    return "\n".join(["## BanglaCheck", "", told, "", *lines])


def _groups(report: check_report.Report) -> str:
    lines = ["| group | AUC | others, same templates | gap (95%) |", "|---|---|---|---|"]
    for group, each in report.groups.items():
        gap = f"{each.gap:+.3f} ({each.interval[0]:+.3f} to {each.interval[1]:+.3f})"
        lines.append(f"| {group} | {each.auc:.3f} | {each.rest:.3f} | {gap} |")
    told = "How well hateful templates are told from the others, with each group's name in them and with other names."
    return "\n".join(["## Groups", "", told, "", *lines])
