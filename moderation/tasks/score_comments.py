"""The jobs ``score_comments`` and ``score_singly``."""

from collections.abc import Callable

from moderation.runtime import Runtime
from moderation.steps import scoring


def fresh(runtime: Runtime) -> Callable[[], int]:
    return lambda: scoring.score_comments(runtime.work, runtime.live.current, now=runtime.now)


def singly(runtime: Runtime) -> Callable[[], int]:
    return lambda: scoring.score_singly(runtime.work, runtime.live.current, now=runtime.now)
