"""``callbacks``: what was sent to the sites, and sending again what was given up."""

import click

from moderation.commands.groups import LazyGroup
from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json, say_table
from moderation.steps import calling_back
from moderation.store import callbacks as stored
from moderation.store import enrolments

_HERE = "moderation.commands.callbacks"

callbacks = LazyGroup(
    name="callbacks",
    help="List deliveries, and replay those that were parked.",
    lazy={
        "list": (f"{_HERE}:list_callbacks", "The latest callbacks of a site, or of all."),
        "replay": (f"{_HERE}:replay", "Send parked callbacks again."),
    },
)


@click.command("list")
@click.argument("site_slug", metavar="[SITE]", required=False)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--before", type=int, help="Only those with a lower number, for the page after.")
@json_option
def list_callbacks(*, site_slug: str | None, limit: int, before: int | None, as_json: bool) -> None:
    """List the latest callbacks of SITE, or of all sites."""
    with opened() as runtime, runtime.reading() as connection:
        sites = enrolments.sites(connection) if site_slug is None else [enrolments.site(connection, site_slug)]
        rows = stored.recent(connection, [site.id for site in sites], before=before, limit=limit)
    if as_json:
        say_json(
            [
                {
                    "id": row.id,
                    "site": row.site_slug,
                    "comment_id": row.comment_ext_id,
                    "type": row.type,
                    "version": row.version,
                    "state": row.state,
                    "url": row.url,
                    "attempts": row.attempts,
                    "due_at": row.due_at.isoformat(),
                }
                for row in rows
            ]
        )
        return
    say_table(
        ("id", "site", "comment", "type", "version", "state", "attempts", "url"),
        [
            (row.id, row.site_slug, row.comment_ext_id, row.type, row.version, row.state, row.attempts, row.url)
            for row in rows
        ],
    )


@click.command()
@click.argument("site_slug", metavar="SITE")
@click.argument("callback_ids", metavar="[ID]...", nargs=-1, type=int)
@json_option
def replay(*, site_slug: str, callback_ids: tuple[int, ...], as_json: bool) -> None:
    """Send parked callbacks of SITE again: those with these IDs, or all of them."""
    with opened() as runtime:
        with runtime.reading() as connection:
            site = enrolments.site(connection, site_slug)
        count = calling_back.replay(runtime.work, site.id, list(callback_ids) or None, now=runtime.now())
    if as_json:
        say_json({"site": site_slug, "replayed": count})
        return
    click.echo(f"{count} callbacks of {site_slug} are due again.")
