"""The whole service as a person starts it, in a folder of its own: its processes, its terminal, its doors."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psutil
import redis
import urllib3
from sqlalchemy import Connection, create_engine

from moderation.commands import first_run
from moderation.commands.first_run import Demo
from moderation.commands.supervision import MARK
from moderation.demo.discussion import load_discussion
from moderation.demo.memory import Heard
from moderation.demo.poster import Poster

ROOT: Final = Path(__file__).resolve().parents[2]
SITE: Final = first_run.DEMO_SITE
UNDO_SECONDS: Final = 2
_READY: Final = "Ctrl-C stops everything."
_START_SECONDS: Final = 90
_LAST_WORDS: Final = 4_000


class Service:
    """``python -m moderation serve`` on a free port, with its data in ``var`` and what it prints in ``terminal``."""

    def __init__(self, var: Path, terminal: Path) -> None:
        self.var = var
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._terminal = terminal
        self._process: subprocess.Popen[bytes] | None = None
        self._key: str | None = None
        self._http = urllib3.PoolManager(retries=False, timeout=10)

    # Its life

    def start(self) -> None:
        """Returns when it says that it is ready."""
        with self._terminal.open("wb") as terminal:
            self._process = subprocess.Popen(
                self._command("serve"), cwd=ROOT, env=self._environment(), stdout=terminal, stderr=terminal
            )
        self.wait_until(lambda: _READY in self.printed, _START_SECONDS, "it says that it is ready")

    def interrupt(self, within: float) -> int:
        """Ctrl-C; returns the exit code. Raises subprocess.TimeoutExpired where it takes longer."""
        process = self._running()
        process.send_signal(signal.SIGINT)
        return process.wait(within)

    def kill(self) -> None:
        """As the machine's owner does with a process that he does not know: no time to clear up."""
        process = self._running()
        process.kill()
        process.wait()

    def close(self) -> None:
        """Ends whatever still runs."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for left in self.processes():
            left.kill()
        self._http.clear()

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "moderation", *words]

    def _environment(self) -> Mapping[str, str]:
        ours = ("DATABASE_URL", "REDIS_URL", MARK)
        kept = {name: value for name, value in os.environ.items() if name not in ours and "ALOCHONA" not in name}
        undo = str(UNDO_SECONDS)
        return {**kept, "ALOCHONA_VAR": str(self.var), "PORT": str(self.port), "ALOCHONA_UNDO_SECONDS": undo}

    # What can be seen of it

    @property
    def printed(self) -> str:
        return self._terminal.read_text(encoding="utf-8", errors="replace")

    @property
    def demo(self) -> Demo:
        found = first_run.read_demo(self.var)
        assert found is not None
        return found

    def log(self) -> str:
        """The terminal and the end of every process's log."""
        logs = sorted((self.var / "log").glob("*.log"))
        parts = [f"--- {log.name} ---\n{_end_of(log)}" for log in logs]
        return "\n".join([f"--- terminal ---\n{_end_of(self._terminal)}", *parts])

    def processes(self, *words: str) -> list[psutil.Process]:
        """This run's processes, by the mark that each inherits; with ``words`` those that have all in their command."""
        return [one for one in psutil.process_iter() if _belongs(one, str(self.var), words)]

    def wait_until(self, seen: Callable[[], bool], seconds: float, what: str) -> None:
        """Fails the test where it is not ``seen`` in time, or the service ends meanwhile."""
        deadline = time.monotonic() + seconds
        while not seen():
            assert self._running().poll() is None, f"It ended before {what}.\n{self.log()}"
            assert time.monotonic() < deadline, f"Not within {seconds} s: {what}.\n{self.log()}"
            time.sleep(0.05)

    # Its doors

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One of its commands, as an operator calls it beside the running service."""
        return subprocess.run(
            self._command(*words), cwd=ROOT, env=self._environment(), capture_output=True, text=True, check=False
        )

    def answer(self, *words: str) -> dict[str, Any]:
        """What a command prints for scripts."""
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        answered = json.loads(done.stdout)
        assert isinstance(answered, dict)
        return answered

    def post(self, texts: Mapping[str, str]) -> None:
        """Each text as a new comment under the sample story, by the comment's id, through the signed webhook."""
        told = load_discussion()
        with Poster(self.base_url, SITE, self.demo.webhook_secret) as poster:
            for comment_id, text in texts.items():
                comment = told.comments[0].model_copy(update={"id": comment_id, "body": text, "minutes_ago": 0})
                assert poster.post(f"journey-{comment_id}", told.event(comment, datetime.now(UTC)))

    def status(self, comment_id: str) -> dict[str, Any]:
        """What the service answers to the site about one of its comments."""
        if self._key is None:
            self._key = str(self.answer("enrol", "key", SITE)["api_key"])
        answer = self._http.request(
            "GET",
            f"{self.base_url}/v1/sites/{SITE}/comments/{comment_id}",
            headers={"Authorization": f"Bearer {self._key}"},
        )
        assert answer.status == 200, answer.data
        told = answer.json()
        assert isinstance(told, dict)
        return told

    def heard(self) -> list[Heard]:
        """The callbacks that the demo receiver has verified, each webhook id once."""
        path = self.var / "demo-heard.jsonl"
        lines = path.read_bytes().split(b"\n") if path.exists() else []
        return [Heard.model_validate_json(line) for line in lines[:-1]]  # the last may be in the writing

    def heard_of(self, comment_id: str) -> list[Heard]:
        return [heard for heard in self.heard() if heard.callback.data.comment_id == comment_id]

    def wait_until_heard(self, comment_ids: Iterable[str], seconds: float) -> None:
        """Until the receiver has heard of each of these comments."""
        wanted = set(comment_ids)
        self.wait_until(
            lambda: wanted <= {heard.callback.data.comment_id for heard in self.heard()},
            seconds,
            f"the receiver has heard of {len(wanted)} comments",
        )

    # What stands behind it

    @contextmanager
    def database(self) -> Iterator[Connection]:
        """A connection to its PostgreSQL, in a transaction that is rolled back."""
        engine = create_engine(self._of_a_child("DATABASE_URL"))
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    def empty_broker(self) -> None:
        with redis.Redis.from_url(self._of_a_child("REDIS_URL")) as client:
            client.flushall()

    def _of_a_child(self, variable: str) -> str:
        return str(self.processes("app:app")[0].environ()[variable])


def free_port() -> int:
    """A port with a free one behind it for the demo receiver, from below those that the system gives out itself."""
    while True:
        port = random.randrange(20_000, 30_000, 2)
        with socket.socket() as web, socket.socket() as receiver:
            try:
                web.bind(("127.0.0.1", port))
                receiver.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
        return port


def _end_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")[-_LAST_WORDS:] if path.exists() else ""


def _belongs(process: psutil.Process, mark: str, words: Iterable[str]) -> bool:
    try:
        return process.environ().get(MARK) == mark and set(words) <= set(process.cmdline())
    except (psutil.Error, OSError):
        return False
