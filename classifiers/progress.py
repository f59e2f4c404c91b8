"""How long work tells what it is doing: it says what begins and how many steps that has, and then each step done."""

from collections.abc import Callable

Step = Callable[[int], None]
"""Called with so many more steps done."""
Note = Callable[[str, int], Step]
"""Told what begins and how many steps it has; gives what to call with the steps done."""


def unheard(_: str, __: int) -> Step:
    """Where nobody listens."""
    return lambda _: None
