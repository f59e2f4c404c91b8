"""The commands of ``bundles`` that pass the gate; apart, because measuring waits for scikit-learn."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click
from rich.console import Console

from moderation.commands.bundles import say_bundle
from moderation.commands.opening import opened
from moderation.commands.printing import json_option
from moderation.steps import gating

_force = click.option("--force", is_flag=True, help="Promote it although the gate refuses; the record says so.")


@click.command("import")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="Another name than the one in the file.")
@click.option("--promote", "promoted", is_flag=True, help="Make it the live one, if the gate lets it through.")
@_force
@json_option
def import_bundle(*, path: Path, name: str | None, promoted: bool, force: bool, as_json: bool) -> None:
    """Store the bundle in FILE, after checking it."""
    if force and not promoted:
        raise click.UsageError("--force says how to promote: give --promote too.")
    with opened() as runtime, _measuring(promoted=promoted):
        found = gating.import_bundle(runtime.work, path, now=runtime.now(), name=name, promoted=promoted, force=force)
    say_bundle(found, as_json=as_json)


@click.command()
@click.argument("bundle")
@click.option("--why", default="", help="The reason, for the record.")
@_force
@json_option
def promote(*, bundle: str, why: str, force: bool, as_json: bool) -> None:
    """Make BUNDLE (a name, or the beginning of a digest) the live one, if the gate lets it through.

    It is compared with the live one on the gold sets, fresh random labels and BanglaCheck, unless that was done.
    """
    with opened() as runtime, _measuring(promoted=True):
        found = gating.promote(runtime.work, bundle, now=runtime.now(), why=why, force=force)
    say_bundle(found, as_json=as_json)


def _measuring(*, promoted: bool) -> AbstractContextManager[object]:
    """What is going on, on standard error and on a terminal only."""
    console = Console(stderr=True)
    return console.status("measuring both bundles") if promoted and console.is_terminal else nullcontext()
