"""The service's processes under supervisor, which starts again what dies: what runs, how, and in which environment.

supervisord reads a file under the var folder; nothing secret stands in it, since its children inherit its environment.
"""

import contextlib
import errno
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import psutil
from supervisor.xmlrpc import SupervisorTransport

from moderation.domain.jobs import JobQueue
from moderation.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[2]
MARK: Final = "ALOCHONA_RUN"
"""Every process of a run has the var folder in this variable, by which a later run finds what an earlier one left."""
STOP_SECONDS: Final = 7.0
"""What supervisord has to stop everything in; what is left then is ended the hard way, all within ten seconds."""
_CONTROL_SECONDS: Final = 15.0
_FIRST_TO_STOP: Final = 30
_BIN: Final = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Program:
    """One supervised process. ``priority`` orders the stop: the highest goes first, each when those before it ended.

    What is ``together`` stops side by side instead. A ``server`` starts by itself.
    """

    name: str
    command: Sequence[str]
    priority: int
    server: bool = False
    together: bool = False
    user: str | None = None
    stop_signal: str = "TERM"


def application_programs(settings: Settings) -> list[Program]:
    """Web, workers and beat; the same commands as in docker-compose.yml."""
    celery = [str(_BIN / "celery"), "-A", "worker"]
    worker = [*celery, "worker", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    outward = (JobQueue.CALLBACKS, JobQueue.NOTICES)
    sending = ",".join(queue.value for queue in outward)
    scoring = ",".join(queue.value for queue in JobQueue if queue not in outward)
    web = [
        str(_BIN / "granian"),
        *("--interface", "wsgi", "--host", settings.host, "--port", str(settings.port)),
        *("--workers", "2", "--blocking-threads", str(settings.web_threads), "--respawn-failed-workers"),
        *("--workers-kill-timeout", "3", "--no-ws", "--log-level", "warning", "app:app"),
    ]
    schedule = str(settings.var / "celerybeat-schedule")
    commands = {
        "web": web,
        "worker": [*worker, "-n", "worker@%h", "-Q", scoring, "--concurrency", "2"],
        "deliverer": [*worker, "-n", "deliverer@%h", "-Q", sending, "--concurrency", "2"],
        "beat": [*celery, "beat", "--schedule", schedule, "--pidfile=", "--loglevel", "WARNING"],
    }
    return [Program(name, command, _FIRST_TO_STOP, together=True) for name, command in commands.items()]


def child_environment(settings: Settings, *, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of every process: the settings as variables, one thread for numerical libraries."""
    assert settings.database_url is not None  # noqa: S101 - serve has chosen both by now
    assert settings.redis_url is not None  # noqa: S101
    return {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "ALOCHONA_SECRET_KEY": ",".join(settings.secret_keys),
        "ALOCHONA_VAR": str(settings.var),
        "ALOCHONA_BASE_URL": settings.base_url,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        MARK: str(settings.var),
        **extra,
    }


def write_configuration(var: Path, programs: Sequence[Program]) -> Path:
    """supervisord's file for these programs, readable by its owner only."""
    logs = var / "log"
    logs.mkdir(parents=True, exist_ok=True)
    sections = [_main_section(var, logs), *(_program_section(program, logs) for program in programs)]
    if together := ",".join(program.name for program in programs if program.together):
        sections.append(f"[group:together]\nprograms={together}\npriority={_FIRST_TO_STOP}\n")
    path = var / "supervisord.conf"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(sections))
    return path


def _escaped(value: object) -> str:
    return str(value).replace("%", "%%")


def _main_section(var: Path, logs: Path) -> str:
    user = "user=root\n" if os.geteuid() == 0 else ""
    return (
        f"[supervisord]\nnodaemon=true\nsilent=true\n{user}directory={_escaped(ROOT)}\n"
        f"logfile={_escaped(logs / 'supervisord.log')}\nlogfile_maxbytes=2MB\nlogfile_backups=2\n"
        f"pidfile={_escaped(var / 'supervisord.pid')}\nchildlogdir={_escaped(logs)}\n"
        f"[unix_http_server]\nfile={_escaped(socket_path(var))}\nchmod=0700\n"
        "[rpcinterface:supervisor]\n"
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
        f"[supervisorctl]\nserverurl=unix://{_escaped(socket_path(var))}\n"
    )


def socket_path(var: Path) -> Path:
    """The control socket; in a folder with a long name it would not fit into an address, so it goes elsewhere."""
    near = var / "supervisor.sock"
    if len(str(near).encode()) < 90:
        return near
    return Path(f"/tmp/alochona-{os.geteuid()}-{hashlib.sha256(str(var).encode()).hexdigest()[:12]}.sock")  # noqa: S108 - mode 0700


def _program_section(program: Program, logs: Path) -> str:
    words = " ".join(_quoted(word) for word in program.command)
    user = f"user={program.user}\n" if program.user else ""
    return (
        f"[program:{program.name}]\ncommand={_escaped(words)}\n{user}priority={program.priority}\n"
        f"autostart={'true' if program.server else 'false'}\nautorestart=true\nstartsecs=3\nstartretries=20\n"
        # The signal goes to the first process alone: a worker's children would die of it in the middle of a batch.
        f"stopsignal={program.stop_signal}\nstopwaitsecs=5\nstopasgroup=false\n"
        f"killasgroup=true\nredirect_stderr=true\nstdout_logfile={_escaped(logs / (program.name + '.log'))}\n"
        "stdout_logfile_maxbytes=5MB\nstdout_logfile_backups=2\n"
    )


def _quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


@contextlib.contextmanager
def supervised(configuration: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """supervisord with its children, all ended when the block is left. It does not see the terminal's Ctrl-C itself."""
    remove_stale_socket(socket_path(configuration.parent))
    command = [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-n", "-c", str(configuration)]
    process = subprocess.Popen(
        command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        end_leftovers(environment[MARK])
        process.wait()


def remove_stale_socket(path: Path) -> None:
    """Removes what a killed supervisord left; supervisord would do it too, but with a line on the terminal."""
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(str(path)) == errno.ECONNREFUSED:
            path.unlink()


class Status(NamedTuple):
    """A program as supervisord sees it: ``state`` is one of its names for states, ``pid`` 0 where none runs."""

    name: str
    group: str
    state: str
    pid: int


@contextlib.contextmanager
def _controller(var: Path) -> Iterator[Any]:
    """supervisord's own interface, over its socket."""
    transport = SupervisorTransport(None, None, f"unix://{socket_path(var)}")
    try:
        yield xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor
    finally:
        transport.close()


def start_programs(var: Path, names: Collection[str]) -> None:
    """Starts programs side by side. Raises OSError where supervisord does not answer."""
    wanted = [one for one in statuses(var, time.monotonic() + _CONTROL_SECONDS) if one.name in names]
    with _controller(var) as supervisord:
        for one in wanted:
            # What cannot be started is not ready later; its log says why.
            with contextlib.suppress(xmlrpc.client.Fault):
                supervisord.startProcess(f"{one.group}:{one.name}", False)


def statuses(var: Path, deadline: float = 0.0) -> list[Status]:
    """All programs, asked again until ``deadline`` (monotonic). Raises OSError where supervisord does not answer."""
    while True:
        try:
            with _controller(var) as supervisord:
                found = cast("list[dict[str, Any]]", supervisord.getAllProcessInfo())
        except (OSError, xmlrpc.client.Error) as error:
            if time.monotonic() > deadline:
                raise OSError(f"supervisord does not answer: {error}") from error
            time.sleep(0.1)
        else:
            return [Status(one["name"], one["group"], one["statename"], one["pid"]) for one in found]


def end_leftovers(mark: str, *, patience: float = 1.5) -> int:
    """Ends processes that carry a run's mark, as a killed supervisord leaves them; returns how many.

    What has not ended of itself after ``patience`` seconds is killed.
    """
    left = [process for process in psutil.process_iter() if _is_marked(process, mark)]
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
    _, alive = psutil.wait_procs(left, timeout=patience)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=1)
    return len(left)


def _is_marked(process: psutil.Process, mark: str) -> bool:
    if process.pid == os.getpid():
        return False
    try:
        return bool(process.environ().get(MARK) == mark)
    except (psutil.Error, OSError):
        return False
