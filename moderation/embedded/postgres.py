"""The private PostgreSQL's process: started, joined and stopped; only its socket and its password lead in."""

import contextlib
import fcntl
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from moderation.embedded.clusters import Cluster, cluster_at, mark, prepared
from moderation.embedded.errors import EmbeddedServerError
from moderation.embedded.files import read_private, write_private
from moderation.embedded.postmasters import is_ready, postmaster_of, stop_postmaster

_START_SECONDS: Final = 60.0
"""A long one: after a crash the server replays its log first."""
_STOP_SECONDS: Final = 20.0


@contextlib.contextmanager
def running_postgres(folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """A PostgreSQL on ``folder`` for as long as the block; gives its URL. ``settings`` hold for this run only.

    Raises:
        EmbeddedServerError: it cannot be made or started, or one runs on this folder already.
    """
    with _locked(folder):
        cluster = prepared(folder)
        process = _started(cluster, settings)
    try:
        yield cluster.url()
    finally:
        stop_postmaster(process.pid, _STOP_SECONDS)
        process.wait()


@contextlib.contextmanager
def joined_postgres(folder: Path) -> Iterator[str]:
    """The URL of the PostgreSQL on ``folder``, started where none runs; the last who leaves then stops it again.

    Raises:
        EmbeddedServerError: it cannot be started.
    """
    with mark(folder, "users").open("a") as users:
        with _locked(folder):
            fcntl.flock(users, fcntl.LOCK_SH)
            process = None if postmaster_of(folder) else _lent(folder)
        try:
            yield cluster_at(folder).url()
        finally:
            with _locked(folder):
                _leave(folder, users.fileno())
            if process is not None and process.poll() is None:
                process.returncode = 0  # it outlives us on purpose; without a code Python would warn of it


def _lent(folder: Path) -> subprocess.Popen[bytes]:
    """Started for commands only, as its mark beside the folder says."""
    process = _started(prepared(folder), {})
    write_private(mark(folder, "lent"), str(process.pid))
    return process


def _leave(folder: Path, users: int) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # somebody else is at work with it, and will stop it
    lent, running = read_private(mark(folder, "lent")), postmaster_of(folder)
    mark(folder, "lent").unlink(missing_ok=True)
    if running is not None and lent == str(running):
        stop_postmaster(running, _STOP_SECONDS)


def postgres_command(folder: Path) -> tuple[list[str], str | None, str]:
    """A foreground PostgreSQL on ``folder``, made where it is new: its command, its user (none: ours), and its URL.

    Raises:
        EmbeddedServerError: it cannot be made, or one runs on this folder already.
    """
    with _locked(folder):
        cluster = prepared(folder)
    account = cluster.account
    return cluster.command({}), account.name if account and not account.passage else None, cluster.url()


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One at a time makes, starts or stops a folder's server."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with mark(folder, "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _started(cluster: Cluster, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    process = cluster.start(settings)
    deadline = time.monotonic() + _START_SECONDS
    while not is_ready(cluster.folder, process.pid):
        if process.poll() is not None or time.monotonic() > deadline:
            stop_postmaster(process.pid, _STOP_SECONDS)
            process.wait()
            raise EmbeddedServerError(
                f"The embedded PostgreSQL did not start: {_last_line(cluster.log)} See {cluster.log}."
            )
        time.sleep(0.01)
    return process


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if "FATAL" in line]
    return lines[-1].partition("FATAL:")[2].strip() + "." if lines else "it said nothing."
