"""A private PostgreSQL and a private Redis-protocol server, for when no URL is given: a laptop, a trial, the tests.

Both come from wheels, keep their data under one folder, and listen on Unix sockets only, each with a password.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from moderation.embedded.errors import EmbeddedServerError
from moderation.embedded.postgres import joined_postgres, postgres_command, running_postgres
from moderation.embedded.valkey import running_valkey, valkey_command, valkey_url

__all__ = [
    "EmbeddedServerError",
    "ServerUrls",
    "embedded_servers",
    "joined_postgres",
    "postgres_command",
    "running_postgres",
    "running_valkey",
    "valkey_command",
    "valkey_url",
]


@dataclass(frozen=True, slots=True)
class ServerUrls:
    """``database_url`` in SQLAlchemy's form with the driver named; ``redis_url`` with its password."""

    database_url: str
    redis_url: str


@contextlib.contextmanager
def embedded_servers(folder: Path, *, postgres_settings: Mapping[str, str] | None = None) -> Iterator[ServerUrls]:
    """Both servers, running for as long as the block; what they store stays in ``folder``.

    Raises:
        EmbeddedServerError: one of them did not start; the message tells why and what to do.
    """
    with running_postgres(folder / "postgres", postgres_settings or {}) as database_url, running_valkey(folder) as url:
        yield ServerUrls(database_url, url)
