"""``bundles``: which trained bundles there are, which is live, and changing that."""

from pathlib import Path

import click

from moderation.commands.groups import LazyGroup
from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json, say_table
from moderation.steps import promoting
from moderation.store import bundles as stored
from moderation.store.bundles import Listed

_HERE = "moderation.commands.bundles"

bundles = LazyGroup(
    name="bundles",
    help="List, import, compare, promote and roll back trained bundles.",
    lazy={
        "list": (f"{_HERE}:list_bundles", "All bundles, the newest first."),
        "import": (f"{_HERE}:import_bundle", "Store a bundle from a file."),
        "promote": (f"{_HERE}:promote", "Make a stored bundle the live one."),
        "rollback": (f"{_HERE}:rollback", "Return to the bundle that was live before."),
        "shadow": (f"{_HERE}:shadow", "Let a bundle score beside the live one, deciding nothing."),
        "compare": ("moderation.commands.compare:compare", "What a policy would do with another bundle's scores."),
    },
)

_why = click.option("--why", default="", help="The reason, for the record.")


@click.command("list")
@json_option
def list_bundles(*, as_json: bool) -> None:
    """List all bundles, the newest first."""
    with opened() as runtime, runtime.reading() as connection:
        found = stored.listed(connection)
    if as_json:
        say_json([_document(one) for one in found])
        return
    if not found:
        click.echo("There is no bundle. Run `python -m moderation migrate`, which brings the starter.")
        return
    rows = [
        (
            "live" if one.live else "shadow" if one.shadow else "",
            one.name,
            one.digest[:12],
            one.origin,
            f"{one.created_at:%Y-%m-%d %H:%M}",
        )
        for one in found
    ]
    say_table(("", "name", "digest", "origin", "created (UTC)"), rows)


@click.command("import")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="Another name than the one in the file.")
@click.option("--promote", "promoted", is_flag=True, help="Make it the live one.")
@json_option
def import_bundle(*, path: Path, name: str | None, promoted: bool, as_json: bool) -> None:
    """Store the bundle in FILE, after checking it."""
    with opened() as runtime:
        found = promoting.import_bundle(runtime.work, path, name=name, promote=promoted)
    _say(found, as_json=as_json)


@click.command()
@click.argument("bundle")
@_why
@json_option
def promote(*, bundle: str, why: str, as_json: bool) -> None:
    """Make BUNDLE (a name, or the beginning of a digest) the live one."""
    with opened() as runtime:
        found = promoting.promote(runtime.work, bundle, why=why)
    _say(found, as_json=as_json)


@click.command()
@_why
@json_option
def rollback(*, why: str, as_json: bool) -> None:
    """Return to the bundle that was live before the present one."""
    with opened() as runtime:
        found = promoting.roll_back(runtime.work, why=why)
    _say(found, as_json=as_json)


@click.command()
@click.argument("bundle", required=False)
@click.option("--off", is_flag=True, help="Let no bundle score beside the live one.")
@json_option
def shadow(*, bundle: str | None, off: bool, as_json: bool) -> None:
    """Let BUNDLE score live comments beside the live one. Its scores are stored and decide nothing."""
    if off == bool(bundle):
        raise click.UsageError("Name a bundle, or give --off.")
    with opened() as runtime:
        found = promoting.set_shadow(runtime.work, bundle)
    if as_json:
        say_json({"shadow": found.name if found else None})
    elif found is None:
        click.echo("No bundle scores beside the live one.")
    else:
        click.echo(f"{found.name} scores beside the live one. See `bundles compare` for what it would change.")


def _document(bundle: Listed) -> dict[str, object]:
    return {
        "name": bundle.name,
        "digest": bundle.digest,
        "origin": bundle.origin,
        "created_at": bundle.created_at.isoformat(),
        "live": bundle.live,
        "shadow": bundle.shadow,
        "metrics": bundle.metrics,
    }


def _say(bundle: Listed, *, as_json: bool) -> None:
    if as_json:
        say_json(_document(bundle))
        return
    click.echo(f"{bundle.name} ({bundle.digest[:12]}) is {'live now' if bundle.live else 'stored, and not live'}.")
