"""The commands of ``gold`` that read labelled rows; apart, because what reads them waits for scikit-learn."""

from pathlib import Path

import click

from classifiers.training import LEAST_GOLD
from moderation.commands.gold import document, say_gold
from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json
from moderation.steps import freezing
from moderation.steps.freezing import Frozen

_name = click.argument("name")


@click.command("import")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="Another name than the file's.")
@json_option
def import_gold(*, path: Path, name: str | None, as_json: bool) -> None:
    """Freeze FILE (CSV or JSON lines with a text and labels, as for `retrain`) as a gold set.

    It cannot be changed afterwards. No bundle learns from its comments, nor from near-copies of them.
    """
    with opened() as runtime:
        found = freezing.import_gold(runtime.work, path, name=name)
    _say(found, as_json=as_json)


@click.command("show")
@_name
@json_option
def show_gold(*, name: str, as_json: bool) -> None:
    """Show the gold set NAME, after checking that its rows are those that were imported."""
    with opened() as runtime:
        found = freezing.show(runtime.work, name)
    _say(found, as_json=as_json)


@click.command("retire")
@_name
@json_option
def retire_gold(*, name: str, as_json: bool) -> None:
    """Let the gold set NAME measure nothing any more. Its rows stay."""
    with opened() as runtime:
        listed = freezing.retire(runtime.work, name)
    if as_json:
        say_json(document(listed))
        return
    click.echo(f"{listed.name} measures nothing any more.")


def _say(found: Frozen, *, as_json: bool) -> None:
    if as_json:
        say_json({**document(found.listed), "harmful": found.harmful, "good": found.good, "is_enough": found.is_enough})
        return
    say_gold(found.listed, found.harmful, found.good)
    if not found.is_enough:
        click.echo(
            f"By itself it is too small to judge a bundle: {LEAST_GOLD} harmful and {LEAST_GOLD} good comments are "
            "needed. Import more in a second set; all sets count together."
        )
