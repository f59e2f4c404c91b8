"""``evaluate``: a bundle's figures on a labelled file."""

from pathlib import Path

import click

from classifiers.bundle import load_bundle
from classifiers.commands.options import bundle_option, echo_json, json_option, one_line_errors
from classifiers.evaluation import evaluate_bundle
from classifiers.examples import read_any_labelled_file


@click.command()
@bundle_option
@click.option(
    "--data",
    "path",
    required=True,
    type=click.Path(path_type=Path),
    help="CSV or JSON lines with text and labels; may be gzipped.",
)
@click.option("--split", default=None, help="Only rows of this split, where the file has a column «split».")
@json_option
def command(bundle_path: Path, path: Path, split: str | None, as_json: bool) -> None:
    """Measure a bundle: AUC, average precision, F1 and calibration for each label and script."""
    with one_line_errors():
        report = evaluate_bundle(load_bundle(bundle_path), read_any_labelled_file(path, split))
    echo_json(report.to_dict()) if as_json else click.echo(report.to_markdown(), nl=False)
