"""A process that draws for this one: started at the first picture, kept for the next, gone after some idle minutes.

Loading matplotlib takes half a second and 40 MB. Kept aside it costs neither the processes that serve, nor each picture
anew. Pictures that were drawn from the same numbers are kept, and drawn once.
"""

import json
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock, Timer
from typing import Any, Final

_COMMAND: Final = (sys.executable, "-m", "moderation.drawing.standing")
_SECONDS: Final = 30.0
_KEPT: Final = 128
"""Pictures kept, of some 10 to 200 kB each."""


class DrawingError(RuntimeError):
    """A picture could not be drawn; the message says why."""


class Draughtsman:
    """Draws one picture at a time, for any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[str] | None = None
        self._drawn: OrderedDict[str, str] = OrderedDict()

    def draw(self, kind: str, document: Mapping[str, Any]) -> str:
        """SVG of a picture that ``drawing.standing`` knows, from its numbers.

        Raises:
            DrawingError: it could not be drawn.
        """
        order = json.dumps({"kind": kind, "document": document}, sort_keys=True)
        with self._lock:
            if order not in self._drawn:
                self._drawn[order] = self._asked(order)
            self._drawn.move_to_end(order)
            while len(self._drawn) > _KEPT:
                self._drawn.popitem(last=False)
            return self._drawn[order]

    def _asked(self, order: str) -> str:
        try:
            answer = self._exchange(order)
        except (OSError, EOFError):
            # It had gone, idle for long or killed: a new one is asked once.
            self._end()
            try:
                answer = self._exchange(order)
            except (OSError, EOFError) as error:
                self._end()
                raise DrawingError("the drawing process does not answer") from error
        if "svg" not in answer:
            raise DrawingError(str(answer.get("error", "no picture")))
        return str(answer["svg"])

    def _exchange(self, order: str) -> dict[str, Any]:
        if self._process is None:
            self._process = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process = self._process
        assert process.stdin is not None  # noqa: S101 - asked for above
        assert process.stdout is not None  # noqa: S101 - asked for above
        # A drawing that hangs is ended, which ends the read.
        limit = Timer(_SECONDS, process.kill)
        limit.start()
        try:
            process.stdin.write(order + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        finally:
            limit.cancel()
        if not line:
            raise EOFError
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None

    def close(self) -> None:
        """Ends the process, if there is one."""
        with self._lock:
            self._end()
