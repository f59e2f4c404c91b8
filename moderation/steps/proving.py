"""The second step of a log-in: one-time codes of a device (TOTP, RFC 6238), and recovery codes for when it is lost.

A code counts for its own 30 seconds and the 30 before and after, for clocks that are a little off (RFC 6238, 5.2), and
once: with it all codes up to its time are used up.
"""

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyotp
import segno

from moderation.domain.errors import CodeRefusedError, ConflictError
from moderation.store import audit_log, second_factors, sessions
from moderation.store.unit_of_work import UnitOfWork, Work
from moderation.vault import Vault

STEP_SECONDS: Final = 30
_SKEW: Final = (0, -1, 1)
RECOVERY_CODES: Final = 10
_RECOVERY_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_RECOVERY_LENGTH: Final = 16
"""About 79 bits: nobody guesses one, and nobody finds one from its SHA-256."""
_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class SetUp:
    """What the person's device needs to know: the secret in base32, and the same as a picture (an SVG data URI)."""

    secret: str
    picture: str


@dataclass(frozen=True, slots=True)
class Standing:
    """``waiting`` is the set-up that was begun and not confirmed."""

    on: bool
    recovery_codes_left: int
    waiting: SetUp | None


def asks_for_code(work: Work, moderator_id: int) -> bool:
    with work() as unit:
        stored = second_factors.of(unit.connection, moderator_id)
    return stored is not None and stored.confirmed


def standing(work: Work, vault: Vault, *, moderator_id: int, email: str) -> Standing:
    """How the person's second step stands. VaultError where a begun secret cannot be read any more."""
    with work() as unit:
        stored = second_factors.of(unit.connection, moderator_id)
        left = second_factors.recovery_codes_left(unit.connection, moderator_id)
    if stored is None or stored.confirmed:
        return Standing(on=stored is not None, recovery_codes_left=left, waiting=None)
    secret = vault.decrypt(stored.secret)
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Alochona")
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return Standing(on=False, recovery_codes_left=0, waiting=SetUp(secret, picture))


def begin(work: Work, vault: Vault, *, moderator_id: int) -> None:
    """Makes a secret, which counts only once a code of it was entered. Where one counts already nothing changes."""
    with work() as unit:
        second_factors.begin(unit.connection, moderator_id, vault.encrypt(pyotp.random_base32()))


def confirm(work: Work, vault: Vault, *, moderator_id: int, code: str, now: datetime) -> list[str]:
    """Switches the second step on; returns the recovery codes, which can be read only this once.

    Raises:
        CodeRefusedError: the code does not fit the secret.
        ConflictError: nothing was begun, or it is on already.
    """
    with work() as unit:
        stored = second_factors.of(unit.connection, moderator_id)
        if stored is None or stored.confirmed:
            raise ConflictError("There is nothing to confirm. Load the page again.")
        step = _fitting_step(vault.decrypt(stored.secret), _plain(code), now)
        if step is None or not second_factors.use_step(unit.connection, moderator_id, step):
            raise _refused()
        if not second_factors.confirm(unit.connection, moderator_id, now):
            raise ConflictError("There is nothing to confirm. Load the page again.")
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        digests = [vault.token_digest(one.replace("-", "")) for one in codes]
        second_factors.replace_recovery_codes(unit.connection, moderator_id, digests)
        _note(unit, moderator_id, "codes.switched_on")
    return codes


def use_code(work: Work, vault: Vault, *, moderator_id: int, code: str, now: datetime) -> None:
    """Uses a one-time code or a recovery code up.

    Raises:
        CodeRefusedError: it is wrong, too old, or was used before.
    """
    given = _plain(code)
    with work() as unit:
        stored = second_factors.of(unit.connection, moderator_id)
        if stored is None or not stored.confirmed:
            raise _refused()
        if len(given) == _RECOVERY_LENGTH:
            if not second_factors.use_recovery_code(unit.connection, moderator_id, vault.token_digest(given)):
                raise _refused()
            _note(unit, moderator_id, "codes.recovery_code_used")
            return
        step = _fitting_step(vault.decrypt(stored.secret), given, now)
        if step is None or not second_factors.use_step(unit.connection, moderator_id, step):
            raise _refused()


def switch_off(work: Work, *, moderator_id: int, current: bytes) -> None:
    """Takes the second step off one's own log-in and ends one's other sessions."""
    with work() as unit:
        if second_factors.remove(unit.connection, moderator_id):
            sessions.end_others(unit.connection, moderator_id, current)
            _note(unit, moderator_id, "codes.switched_off")


def _fitting_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step that the code belongs to, if it is one of the three that count now."""
    totp, step = pyotp.TOTP(secret, digits=_DIGITS, interval=STEP_SECONDS), int(now.timestamp()) // STEP_SECONDS
    fitting = [step + off for off in _SKEW if hmac.compare_digest(totp.generate_otp(step + off), code)]
    return fitting[0] if fitting else None


def _plain(code: str) -> str:
    """The code as it is compared: digits of any script as Latin ones, without the gaps that people type."""
    written = "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in code[:64])
    return "".join(one for one in written.lower() if one.isascii() and one.isalnum())


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_RECOVERY_LETTERS) for _ in range(_RECOVERY_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, _RECOVERY_LENGTH, 4))


def _refused() -> CodeRefusedError:
    return CodeRefusedError("This code is wrong, too old or was used before. Take the next one that your device shows.")


def _note(unit: UnitOfWork, moderator_id: int, act: str) -> None:
    actor = f"moderator {moderator_id}"
    audit_log.record(unit.connection, actor=actor, act=act, subject=actor)
