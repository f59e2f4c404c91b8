"""The service's processes under supervisor, which starts again what dies: what runs, how, and in which environment.

supervisord reads a file under the var folder; nothing secret stands in it, since its children inherit its environment.
"""

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from moderation.domain.jobs import JobQueue
from moderation.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[2]
MARK: Final = "ALOCHONA_RUN"
"""Every process of a run has the var folder in this variable, by which a later run finds what an earlier one left."""
STOP_SECONDS: Final = 8.0
_BIN: Final = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Program:
    """One supervised process. ``priority`` orders the stop: the highest goes first. ``servers`` start by themselves."""

    name: str
    command: Sequence[str]
    priority: int
    server: bool = False
    user: str | None = None
    stop_signal: str = "TERM"


def application_programs(settings: Settings) -> list[Program]:
    """Web, workers and beat; the same commands as in docker-compose.yml."""
    celery = [str(_BIN / "celery"), "-A", "worker"]
    worker = [*celery, "worker", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    scoring = ",".join(queue.value for queue in JobQueue if queue is not JobQueue.CALLBACKS)
    web = [
        str(_BIN / "granian"),
        *("--interface", "wsgi", "--host", settings.host, "--port", str(settings.port)),
        *("--workers", "2", "--blocking-threads", str(settings.web_threads), "--respawn-failed-workers"),
        *("--workers-kill-timeout", "3", "--no-ws", "--log-level", "warning", "app:app"),
    ]
    schedule = str(settings.var / "celerybeat-schedule")
    return [
        Program("web", web, 30),
        Program("worker", [*worker, "-n", "worker@%h", "-Q", scoring, "--concurrency", "2"], 30),
        Program("deliverer", [*worker, "-n", "deliverer@%h", "-Q", JobQueue.CALLBACKS.value, "--concurrency", "1"], 30),
        Program("beat", [*celery, "beat", "--schedule", schedule, "--pidfile=", "--loglevel", "WARNING"], 40),
    ]


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
        f"autostart={'true' if program.server else 'false'}\nautorestart=true\nstartsecs=1\nstartretries=20\n"
        f"stopsignal={program.stop_signal}\nstopwaitsecs=5\nstopasgroup={'false' if program.server else 'true'}\n"
        f"killasgroup=true\nredirect_stderr=true\nstdout_logfile={_escaped(logs / (program.name + '.log'))}\n"
        "stdout_logfile_maxbytes=5MB\nstdout_logfile_backups=2\n"
    )


def _quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


@contextlib.contextmanager
def supervised(configuration: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """supervisord with its children, all ended when the block is left. It does not see the terminal's Ctrl-C itself."""
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


def control(configuration: Path, *words: str) -> None:
    """One command to the running supervisord, by its own client."""
    command = [sys.executable, "-W", "ignore", "-m", "supervisor.supervisorctl", "-c", str(configuration), *words]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)


def end_leftovers(mark: str) -> int:
    """Ends processes that carry a run's mark, as a killed supervisord leaves them; returns how many."""
    left = [process for process in psutil.process_iter() if _is_marked(process, mark)]
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
    _, alive = psutil.wait_procs(left, timeout=2)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=2)
    return len(left)


def _is_marked(process: psutil.Process, mark: str) -> bool:
    if process.pid == os.getpid():
        return False
    try:
        return bool(process.environ().get(MARK) == mark)
    except (psutil.Error, OSError):
        return False
