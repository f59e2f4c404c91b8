"""The job ``send_notices``."""

import random
from collections.abc import Callable

from moderation.runtime import Runtime
from moderation.steps import sending_notices
from moderation.steps.sending_notices import Ways


def due(runtime: Runtime) -> Callable[[], int]:
    jitter = random.Random()  # noqa: S311 - spreads retries, guards nothing
    ways = Ways(runtime.mail_client, runtime.callback_client, runtime.vault, runtime.settings.base_url)
    return lambda: sending_notices.send_due(runtime.work, ways, now=runtime.now, jitter=jitter.random)
