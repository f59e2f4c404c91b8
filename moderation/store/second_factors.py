"""Secrets of one-time codes, encrypted, with the codes that were used; recovery codes by their SHA-256."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from moderation.store.schema import RecoveryCode, SecondFactor


@dataclass(frozen=True, slots=True)
class Stored:
    secret: bytes
    """As the vault encrypted it."""
    confirmed: bool


def of(connection: Connection, moderator_id: int) -> Stored | None:
    row = connection.execute(
        select(SecondFactor.secret, SecondFactor.confirmed_at).where(SecondFactor.moderator_id == moderator_id)
    ).one_or_none()
    return Stored(row.secret, row.confirmed_at is not None) if row else None


def begin(connection: Connection, moderator_id: int, secret: bytes) -> None:
    """Keeps a secret that does not count yet, in place of another such one; one that counts stays."""
    connection.execute(
        upsert(SecondFactor)
        .values(moderator_id=moderator_id, secret=secret)
        .on_conflict_do_update(
            index_elements=[SecondFactor.moderator_id],
            set_={"secret": secret, "last_step": 0},
            where=SecondFactor.confirmed_at.is_(None),
        )
    )


def confirm(connection: Connection, moderator_id: int, now: datetime) -> bool:
    """Lets the secret count; False where it did already."""
    confirmed = connection.execute(
        update(SecondFactor)
        .where(SecondFactor.moderator_id == moderator_id, SecondFactor.confirmed_at.is_(None))
        .values(confirmed_at=now)
    )
    return confirmed.rowcount > 0


def use_step(connection: Connection, moderator_id: int, step: int) -> bool:
    """Uses up the code of a time step and all before it; of two at once one gets it."""
    used = connection.execute(
        update(SecondFactor)
        .where(SecondFactor.moderator_id == moderator_id, SecondFactor.last_step < step)
        .values(last_step=step)
    )
    return used.rowcount > 0


def replace_recovery_codes(connection: Connection, moderator_id: int, digests: Sequence[bytes]) -> None:
    connection.execute(delete(RecoveryCode).where(RecoveryCode.moderator_id == moderator_id))
    connection.execute(insert(RecoveryCode), [{"moderator_id": moderator_id, "digest": one} for one in digests])


def use_recovery_code(connection: Connection, moderator_id: int, digest: bytes) -> bool:
    used = connection.execute(
        delete(RecoveryCode).where(RecoveryCode.moderator_id == moderator_id, RecoveryCode.digest == digest)
    )
    return used.rowcount > 0


def recovery_codes_left(connection: Connection, moderator_id: int) -> int:
    return connection.scalar(select(func.count()).where(RecoveryCode.moderator_id == moderator_id)) or 0


def remove(connection: Connection, moderator_id: int) -> bool:
    """Forgets secret and recovery codes; False where there was no secret."""
    connection.execute(delete(RecoveryCode).where(RecoveryCode.moderator_id == moderator_id))
    return connection.execute(delete(SecondFactor).where(SecondFactor.moderator_id == moderator_id)).rowcount > 0
