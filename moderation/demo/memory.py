"""What the demo site remembers of the callbacks: repeats, each comment's standing version, the newest for its page.

The log is the memory: one JSON line a callback, read again at the next start. Not safe for threads by itself.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from datetime import datetime
from os import SEEK_END
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from moderation.demo.callbacks import Callback, Told

MOST_REMEMBERED = 100_000
MOST_SHOWN = 200

Value = TypeVar("Value")


class Heard(BaseModel):
    model_config = ConfigDict(frozen=True)

    at: datetime
    webhook_id: str
    callback: Callback


class Memory:
    """Raises OSError where the log can be neither read nor written."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._standing: OrderedDict[str, Told] = OrderedDict()
        self._newest: deque[Heard] = deque(maxlen=MOST_SHOWN)
        self.repeats = 0
        log.parent.mkdir(parents=True, exist_ok=True)
        log.touch()
        for heard in _read(log):
            self._remember(heard)

    def hear(self, heard: Heard) -> bool:
        """False for a webhook-id that was heard before: it has no effect. Written to the log before it counts.

        Raises OSError where the log cannot be written; then nothing is remembered, and the service may try again.
        """
        if heard.webhook_id in self._ids:
            self.repeats += 1
            return False
        _append(self._log, heard.model_dump_json().encode())
        self._remember(heard)
        return True

    def standing(self, comment_id: str) -> Told | None:
        """The highest version that was heard of this comment."""
        return self._standing.get(comment_id)

    def states(self) -> dict[str, int]:
        """How many comments stand in which state."""
        counts: dict[str, int] = {}
        for told in self._standing.values():
            counts[told.state] = counts.get(told.state, 0) + 1
        return counts

    def newest(self) -> list[Heard]:
        return list(reversed(self._newest))

    def _remember(self, heard: Heard) -> None:
        told = heard.callback.data
        known = self._standing.get(told.comment_id)
        if known is None or told.version > known.version:
            _keep(self._standing, told.comment_id, told)
        _keep(self._ids, heard.webhook_id, None)
        self._newest.append(heard)


def _keep(memory: OrderedDict[str, Value], key: str, value: Value) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > MOST_REMEMBERED:
        memory.popitem(last=False)


def _read(log: Path) -> Iterator[Heard]:
    """A line cut short by a kill is passed over: the service was not answered, so it sends that callback again."""
    with log.open("rb") as lines:
        for line in lines:
            try:
                yield Heard.model_validate_json(line)
            except ValidationError:
                continue


def _append(log: Path, line: bytes) -> None:
    """On a line of its own, also after one that a kill or a full disk cut short."""
    with log.open("r+b") as file:
        if file.seek(0, SEEK_END):
            file.seek(-1, SEEK_END)
            line = line if file.read(1) == b"\n" else b"\n" + line
        file.write(line + b"\n")
