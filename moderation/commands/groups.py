"""Groups of commands whose modules are imported only when used, so that nothing but ``retrain`` waits for scikit-learn.

They also turn what the steps refuse into one clear line and exit code 2.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NoReturn

import click

from classifiers import BundleError
from moderation.callback_client import CallbackUrlError
from moderation.domain.errors import InvalidValueError, ModerationError
from moderation.settings import SettingsError
from moderation.store.failures import PASSING_FAILURES
from moderation.vault import VaultError


class RefusedError(click.ClickException):
    """Input or a state of things that the command cannot work with."""

    exit_code = 2


class UnreachableError(click.ClickException):
    exit_code = 1


class LazyGroup(click.Group):
    """A group of ``name → (module:command, help)``; only the module of the command that runs is imported."""

    def __init__(self, *, lazy: Mapping[str, tuple[str, str]], **attributes: Any) -> None:
        super().__init__(**attributes)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in self._lazy:
            return None
        module, _, name = self._lazy[cmd_name][0].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101 - the table names commands only; a test walks it
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._lazy.items()])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        try:
            return super().invoke(ctx)
        except InvalidValueError as error:
            raise RefusedError(_with_faults(error)) from error
        except (ModerationError, SettingsError, CallbackUrlError, VaultError, BundleError) as error:
            raise RefusedError(str(error)) from error
        except PASSING_FAILURES as error:
            _say_unreachable(error)


def _with_faults(error: InvalidValueError) -> str:
    lines = [f"{fault.pointer or '/'}: {fault.detail}" for fault in error.faults]
    return str(error) if len(lines) < 2 else "\n  ".join([str(error), *lines])


def _say_unreachable(error: Exception) -> NoReturn:
    first = str(error.__cause__ or error).strip().splitlines()
    reason = first[0] if first else type(error).__name__
    raise UnreachableError(f"The database cannot be used: {reason} Check DATABASE_URL, and that it runs.") from error
