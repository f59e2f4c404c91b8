"""The job ``deliver_callbacks``."""

import random
from collections.abc import Callable

from moderation.runtime import Runtime
from moderation.steps import calling_back


def due(runtime: Runtime) -> Callable[[], int]:
    jitter = random.Random()  # noqa: S311 - spreads retries, guards nothing
    return lambda: calling_back.deliver_due(
        runtime.work, runtime.callback_client, runtime.vault, now=runtime.now, jitter=jitter.random
    )
