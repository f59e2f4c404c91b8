"""Log-ins, kept by the SHA-256 of their token, so that each can be ended and a leaked table opens nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, case, delete, func, insert, select, update

from moderation.store.schema import Moderator, Session

LONG_AWAY: Final = timedelta(hours=4)
"""An absence from here on counts as one between shifts."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who a session belongs to."""

    moderator_id: int
    name: str
    language: str
    theme: str = "system"
    keys: Mapping[str, str] = field(default_factory=dict)
    mask: str = "auto"
    break_after: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as its owner sees it. ``device`` is a coarse name, empty where none was recognised."""

    id: int
    device: str
    begun_at: datetime
    used_at: datetime
    current: bool


def start(
    connection: Connection,
    digest: bytes,
    moderator_id: int,
    *,
    now: datetime,
    idle_until: datetime,
    until: datetime,
    device: str,
) -> None:
    connection.execute(delete(Session).where(Session.until < func.now()))
    connection.execute(
        insert(Session).values(
            digest=digest,
            moderator_id=moderator_id,
            idle_until=idle_until,
            until=until,
            used_at=now,
            created_at=now,
            device=device,
        )
    )
    _see(connection, moderator_id, now)


def visitor(connection: Connection, digest: bytes, now: datetime) -> tuple[Visitor, datetime] | None:
    """The person behind a session that still runs, and until when it may idle."""
    row = connection.execute(
        select(
            Moderator.id,
            Moderator.name,
            Moderator.language,
            Moderator.theme,
            Moderator.keys,
            Moderator.mask,
            Moderator.break_after,
            Session.idle_until,
        )
        .join(Session, Session.moderator_id == Moderator.id)
        .where(Session.digest == digest, Session.idle_until > now, Session.until > now, Moderator.disabled_at.is_(None))
    ).one_or_none()
    return (Visitor(*row[:-1]), row.idle_until) if row else None


def keep(connection: Connection, digest: bytes, moderator_id: int, *, now: datetime, idle_until: datetime) -> None:
    """Notes that a session is in use."""
    connection.execute(update(Session).where(Session.digest == digest).values(idle_until=idle_until, used_at=now))
    _see(connection, moderator_id, now)


def _see(connection: Connection, moderator_id: int, now: datetime) -> None:
    """Somebody is there. If they had not been for long, from when to when is kept until the next such absence."""
    was_away = Moderator.seen_at < now - LONG_AWAY
    connection.execute(
        update(Moderator)
        .where(Moderator.id == moderator_id)
        .values(
            seen_at=now,
            left_at=case((was_away, Moderator.seen_at), else_=Moderator.left_at),
            returned_at=case((was_away, now), else_=Moderator.returned_at),
        )
    )


def absence(connection: Connection, moderator_id: int) -> tuple[datetime | None, datetime | None]:
    """From when to when somebody was away for long the last time."""
    row = connection.execute(select(Moderator.left_at, Moderator.returned_at).where(Moderator.id == moderator_id)).one()
    return row.left_at, row.returned_at


def ended_absence(connection: Connection, digest: bytes) -> bool:
    """Whether a session is the one with which a long absence ended."""
    return bool(
        connection.scalar(
            select(Session.created_at == Moderator.returned_at)
            .join(Moderator, Moderator.id == Session.moderator_id)
            .where(Session.digest == digest)
        )
    )


def listed(connection: Connection, moderator_id: int, current: bytes, now: datetime) -> list[Listed]:
    """A person's sessions that still run, the one that asks first, then the last used."""
    rows = connection.execute(
        select(Session.id, Session.device, Session.created_at, Session.used_at, Session.digest)
        .where(Session.moderator_id == moderator_id, Session.idle_until > now, Session.until > now)
        .order_by((Session.digest == current).desc(), Session.used_at.desc(), Session.id.desc())
    )
    return [Listed(row.id, row.device, row.created_at, row.used_at, row.digest == current) for row in rows]


def end_one(connection: Connection, moderator_id: int, session_id: int) -> bool:
    """Ends one session of this very person; whether there was one."""
    ended = connection.execute(delete(Session).where(Session.moderator_id == moderator_id, Session.id == session_id))
    return ended.rowcount > 0


def end_others(connection: Connection, moderator_id: int, current: bytes) -> int:
    """Ends every session of a person but the current one; returns how many."""
    return connection.execute(
        delete(Session).where(Session.moderator_id == moderator_id, Session.digest != current)
    ).rowcount


def end(connection: Connection, digest: bytes) -> None:
    connection.execute(delete(Session).where(Session.digest == digest))


def end_all(connection: Connection, moderator_id: int) -> None:
    """Ends every session of a person, as a new password must."""
    connection.execute(delete(Session).where(Session.moderator_id == moderator_id))
