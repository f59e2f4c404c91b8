"""``train``: the starter bundle and its card from a folder with the research data."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from classifiers.banglacheck.report import check
from classifiers.bundle import Bundle
from classifiers.cards import TESTS, Figures, pool_card
from classifiers.check_examples import own_examples
from classifiers.commands.options import echo_json, json_option, one_line_errors, progress_bars
from classifiers.errors import DataError
from classifiers.evaluation import Report, evaluate_bundle
from classifiers.examples import PoolExample, read_any_labelled_file, read_pool
from classifiers.pool import train
from classifiers.progress import Note, unheard
from classifiers.sources import SOURCES
from classifiers.splits import copies_among
from classifiers.text import letters_key

_SIZE = 231_753
_MORE = (("vitd.csv.gz", "dev"),)
_NOT_PERMISSIVE = tuple(name for name, source in SOURCES.items() if not source.permissive)


@click.command()
@click.option(
    "--data",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder with training.csv.gz (and the tests, if any).",
)
@click.option(
    "--out",
    "out",
    required=True,
    type=click.Path(path_type=Path),
    help="Where the bundle goes; its card goes beside it, as .md.",
)
@click.option("--seed", default=1, show_default=True, help="The same data and seed give the same bytes.")
@click.option("--name", default=None, help="Name of the bundle; the file's by default.")
@click.option("--without", multiple=True, metavar="SOURCE", help="Leave a source out (repeatable).")
@click.option(
    "--without-licence",
    "without_licences",
    multiple=True,
    metavar="WORD",
    help='Leave out sources whose licence holds this, such as "NC" or "none".',
)
@click.option("--permissive", is_flag=True, help="Only sources whose licence, as stated, permits commercial use.")
@json_option
def command(
    folder: Path,
    out: Path,
    seed: int,
    name: str | None,
    without: tuple[str, ...],
    without_licences: tuple[str, ...],
    permissive: bool,
    as_json: bool,
) -> None:
    """Train a bundle from the research data."""
    with one_line_errors():
        if not out.parent.is_dir():
            raise DataError(f"{out.parent}: no such folder to write to")
        with progress_bars() as note:
            rows = read_rows(folder, [*without, *(_NOT_PERMISSIVE if permissive else ())], without_licences, note)
            bundle = _trained(folder, rows, name or out.stem, seed, note)
        out.write_bytes(bundle.to_bytes())
        out.with_suffix(".md").write_text(bundle.card, encoding="utf-8")
    found = {"bundle": str(out), "bytes": len(bundle.to_bytes()), "sha256": bundle.digest}
    echo_json(found) if as_json else click.echo(f"{out}: {found['bytes']:,} bytes, sha256 {bundle.digest}")


def read_rows(
    folder: Path, without: Sequence[str], without_licences: Sequence[str], note: Note = unheard
) -> list[PoolExample]:
    """The pool: the training file, further rows of published development splits that no test of ours uses, and
    BanglaCheck's training half; none of the tests' rows, nor copies and near-copies of them.
    """
    step = note("reading", _SIZE)
    more = [(folder / file, split) for file, split in _MORE if (folder / file).exists()]
    tests = [each.text for _, path, split in _tests(folder) for each in read_any_labelled_file(path, split)]
    kept_out = set(map(letters_key, tests))
    rows = read_pool(folder / "training.csv.gz", without, without_licences, lambda: step(1), more, kept_out)
    kept = _without_copies(rows, tests, note)
    return kept + [example for example in own_examples() if example.example.origin not in without]


def _without_copies(rows: Sequence[PoolExample], tests: Sequence[str], note: Note) -> list[PoolExample]:
    step, told, copies = note("leaving out near-copies of tests", len(rows)), 0, set[int]()
    for place, _ in copies_among([row.example.text for row in rows], tests):
        copies.add(place)
        step(place - told)
        told = place
    step(len(rows) - told)
    return [row for place, row in enumerate(rows) if place not in copies]


def _trained(folder: Path, rows: Sequence[PoolExample], name: str, seed: int, note: Note) -> Bundle:
    bundle, errors = train(rows, name=name, seed=seed, note=note)
    found = Figures(_reports(bundle, folder, note), errors, check(bundle))
    metrics: dict[str, object] = dict(bundle.metrics) | {
        test: {label: each.auc for label, each in report.labels.items()} for test, report in found.tests.items()
    }
    return replace(bundle, card=pool_card(name, seed, rows, found), metrics=metrics)


def _reports(bundle: Bundle, folder: Path, note: Note) -> dict[str, Report]:
    """Figures on those tests that the folder holds."""
    present = _tests(folder)
    step = note("measuring", len(present))
    found = {}
    for title, path, split in present:
        found[title] = evaluate_bundle(bundle, read_any_labelled_file(path, split))
        step(1)
    return found


def _tests(folder: Path) -> list[tuple[str, Path, str | None]]:
    return [(title, folder / file, split) for title, file, split in TESTS if (folder / file).exists()]
