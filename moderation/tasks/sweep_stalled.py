"""The job ``sweep_stalled``."""

from collections.abc import Callable

from moderation.runtime import Runtime
from moderation.steps import sweeping


def once(runtime: Runtime) -> Callable[[], int]:
    def sweep() -> int:
        sweeping.sweep(runtime.work, now=runtime.now())
        return 0

    return sweep
