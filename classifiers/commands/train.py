"""``train``: the starter bundle and its card from a folder with the research data."""

from dataclasses import replace
from pathlib import Path

import click

from classifiers.bundle import Bundle
from classifiers.cards import TESTS, pool_card
from classifiers.commands.options import echo_json, json_option, one_line_errors, progress_bars
from classifiers.errors import DataError
from classifiers.evaluation import Report, evaluate_bundle
from classifiers.examples import read_any_labelled_file, read_pool
from classifiers.pool import Note, train

_SIZE = 230_423


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
@json_option
def command(
    folder: Path,
    out: Path,
    seed: int,
    name: str | None,
    without: tuple[str, ...],
    without_licences: tuple[str, ...],
    as_json: bool,
) -> None:
    """Train a bundle from the research data."""
    with one_line_errors():
        if not out.parent.is_dir():
            raise DataError(f"{out.parent}: no such folder to write to")
        with progress_bars() as note:
            bundle = _trained(folder, name or out.stem, seed, without, without_licences, note)
        out.write_bytes(bundle.to_bytes())
        out.with_suffix(".md").write_text(bundle.card, encoding="utf-8")
    found = {"bundle": str(out), "bytes": len(bundle.to_bytes()), "sha256": bundle.digest}
    echo_json(found) if as_json else click.echo(f"{out}: {found['bytes']:,} bytes, sha256 {bundle.digest}")


def _trained(
    folder: Path, name: str, seed: int, without: tuple[str, ...], without_licences: tuple[str, ...], note: Note
) -> Bundle:
    step = note("reading", _SIZE)
    rows = read_pool(folder / "training.csv.gz", without, without_licences, lambda: step(1))
    bundle = train(rows, name=name, seed=seed, note=note)
    reports = _reports(bundle, folder, note)
    metrics: dict[str, object] = {
        test: {label: each.auc for label, each in report.labels.items()} for test, report in reports.items()
    }
    return replace(bundle, card=pool_card(name, seed, rows, reports), metrics=metrics)


def _reports(bundle: Bundle, folder: Path, note: Note) -> dict[str, Report]:
    """Figures on those tests that the folder holds."""
    present = [(title, folder / file, split) for title, file, split in TESTS if (folder / file).exists()]
    step = note("measuring", len(present))
    found = {}
    for title, path, split in present:
        found[title] = evaluate_bundle(bundle, read_any_labelled_file(path, split))
        step(1)
    return found
