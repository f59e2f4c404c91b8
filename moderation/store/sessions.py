"""Log-ins, kept by the SHA-256 of their token, so that each can be ended and a leaked table opens nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from moderation.store.schema import Moderator, Session


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who a session belongs to."""

    moderator_id: int
    name: str
    language: str


def start(connection: Connection, digest: bytes, moderator_id: int, *, idle_until: datetime, until: datetime) -> None:
    connection.execute(delete(Session).where(Session.until < func.now()))
    connection.execute(
        insert(Session).values(digest=digest, moderator_id=moderator_id, idle_until=idle_until, until=until)
    )


def visitor(connection: Connection, digest: bytes, now: datetime) -> tuple[Visitor, datetime] | None:
    """The person behind a session that still runs, and until when it may idle."""
    row = connection.execute(
        select(Moderator.id, Moderator.name, Moderator.language, Session.idle_until)
        .join(Session, Session.moderator_id == Moderator.id)
        .where(Session.digest == digest, Session.idle_until > now, Session.until > now, Moderator.disabled_at.is_(None))
    ).one_or_none()
    return (Visitor(row.id, row.name, row.language), row.idle_until) if row else None


def keep(connection: Connection, digest: bytes, idle_until: datetime) -> None:
    connection.execute(update(Session).where(Session.digest == digest).values(idle_until=idle_until))


def end(connection: Connection, digest: bytes) -> None:
    connection.execute(delete(Session).where(Session.digest == digest))


def end_all(connection: Connection, moderator_id: int) -> None:
    """Ends every session of a person, as a new password must."""
    connection.execute(delete(Session).where(Session.moderator_id == moderator_id))
