"""``group``: comments of before an upgrade find those that are alike."""

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json
from moderation.steps import grouping


@click.command()
@json_option
def group(*, as_json: bool) -> None:
    """Group comments that are alike and were stored before Alochona did so by itself.

    Once after an upgrade is enough; safe to run again, and beside running processes.
    """
    looked_at = joined = 0
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with opened() as runtime, Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("grouping", total=None)
        for seen, alike in grouping.group_earlier(runtime.work):
            looked_at, joined = looked_at + seen, joined + alike
            progress.update(task, description=f"{looked_at:,} comments looked at, {joined:,} alike to earlier ones")
    if as_json:
        say_json({"looked_at": looked_at, "alike": joined})
        return
    click.echo(f"{looked_at:,} comments looked at, {joined:,} of them alike to earlier ones.")
