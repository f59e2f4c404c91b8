"""What every job shares: logging of start, end and failure, in one place."""

import time
from collections.abc import Callable

import structlog

_log = structlog.get_logger(__name__)


def logged(name: str, body: Callable[[], int]) -> Callable[[], None]:
    """The job's body, logged with how much it did; a failure is logged and swallowed.

    The rows still wait and the sweep announces them again, so a retry by Celery would only do the same work twice.
    """

    def run() -> None:
        started = time.perf_counter()
        try:
            done = body()
        except Exception:  # noqa: BLE001 - logged here for every job alike
            _log.exception("job_failed", job=name)
            return
        if done:
            _log.info("job_done", job=name, done=done, milliseconds=round(1000 * (time.perf_counter() - started)))

    return run
