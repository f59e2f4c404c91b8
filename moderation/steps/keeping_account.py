"""One's own account: the password, how pages look, the sessions that run, the second step of the log-in.

Whatever opens the account to somebody else asks for the password once more, under the same brake as the log-in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from moderation import passwords
from moderation.domain import keyboard
from moderation.domain.errors import InvalidValueError, LoginRefusedError, NotFoundError
from moderation.domain.keyboard import KeyAct
from moderation.steps import braking, proving
from moderation.steps.proving import Standing
from moderation.store import audit_log, moderators, sessions
from moderation.store.moderators import Account
from moderation.store.sessions import Listed
from moderation.store.unit_of_work import UnitOfWork, Work
from moderation.vault import Vault

THEMES: Final = ("system", "light", "dark")
MASKS: Final = ("auto", "always", "never")
"""Whether slurs are masked for a person: as the site has it, or not."""
BREAKS: Final = (0, 25, 45, 60, 90)
"""Minutes at the desk after which a break is suggested; 0 is never."""


@dataclass(frozen=True, slots=True)
class Own:
    """What a person sees of their account."""

    account: Account
    sessions: Sequence[Listed]
    codes: Standing


@dataclass(frozen=True, slots=True)
class Here:
    """Who acts, with the session's token that they act by, and from which address."""

    moderator_id: int
    token: str
    address: str


def own(work: Work, vault: Vault, *, here: Here, now: datetime) -> Own:
    with work() as unit:
        account = _account(unit, here)
        listed = sessions.listed(unit.connection, here.moderator_id, vault.token_digest(here.token), now)
    standing = proving.standing(work, vault, moderator_id=here.moderator_id, email=account.email)
    return Own(account, listed, standing)


def change_password(work: Work, vault: Vault, *, here: Here, old: str, new: str, now: datetime) -> int:
    """Sets a new password and ends the other sessions; returns how many.

    Raises:
        LoginRefusedError: the old password is wrong.
        LoginDelayedError: too many wrong ones of late.
        InvalidValueError: the new one is too short or too long.
    """
    _check_password(work, vault, here, old, now)
    password_hash = passwords.hashed(new)
    with work() as unit:
        moderators.set_password(unit.connection, here.moderator_id, password_hash)
        moderators.void_links(unit.connection, here.moderator_id, now)
        ended = sessions.end_others(unit.connection, here.moderator_id, vault.token_digest(here.token))
        _note(unit, here, "password.changed", sessions_ended=ended)
    return ended


def set_theme(work: Work, *, moderator_id: int, theme: str) -> None:
    if theme not in THEMES:
        raise InvalidValueError("The pages are light, dark, or as the device is.")
    with work() as unit:
        moderators.set_theme(unit.connection, moderator_id, theme)


def set_keys(work: Work, *, moderator_id: int, written: Mapping[KeyAct, str]) -> None:
    """Keeps a person's own keys. Raises InvalidValueError for one that cannot be chosen, or that stands at two acts."""
    own = keyboard.checked(written)
    with work() as unit:
        moderators.set_keys(unit.connection, moderator_id, own)


def set_comfort(work: Work, *, moderator_id: int, mask: str, break_after: int) -> None:
    """Keeps whether slurs are masked for a person, and after how many minutes a break is suggested."""
    if mask not in MASKS or break_after not in BREAKS:
        raise InvalidValueError("The form was damaged. Load the page again and repeat what you did.")
    with work() as unit:
        moderators.set_comfort(unit.connection, moderator_id, mask=mask, break_after=break_after)


def end_session(work: Work, *, here: Here, session_id: int) -> None:
    """Ends one of one's own sessions. Raises NotFoundError."""
    with work() as unit:
        if not sessions.end_one(unit.connection, here.moderator_id, session_id):
            raise NotFoundError("This session has ended already, or it is not yours.")
        _note(unit, here, "sessions.ended", sessions_ended=1)


def end_other_sessions(work: Work, vault: Vault, *, here: Here) -> int:
    with work() as unit:
        ended = sessions.end_others(unit.connection, here.moderator_id, vault.token_digest(here.token))
        _note(unit, here, "sessions.ended", sessions_ended=ended)
    return ended


def begin_codes(work: Work, vault: Vault, *, here: Here, password: str, now: datetime) -> None:
    """Begins to set the second step up, for who knows the password."""
    _check_password(work, vault, here, password, now)
    proving.begin(work, vault, moderator_id=here.moderator_id)


def switch_codes_off(work: Work, vault: Vault, *, here: Here, password: str, now: datetime) -> None:
    """Takes the second step off, for who knows the password."""
    _check_password(work, vault, here, password, now)
    proving.switch_off(work, moderator_id=here.moderator_id, current=vault.token_digest(here.token))


def _check_password(work: Work, vault: Vault, here: Here, password: str, now: datetime) -> None:
    with work() as unit:
        account = _account(unit, here)
        account_key = vault.keyed_digest("login-account", account.email)
        address_key = vault.keyed_digest("login-address", here.address)
        braking.count_attempt(unit, (account_key, address_key), now)
    if not passwords.matches(account.password_hash, password):
        raise LoginRefusedError("The present password is wrong. Nothing was changed.")
    braking.forgive(work, account_key, address_key)


def _account(unit: UnitOfWork, here: Here) -> Account:
    account = moderators.by_id(unit.connection, here.moderator_id)
    if account is None:
        raise NotFoundError("This account is closed.")
    return account


def _note(unit: UnitOfWork, here: Here, act: str, **details: object) -> None:
    actor = f"moderator {here.moderator_id}"
    audit_log.record(unit.connection, actor=actor, act=act, subject=actor, details=details)
