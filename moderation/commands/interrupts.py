"""Ctrl-C for commands that compute for long."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Remembers that somebody pressed Ctrl-C.

    Python raises ``KeyboardInterrupt`` wherever the program happens to be. In a destructor or in a function that
    foreign code calls back, it is printed and dropped, and the work would go on to its end.
    """

    def __init__(self) -> None:
        self._came = False

    def note(self, _number: int, _frame: FrameType | None) -> None:
        self._came = True
        raise KeyboardInterrupt

    def check(self) -> None:
        """Raise KeyboardInterrupt if one came and was lost."""
        if self._came:
            raise KeyboardInterrupt


@contextmanager
def minded_interrupts() -> Iterator[Interrupts]:
    """While the block runs, in the main thread."""
    interrupts = Interrupts()
    before = signal.signal(signal.SIGINT, interrupts.note)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)
