"""``migrate``: the schema to its newest revision, and the starter bundle where nobody has chosen another."""

import click

from moderation import migrations
from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json
from moderation.steps import promoting


@click.command()
@json_option
def migrate(*, as_json: bool) -> None:
    """Bring the database to this version.

    Safe to run again, and beside running processes. A starter bundle that is missing or broken does not stop it:
    comments are then held for people, and the reason is shown.
    """
    with opened(migrated=False) as runtime:
        applied = migrations.upgrade(runtime.engine)
        starter, problem = promoting.try_starter(runtime.work, runtime.settings.starter_bundle)
    if as_json:
        say_json({"migrated": True, "applied": applied, "starter": starter, "problem": problem})
        return
    for revision in applied:
        click.echo(f"Applied {revision}")
    click.echo("The database is up to date.")
    if starter is not None:
        click.echo(f"The bundle {starter} is live.")
    if problem is not None:
        click.echo(f"Warning: the starter bundle cannot be used: {problem}", err=True)
