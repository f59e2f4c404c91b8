"""Slows guessing down: five attempts are free, then each must wait twice as long, up to a quarter of an hour."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from moderation.domain.errors import LoginDelayedError
from moderation.store import moderators
from moderation.store.unit_of_work import UnitOfWork, Work

_FREE_FAILURES: Final = 5
_LONGEST_DELAY: Final = 15 * 60
_FORGOTTEN_AFTER: Final = timedelta(hours=1)


def count_attempt(unit: UnitOfWork, keys: Sequence[bytes], now: datetime) -> None:
    """Counts an attempt before its secret is looked at, so that guesses at the same moment count each other.

    An attempt that must wait is not counted: who keeps asking makes the wait no longer.

    Raises:
        LoginDelayedError: too many failures of late for one of these keys.
    """
    attempts = moderators.lock_attempts(unit.connection, keys, now)
    counts = {key: _still_counted(one, now) for key, one in attempts.items()}
    wait = max(_wait(counts[key], attempts[key].last_at, now) for key in keys)
    if wait > 0:
        raise LoginDelayedError(wait)
    for key, count in counts.items():
        moderators.set_attempts(unit.connection, key, count + 1, max(now, attempts[key].last_at))


def forgive(work: Work, account_key: bytes, address_key: bytes) -> None:
    """The attempt was right: the account's count goes, and the address has one less."""
    with work() as unit:
        moderators.forget_attempts(unit.connection, account_key)
        moderators.take_back_attempt(unit.connection, address_key)


def forget_old_attempts(unit: UnitOfWork, now: datetime) -> None:
    """Drops counts that no log-in looks at any more; the sweep asks for it."""
    moderators.forget_attempts_before(unit.connection, now - _FORGOTTEN_AFTER)


def _still_counted(attempts: moderators.Attempts, now: datetime) -> int:
    return 0 if now - attempts.last_at > _FORGOTTEN_AFTER else attempts.count


def _wait(count: int, last_at: datetime, now: datetime) -> int:
    """Whole seconds still to wait: none for the first five, then 1, 2, 4 … up to a quarter of an hour from the last."""
    if count < _FREE_FAILURES:
        return 0
    delay = min(2 ** min(count - _FREE_FAILURES, 20), _LONGEST_DELAY)
    return max(0, math.ceil((last_at + timedelta(seconds=delay) - now).total_seconds()))
