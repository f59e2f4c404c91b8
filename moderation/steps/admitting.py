"""Lets people in: a password set by a one-time link, log-in with a delay against guessing, and sessions.

A session is a random token in a cookie; the database keeps its SHA-256. Unknown e-mail and wrong password cost the same
time and say the same.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from moderation import passwords
from moderation.domain.device import device_name
from moderation.domain.errors import InvalidValueError, LinkExpiredError, LoginRefusedError
from moderation.steps import braking, proving
from moderation.store import moderators, sessions
from moderation.store.moderators import RoleAt
from moderation.store.sessions import Visitor
from moderation.store.unit_of_work import Work
from moderation.vault import Vault, VaultError

IDLE: Final = timedelta(minutes=30)
ABSOLUTE: Final = timedelta(hours=12)
_RENEW_AFTER: Final = timedelta(minutes=1)
_TICKET_LASTS: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """The password was right; ``ticket`` says so for ten minutes, to go with the one-time code."""

    ticket: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """A session that runs: who, and their roles."""

    visitor: Visitor
    roles: tuple[RoleAt, ...]


def set_password(
    work: Work, vault: Vault, *, token: str, password: str, now: datetime, user_agent: str = ""
) -> str | CodeNeeded:
    """Uses a one-time link up, sets the password, ends the person's other sessions and links; returns a new session's
    token.

    The link is no way around the second step: who has set one up is asked for a code here too.

    Raises:
        LinkExpiredError: the link was used, or is too old.
        InvalidValueError: the password is too short or too long.
    """
    password_hash = passwords.hashed(password)
    with work() as unit:
        moderator_id = moderators.use_invitation(unit.connection, vault.token_digest(token), now)
        if moderator_id is None:
            raise LinkExpiredError("This link was used before or is too old. Ask an administrator for a new one.")
        moderators.void_links(unit.connection, moderator_id, now)
        moderators.set_password(unit.connection, moderator_id, password_hash)
        sessions.end_all(unit.connection, moderator_id)
    return _proceed(work, vault, moderator_id, password_hash, now, user_agent)


def log_in(
    work: Work, vault: Vault, *, email: str, password: str, address: str, now: datetime, user_agent: str = ""
) -> str | CodeNeeded:
    """A new session's token for the right password; a ticket where a one-time code is needed besides.

    Raises:
        LoginRefusedError: unknown e-mail or wrong password; the same in words and time.
        LoginDelayedError: too many failures of late for this account or address.
    """
    # PostgreSQL refuses NUL in text; no account has one, so the replaced e-mail is an unknown one.
    email = email.replace("\0", "\ufffd").strip().lower()
    account_key = vault.keyed_digest("login-account", email)
    address_key = vault.keyed_digest("login-address", address)
    with work() as unit:
        braking.count_attempt(unit, (account_key, address_key), now)
        account = moderators.by_email(unit.connection, email)
    right = passwords.matches(account.password_hash if account else None, password)
    if account is None or not right:
        raise LoginRefusedError("E-mail or password is wrong. Try again, or ask an administrator for a new link.")
    braking.forgive(work, account_key, address_key)
    return _proceed(work, vault, account.id, account.password_hash or "", now, user_agent)


def log_in_with_code(
    work: Work, vault: Vault, *, ticket: str, code: str, address: str, now: datetime, user_agent: str = ""
) -> str:
    """The second step: a new session's token for a ticket and a one-time code or recovery code.

    Attempts are counted apart from those at passwords: who knows the password cannot clear them by entering it.

    Raises:
        LoginRefusedError: the ticket is too old, or the password changed since.
        CodeRefusedError: the code is wrong, or was used before.
        LoginDelayedError: too many failures of late for this account or address.
    """
    moderator_id = _ticket_holder(work, vault, ticket, now)
    account_key = vault.keyed_digest("login-code", str(moderator_id))
    address_key = vault.keyed_digest("login-address", address)
    with work() as unit:
        braking.count_attempt(unit, (account_key, address_key), now)
    proving.use_code(work, vault, moderator_id=moderator_id, code=code, now=now)
    braking.forgive(work, account_key, address_key)
    return _start(work, vault, moderator_id, now, user_agent)


def _proceed(
    work: Work, vault: Vault, moderator_id: int, password_hash: str, now: datetime, user_agent: str
) -> str | CodeNeeded:
    if not proving.asks_for_code(work, moderator_id):
        return _start(work, vault, moderator_id, now, user_agent)
    until = int((now + _TICKET_LASTS).timestamp())
    # The hash goes along as a digest, so that a ticket dies with the password that it was given for.
    return CodeNeeded(vault.encrypt(f"{moderator_id} {until} {_trace(vault, password_hash)}").decode())


def _ticket_holder(work: Work, vault: Vault, ticket: str, now: datetime) -> int:
    try:
        identity, until, trace = vault.decrypt(ticket.encode()).split(" ")
        moderator_id, fresh = int(identity), now.timestamp() < int(until)
    except (VaultError, ValueError):
        raise LoginRefusedError("This took too long. Log in again from the start.") from None
    with work() as unit:
        account = moderators.by_id(unit.connection, moderator_id)
    if account is None or not fresh or trace != _trace(vault, account.password_hash or ""):
        raise LoginRefusedError("This took too long. Log in again from the start.")
    return moderator_id


def _trace(vault: Vault, password_hash: str) -> str:
    return vault.keyed_digest("login-ticket", password_hash).hex()


def _start(work: Work, vault: Vault, moderator_id: int, now: datetime, user_agent: str) -> str:
    token = secrets.token_urlsafe(32)
    with work() as unit:
        sessions.start(
            unit.connection,
            vault.token_digest(token),
            moderator_id,
            now=now,
            idle_until=now + IDLE,
            until=now + ABSOLUTE,
            device=device_name(user_agent),
        )
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
            sessions.keep(unit.connection, digest, visitor.moderator_id, now=now, idle_until=now + IDLE)
        return Admitted(visitor, tuple(moderators.roles(unit.connection, visitor.moderator_id)))


def log_out(work: Work, vault: Vault, *, token: str) -> None:
    with work() as unit:
        sessions.end(unit.connection, vault.token_digest(token))


def set_language(work: Work, *, moderator_id: int, language: str) -> None:
    if language not in {"bn", "en"}:
        raise InvalidValueError("The languages of the dashboard are bn and en.")
    with work() as unit:
        moderators.set_language(unit.connection, moderator_id, language)
