"""``bundles compare``: whose comments' outcome would change with another bundle, both ways."""

import click
from rich.console import Console
from rich.progress import Progress

from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json, say_table
from moderation.steps import comparing
from moderation.steps.comparing import Change, Compared

_SHOWN = 100
"""Characters of a comment in a table."""


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--days", type=click.IntRange(1, 3650), default=comparing.DAYS, show_default=True, help="How far back.")
@click.option(
    "--most", type=click.IntRange(1, 100_000), default=comparing.MOST, show_default=True, help="Comments at most."
)
@json_option
def compare(*, a: str, b: str, days: int, most: int, as_json: bool) -> None:
    """List the comments whose outcome would change with the scores of bundle B in place of bundle A's."""
    with opened() as runtime, Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("scoring again", total=None, visible=False)
        found = comparing.compare(
            runtime.work,
            a,
            b,
            now=runtime.now(),
            days=days,
            most=most,
            progress=lambda done, of: bar.update(task, completed=done, total=of, visible=True),
        )
    if as_json:
        say_json(found.to_dict())
        return
    _say(found, days)


def _say(found: Compared, days: int) -> None:
    click.echo(
        f"{found.comments} comments of the last {days} days: with {found.b} in place of {found.a} the outcome of "
        f"{found.changed} would change. {found.scored_again} scores were not stored and made again."
    )
    if not found.changed:
        return
    say_table(("from", "to", "comments"), [(before, after, n) for (before, after), n in found.by_way.items()])
    say_table(("script", "changes"), list(found.by_script.items()))
    say_table(("label", "changes"), list(found.by_label.items()))
    say_table(("from", "to", "labels", "comment"), [_row(one) for one in found.examples])


def _row(one: Change) -> tuple[str, str, str, str]:
    text = " ".join(one.text.split())
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return one.before, one.after, ", ".join(one.labels), shown
