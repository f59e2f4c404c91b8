"""``check``: a bundle against BanglaCheck, functionality by functionality."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import cast

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from classifiers.banglacheck import Half, Limits, Pointing, Report, check, pointing
from classifiers.banglacheck.report import Share, Wrong
from classifiers.bundle import load_bundle
from classifiers.commands.options import bundle_option, echo_json, json_option, one_line_errors
from classifiers.thresholds import HOLD_BY_SCRIPT

_WIDTH = 110
"""Where the output goes to a file: wide enough for the tables."""
_SHARE = click.FloatRange(0, 1)


@click.command()
@bundle_option
@click.option(
    "--half",
    type=click.Choice(["test", "train", "all"]),
    default="test",
    show_default=True,
    help="Which templates: those kept to test, those that may be used to train, or all.",
)
@click.option("--worst", default=0, show_default=True, metavar="N", help="Show the N worst cases; they are abusive.")
@click.option("--stand", default=Limits.stand, show_default=True, type=_SHARE, help="Least share right of must-stand.")
@click.option("--hold", default=Limits.hold, show_default=True, type=_SHARE, help="Least share right of must-hold.")
@click.option(
    "--functionality",
    default=Limits.functionality,
    show_default=True,
    type=_SHARE,
    help="Least share right of each functionality.",
)
@click.option(
    "--gap", default=Limits.gap, show_default=True, type=_SHARE, help="Largest sure AUC gap of a group to the others."
)
@json_option
def command(
    bundle_path: Path, half: str, worst: int, stand: float, hold: float, functionality: float, gap: float, as_json: bool
) -> None:
    """Check a bundle on BanglaCheck: what must stand, what must be held, and is it fair to groups?

    A comment counts as held where a score reaches its label's default threshold in its script. Exit code 1 where a
    limit is missed.
    """
    with one_line_errors():
        bundle = load_bundle(bundle_path)
    report = check(bundle, half=cast("Half", half))
    pointed = pointing(bundle, half=cast("Half", half))
    shortfalls = report.shortfalls(Limits(stand, hold, functionality, gap))
    if as_json:
        told = {"pointing": asdict(pointed), "shortfalls": shortfalls, "thresholds": HOLD_BY_SCRIPT}
        echo_json({**report.to_dict(worst), **told})
    else:
        _print(report, pointed, shortfalls, worst)
    sys.exit(1 if shortfalls else 0)


def _print(report: Report, pointed: Pointing, shortfalls: Sequence[str], worst: int) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH)
    cases = sum(share.cases for share in report.totals.values())
    console.print(f"Bundle {report.bundle}, {report.half} half: {cases:,} cases.", markup=False)
    for table in (_totals(report), _functionalities(report), _groups(report), _pointing(pointed)):
        console.print(table)
    for each in islice(report.wrong, worst):
        console.print(Text(_told(each)))
    for line in shortfalls or ["All limits are reached."]:
        console.print(line, markup=False)


def _totals(report: Report) -> Table:
    table = _table("must", "script", "cases", "right", "95%")
    for expected, share in report.totals.items():
        table.add_row(expected, "all", f"{share.cases:,}", _percent(share), _interval(share))
        for script, shares in report.scripts.items():
            if expected in shares:
                found = shares[expected]
                table.add_row("", script, f"{found.cases:,}", _percent(found), _interval(found))
    return table


def _functionalities(report: Report) -> Table:
    scripts = list(report.scripts)
    table = _table("functionality", "must", "cases", "right", "95%", *scripts)
    for name, each in report.functionalities.items():
        by_script = [_percent(each.scripts[script]) if script in each.scripts else "" for script in scripts]
        table.add_row(name, each.expected, str(each.all.cases), _percent(each.all), _interval(each.all), *by_script)
    return table


def _groups(report: Report) -> Table:
    table = _table("group", "templates", "AUC", "the rest", "gap", "95%", "false alarms", "misses")
    for name, each in report.groups.items():
        figures = (each.auc, each.rest, each.gap)
        interval = f"{each.interval[0]:.3f} to {each.interval[1]:.3f}"
        bias = (f"{each.false_alarms:.3f}", f"{each.misses:.3f}")
        table.add_row(name, str(each.templates), *(f"{figure:.3f}" for figure in figures), interval, *bias)
    return table


def _pointing(pointed: Pointing) -> Table:
    table = _table("the highest stretch is an abusive word", "cases", "right", "95%")
    for name, share in {"all": pointed.all, **pointed.scripts, **pointed.groups, **pointed.functionalities}.items():
        table.add_row(name, f"{share.cases:,}", _percent(share), _interval(share))
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(first)
    for other in others:
        table.add_column(other, justify="left" if other in {"must", "script"} else "right")
    return table


def _percent(share: Share) -> str:
    return f"{share.value:.1%}"


def _interval(share: Share) -> str:
    return f"{share.interval[0]:.0%}–{share.interval[1]:.0%}"


def _told(wrong: Wrong) -> str:
    case = wrong.case
    return f"{case.template} must {case.expected}; {wrong.label} {wrong.score:.3f}: {case.text}"
