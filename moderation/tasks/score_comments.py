"""The jobs ``score_comments`` and ``score_singly``."""

from collections.abc import Callable

from moderation.domain import audit
from moderation.runtime import Runtime
from moderation.steps import scoring
from moderation.steps.scoring import Aside


def fresh(runtime: Runtime) -> Callable[[], int]:
    aside = _aside(runtime)
    return lambda: scoring.score_comments(runtime.work, runtime.live.current, now=runtime.now, aside=aside)


def singly(runtime: Runtime) -> Callable[[], int]:
    aside = _aside(runtime)
    return lambda: scoring.score_singly(runtime.work, runtime.live.current, now=runtime.now, aside=aside)


def _aside(runtime: Runtime) -> Aside:
    return Aside(runtime.shadow.current, audit.lots(runtime.vault.keyed_digest))
