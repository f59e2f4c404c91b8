"""How the demo's commands end when they cannot do their work."""

import click


class Refusal(click.ClickException):
    """Ends a command with one clear line and exit code 2."""

    exit_code = 2
