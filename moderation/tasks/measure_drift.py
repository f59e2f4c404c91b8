"""The job ``measure_drift``."""

from collections.abc import Callable

from moderation.drawing import drawn_elsewhere
from moderation.runtime import Runtime
from moderation.steps import measuring


def if_due(runtime: Runtime) -> Callable[[], int]:
    return lambda: measuring.measure_drift(runtime.work, runtime.live.current, drawn_elsewhere, now=runtime.now())
