"""``gold``: the frozen sets that every new bundle is measured on."""

import click

from moderation.commands.groups import LazyGroup
from moderation.commands.opening import opened
from moderation.commands.printing import json_option, printable, say_json, say_pairs, say_table
from moderation.store import gold_sets
from moderation.store.gold_sets import Listed

_HERE = "moderation.commands.gold"
_FREEZING = "moderation.commands.gold_freezing"

gold = LazyGroup(
    name="gold",
    help="Import, list, show and retire gold sets: labelled comments that measure bundles and teach none.",
    lazy={
        "import": (f"{_FREEZING}:import_gold", "Freeze a labelled file as a gold set."),
        "list": (f"{_HERE}:list_gold", "All gold sets, the oldest first."),
        "show": (f"{_FREEZING}:show_gold", "What is in a gold set, after checking that it is as it came."),
        "retire": (f"{_FREEZING}:retire_gold", "Let a gold set measure nothing any more."),
    },
)


@click.command("list")
@json_option
def list_gold(*, as_json: bool) -> None:
    """List all gold sets, the oldest first."""
    with opened() as runtime, runtime.reading() as connection:
        found = gold_sets.listed(connection)
    if as_json:
        say_json([document(one) for one in found])
        return
    if not found:
        click.echo("There is no gold set. Import a labelled file with `python -m moderation gold import`.")
        return
    rows = [
        (one.name, one.rows, one.digest[:12], "retired" if one.retired_at else "", f"{one.created_at:%Y-%m-%d %H:%M}")
        for one in found
    ]
    say_table(("name", "rows", "digest", "", "imported (UTC)"), rows)


def document(one: Listed) -> dict[str, object]:
    """The set for scripts."""
    return {
        "name": one.name,
        "digest": one.digest,
        "rows": one.rows,
        "by": one.by,
        "imported_at": one.created_at.isoformat(),
        "retired_at": one.retired_at.isoformat() if one.retired_at else None,
    }


def say_gold(one: Listed, harmful: int, good: int) -> None:
    """The set for people."""
    say_pairs(
        [
            ("name", printable(one.name)),
            ("rows", f"{one.rows:,}"),
            ("harmful", f"{harmful:,}"),
            ("good", f"{good:,}"),
            ("digest", one.digest),
            ("imported", f"{one.created_at:%Y-%m-%d %H:%M} UTC by {printable(one.by)}"),
            ("retired", f"{one.retired_at:%Y-%m-%d %H:%M} UTC" if one.retired_at else "no"),
        ]
    )
