"""Opens the runtime for one command: on the given servers, or on the embedded database under the var folder."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import click

from moderation import embedded, logs
from moderation.domain.errors import ConflictError
from moderation.migrations import is_current
from moderation.runtime import Runtime, build_runtime
from moderation.settings import Settings, read_settings

_NO_BROKER: Final = "redis://127.0.0.1:1/0"
"""Where no broker runs a job is announced to nobody; the sweep finds it when the service starts."""


@contextmanager
def opened(*, migrated: bool = True) -> Iterator[Runtime]:
    """The runtime. With ``migrated`` it is refused where the schema is not the one that this version knows."""
    settings = read_settings()
    logs.configure("WARNING", json=False)
    with ExitStack() as stack:
        runtime = build_runtime(_with_servers(settings, stack))
        stack.callback(runtime.celery.close)
        stack.callback(runtime.engine.dispose)
        if migrated:
            _check_schema(runtime)
        yield runtime


def _check_schema(runtime: Runtime) -> None:
    with runtime.reading() as connection:
        if not is_current(connection):
            raise ConflictError("The database has not the schema of this version. Run `python -m moderation migrate`.")


def _with_servers(settings: Settings, stack: ExitStack) -> Settings:
    if settings.database_url is not None:
        return settings.with_servers(settings.database_url, settings.redis_url or _NO_BROKER)
    return settings.with_servers(
        _embedded_database(settings.var, stack), settings.redis_url or embedded.valkey_url(settings.var) or _NO_BROKER
    )


def _embedded_database(var: Path, stack: ExitStack) -> str:
    """The embedded PostgreSQL, started where it does not run, and then stopped when the command ends."""
    folder = var / "postgres"
    if not folder.exists():
        raise ConflictError(
            f"There is no database under {var} yet, and DATABASE_URL is not set. Run `make run` first, or set it."
        )
    return stack.enter_context(embedded.joined_postgres(folder))


def say(text: str) -> None:
    """One line for a person, on standard output."""
    click.echo(text)
