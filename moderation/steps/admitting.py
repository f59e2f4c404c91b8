"""Lets people in: a password set by a one-time link, log-in with a delay against guessing, and sessions.

A session is a random token in a cookie; the database keeps its SHA-256. Unknown e-mail and wrong password cost the same
time and say the same.
"""

import math
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from moderation.domain.errors import InvalidValueError, LinkExpiredError, LoginDelayedError, LoginRefusedError
from moderation.store import moderators, sessions
from moderation.store.moderators import RoleAt
from moderation.store.sessions import Visitor
from moderation.store.unit_of_work import UnitOfWork, Work
from moderation.vault import Vault

IDLE: Final = timedelta(minutes=30)
ABSOLUTE: Final = timedelta(hours=12)
SHORTEST_PASSWORD: Final = 10
_LONGEST_PASSWORD: Final = 256
_FREE_FAILURES: Final = 5
_LONGEST_DELAY: Final = 15 * 60
_FORGOTTEN_AFTER: Final = timedelta(hours=1)
_RENEW_AFTER: Final = timedelta(minutes=1)
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=47_104, parallelism=1)
"""argon2id with 46 MiB, above OWASP's least of 19 MiB."""
_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""Hashes computed at once in a process, so that a flood of log-ins cannot take all its memory."""
# A hash of nobody's password: verifying against it costs an unknown e-mail what a known one costs.
_NOBODYS_HASH: Final = (
    "$argon2id$v=19$m=47104,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"
)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A session that runs: who, and their roles."""

    visitor: Visitor
    roles: tuple[RoleAt, ...]


def set_password(work: Work, vault: Vault, *, token: str, password: str, now: datetime) -> str:
    """Uses a one-time link up, sets the password, ends the person's other sessions; returns a new session's token.

    Raises:
        LinkExpiredError: the link was used, or is too old.
        InvalidValueError: the password is too short or too long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise InvalidValueError(
            "A password has {shortest} to {longest} characters.", shortest=SHORTEST_PASSWORD, longest=_LONGEST_PASSWORD
        )
    with _AT_ONCE:
        password_hash = _HASHER.hash(password)
    with work() as unit:
        moderator_id = moderators.use_invitation(unit.connection, vault.token_digest(token), now)
        if moderator_id is None:
            raise LinkExpiredError("This link was used before or is too old. Ask an administrator for a new one.")
        moderators.set_password(unit.connection, moderator_id, password_hash)
        sessions.end_all(unit.connection, moderator_id)
    return _start(work, vault, moderator_id, now)


def log_in(work: Work, vault: Vault, *, email: str, password: str, address: str, now: datetime) -> str:
    """A new session's token for the right password.

    Raises:
        LoginRefusedError: unknown e-mail or wrong password; the same in words and time.
        LoginDelayedError: too many failures of late for this account or address.
    """
    # PostgreSQL refuses NUL in text; no account has one, so the replaced e-mail is an unknown one.
    email = email.replace("\0", "\ufffd").strip().lower()
    account_key = vault.keyed_digest("login-account", email)
    address_key = vault.keyed_digest("login-address", address)
    with work() as unit:
        _count_attempt(unit, (account_key, address_key), now)
        account = moderators.by_email(unit.connection, email)
    right = _matches(account.password_hash if account else None, password)
    if account is None or not right:
        raise LoginRefusedError("E-mail or password is wrong. Try again, or ask an administrator for a new link.")
    with work() as unit:
        moderators.forget_attempts(unit.connection, account_key)
        moderators.take_back_attempt(unit.connection, address_key)
    return _start(work, vault, account.id, now)


def _count_attempt(unit: UnitOfWork, keys: Sequence[bytes], now: datetime) -> None:
    """Counts an attempt before its password is looked at, so that guesses at the same moment count each other.

    An attempt that must wait is not counted: who keeps asking makes the wait no longer.
    """
    attempts = moderators.lock_attempts(unit.connection, keys, now)
    counts = {key: _still_counted(one, now) for key, one in attempts.items()}
    wait = max(_wait(counts[key], attempts[key].last_at, now) for key in keys)
    if wait > 0:
        raise LoginDelayedError(wait)
    for key, count in counts.items():
        moderators.set_attempts(unit.connection, key, count + 1, max(now, attempts[key].last_at))


def _still_counted(attempts: moderators.Attempts, now: datetime) -> int:
    return 0 if now - attempts.last_at > _FORGOTTEN_AFTER else attempts.count


def _wait(count: int, last_at: datetime, now: datetime) -> int:
    """Whole seconds still to wait: none for the first five, then 1, 2, 4 … up to a quarter of an hour from the last."""
    if count < _FREE_FAILURES:
        return 0
    delay = min(2 ** min(count - _FREE_FAILURES, 20), _LONGEST_DELAY)
    return max(0, math.ceil((last_at + timedelta(seconds=delay) - now).total_seconds()))


def forget_old_attempts(unit: UnitOfWork, now: datetime) -> None:
    """Drops counts that no log-in looks at any more; the sweep asks for it."""
    moderators.forget_attempts_before(unit.connection, now - _FORGOTTEN_AFTER)


def _matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. It costs the same for nobody's hash, and for a password that is too long."""
    with _AT_ONCE:
        try:
            _HASHER.verify(password_hash or _NOBODYS_HASH, password[:_LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None and len(password) <= _LONGEST_PASSWORD


def _start(work: Work, vault: Vault, moderator_id: int, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    with work() as unit:
        digest = vault.token_digest(token)
        sessions.start(unit.connection, digest, moderator_id, idle_until=now + IDLE, until=now + ABSOLUTE)
    return token


def recognise(work: Work, vault: Vault, *, token: str, now: datetime) -> Admitted | None:
    """Who a cookie's token belongs to, with their roles as they are now; renews the session's idle time."""
    digest = vault.token_digest(token)
    with work() as unit:
        found = sessions.visitor(unit.connection, digest, now)
        if found is None:
            return None
        visitor, idle_until = found
        if idle_until - now < IDLE - _RENEW_AFTER:
            sessions.keep(unit.connection, digest, now + IDLE)
        return Admitted(visitor, tuple(moderators.roles(unit.connection, visitor.moderator_id)))


def log_out(work: Work, vault: Vault, *, token: str) -> None:
    with work() as unit:
        sessions.end(unit.connection, vault.token_digest(token))


def set_language(work: Work, *, moderator_id: int, language: str) -> None:
    if language not in {"bn", "en"}:
        raise InvalidValueError("The languages of the dashboard are bn and en.")
    with work() as unit:
        moderators.set_language(unit.connection, moderator_id, language)
