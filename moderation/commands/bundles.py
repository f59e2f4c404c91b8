"""``bundles``: which trained bundles there are, which is live, and changing that."""

import click

from moderation.commands.groups import LazyGroup
from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json, say_table
from moderation.steps import promoting
from moderation.store import bundles as stored
from moderation.store.bundles import Listed

_HERE = "moderation.commands.bundles"
_GATED = "moderation.commands.promotions"

bundles = LazyGroup(
    name="bundles",
    help="List, import, compare, promote and roll back trained bundles.",
    lazy={
        "list": (f"{_HERE}:list_bundles", "All bundles, the newest first."),
        "import": (f"{_GATED}:import_bundle", "Store a bundle from a file."),
        "promote": (f"{_GATED}:promote", "Make a stored bundle the live one, if the gate lets it through."),
        "rollback": (f"{_HERE}:rollback", "Return to the bundle that was live before."),
        "shadow": (f"{_HERE}:shadow", "Let a bundle score beside the live one, deciding nothing."),
        "compare": ("moderation.commands.compare:compare", "What a policy would do with another bundle's scores."),
    },
)


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


@click.command()
@click.option("--why", default="", help="The reason, for the record.")
@json_option
def rollback(*, why: str, as_json: bool) -> None:
    """Return to the bundle that was live before the present one."""
    with opened() as runtime:
        found = promoting.roll_back(runtime.work, why=why)
    say_bundle(found, as_json=as_json)


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


def say_bundle(bundle: Listed, *, as_json: bool) -> None:
    """Whether it is live now."""
    if as_json:
        say_json(_document(bundle))
        return
    click.echo(f"{bundle.name} ({bundle.digest[:12]}) is {'live now' if bundle.live else 'stored, and not live'}.")
