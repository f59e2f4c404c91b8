"""``python -m classifiers``: train, evaluate and score from files, without the application."""

from importlib import import_module

import click

_COMMANDS = ("check", "evaluate", "score", "train")


class _Commands(click.Group):
    """Loads a command only when it is asked for: scoring does not wait for scikit-learn."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"classifiers.commands.{cmd_name}").command
        return command


@click.command(cls=_Commands)
def main() -> None:
    """Train, measure and use the classifiers from files."""


if __name__ == "__main__":
    main(prog_name="python -m classifiers")
