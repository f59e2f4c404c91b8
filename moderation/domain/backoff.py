"""When a callback is tried again, and when an endpoint that keeps failing is left alone for a while.

All times are seconds. The schedule is the example of the Standard Webhooks specification 1.0.0: ten attempts over some
75.6 hours. Chance comes from the caller, as ``jitter`` in [0, 1), so that every rule here is a plain function.
"""

from collections.abc import Sequence
from typing import Final

SECOND, MINUTE, HOUR = 1.0, 60.0, 3_600.0
DAY: Final = 24 * HOUR

CALLBACK_SCHEDULE: Final[tuple[float, ...]] = (
    0.0,
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
)
"""How long to wait before each attempt, counted from the one before."""

NOTICE_SCHEDULE: Final[tuple[float, ...]] = (
    0.0,
    30 * SECOND,
    2 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    6 * HOUR,
)
"""The same for a notice to people: a morning's outage of a mail server is outlasted; later the news is old."""

SPREAD: Final = 0.2
"""A delay is stretched or shortened by up to this share, so that what failed together does not come back together."""

SLOW_FLOOR: Final = 30 * MINUTE
"""A refusal that somebody must repair at the receiver is not asked again sooner than this."""

BREAKER_FAILURES: Final = 4
BREAKER_FIRST: Final = MINUTE

DISABLED_AFTER: Final = 5 * DAY
"""An endpoint that has failed so long without a break gets nothing any more until a person switches it on again."""


def next_attempt_delay(
    attempts_made: int,
    *,
    retry_after: float | None,
    slow: bool,
    jitter: float,
    schedule: Sequence[float] = CALLBACK_SCHEDULE,
) -> float | None:
    """Seconds until the next attempt, or None when the schedule is used up and no more is tried.

    ``retry_after`` (what the receiver asked for) lengthens a delay up to a day and never shortens one: ten attempts a
    second apart would otherwise be spent before anybody has repaired the receiver. ``slow`` is for answers that will
    not change by themselves.
    """
    if attempts_made < 0 or not 0.0 <= jitter < 1.0:
        message = f"attempts_made must not be negative and jitter must be in [0, 1): {attempts_made}, {jitter}"
        raise ValueError(message)
    if attempts_made >= len(schedule):
        return None
    base = schedule[attempts_made]
    if slow and attempts_made:
        base = max(base, SLOW_FLOOR)
    planned = base * (1.0 - SPREAD + 2.0 * SPREAD * jitter)
    if retry_after is None:
        return planned
    asked = min(max(1.0, retry_after), DAY)
    return max(planned, asked * (1.0 + SPREAD * jitter))


def breaker_open_for(consecutive_failures: int) -> float:
    """Seconds for which an endpoint gets nothing: from the fourth failure in a row a minute, doubling up to a day."""
    if consecutive_failures < BREAKER_FAILURES:
        return 0.0
    doublings = min(consecutive_failures - BREAKER_FAILURES, 16)  # 2 ** 16 minutes are already past a day
    return min(BREAKER_FIRST * 2.0**doublings, DAY)


def is_given_up(consecutive_failures: int, failing_for: float) -> bool:
    """Whether an endpoint that has been failing for so many seconds is disabled.

    A few failures alone are no proof, however far apart: between them there may simply have been nothing to send.
    """
    return consecutive_failures >= BREAKER_FAILURES and failing_for >= DISABLED_AFTER
