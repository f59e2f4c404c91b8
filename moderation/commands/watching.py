"""What the terminal is shown while the service runs: a log's new lines, and which programs end or do not start."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TextIO

from moderation.commands.supervision import Status
from moderation.demo.callbacks import printable

_EVERY: Final = 0.2
"""Seconds between two looks at a log."""
_TAIL_BYTES: Final = 4_096
_NOT_STARTING: Final = "BACKOFF"
_GIVEN_UP: Final = "FATAL"


class Follower:
    """The lines that are added to a log from now on, also when it is rotated: renamed, and begun anew."""

    def __init__(self, path: Path) -> None:
        path.touch()
        self._path = path
        self._file = _opened(path)
        self._file.seek(0, os.SEEK_END)
        self._begun = ""

    def close(self) -> None:
        self._file.close()

    def new_lines(self) -> Iterator[str]:
        """Whole lines only; the rest of one that is being written comes with the next call."""
        yield from self._read()
        if self._is_rotated():
            yield from self._read()  # what was written between the last look and the renaming
            self._file.close()
            self._file = _opened(self._path)
            self._begun = ""
            yield from self._read()

    def _read(self) -> Iterator[str]:
        *whole, self._begun = (self._begun + self._file.read()).split("\n")
        yield from whole

    def _is_rotated(self) -> bool:
        try:
            return not os.path.samestat(self._path.stat(), os.fstat(self._file.fileno()))
        except FileNotFoundError:  # between the renaming and the new beginning
            return False


def _opened(path: Path) -> TextIO:
    return path.open(encoding="utf-8", errors="replace", newline="\n")


def follow(path: Path, show: Callable[[str], None]) -> None:
    """Shows a log's new lines from a thread of its own, for as long as the process lives."""
    follower = Follower(path)

    def run() -> None:
        pause = threading.Event()
        while not pause.wait(_EVERY):
            for line in follower.new_lines():
                show(line)

    threading.Thread(target=run, name="followed-log", daemon=True).start()


class Watch:
    """Remembers how the programs stood at the last look, and says what has changed since."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._before: dict[str, int] = {}
        self._trouble: dict[str, str] = {}

    def news(self, statuses: Sequence[Status]) -> list[str]:
        """One sentence for every program that ended and runs again, does not start, or was given up."""
        return [sentence for status in statuses if (sentence := self._news_of(status))]

    def _news_of(self, status: Status) -> str | None:
        if status.state == "RUNNING":
            return self._news_of_running(status)
        if status.state not in _SENTENCES or self._trouble.get(status.name) == status.state:
            return None
        self._trouble[status.name] = status.state
        log = self._logs / f"{status.name}.log"
        return _SENTENCES[status.state].format(name=status.name, last=last_line(log), log=log)

    def _news_of_running(self, status: Status) -> str | None:
        before = self._before.get(status.name, status.pid)
        self._before[status.name] = status.pid
        if self._trouble.pop(status.name, None):
            return f"{status.name} runs again."
        return f"{status.name} ended and was started again." if before != status.pid else None


_SENTENCES: Final[Mapping[str, str]] = {
    _NOT_STARTING: "{name} does not start, and is tried again. It says: {last}",
    _GIVEN_UP: "{name} was given up after many tries. End this with Ctrl-C, mend what {log} says, and start again.",
}


def last_line(log: Path) -> str:
    """The last line that a program wrote, made safe for a terminal; empty where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(-min(_TAIL_BYTES, file.seek(0, os.SEEK_END)), os.SEEK_END)
            lines = file.read().decode(errors="replace").split("\n")
    except OSError:
        return ""
    return next((printable(line.strip()) for line in reversed(lines) if line.strip()), "")
