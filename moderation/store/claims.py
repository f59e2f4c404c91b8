"""Moderators' short leases on comments."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from moderation.store.schema import Claim, Moderator


@dataclass(frozen=True, slots=True)
class Holder:
    moderator_id: int
    name: str
    until: datetime


def take(
    connection: Connection, comment_id: int, *, moderator_id: int, token: uuid.UUID, now: datetime, until: datetime
) -> bool:
    """Takes or renews a claim; false where somebody else's still runs."""
    statement = upsert(Claim).values(comment_id=comment_id, moderator_id=moderator_id, token=token, until=until)
    row = connection.execute(
        statement.on_conflict_do_update(
            index_elements=[Claim.comment_id],
            set_={"moderator_id": moderator_id, "token": token, "until": until},
            where=or_(Claim.moderator_id == moderator_id, Claim.until < now),
        ).returning(Claim.comment_id)
    ).first()
    return row is not None


def holder(connection: Connection, comment_id: int, now: datetime) -> Holder | None:
    """Who holds a comment now."""
    row = connection.execute(
        select(Claim.moderator_id, Moderator.name, Claim.until)
        .join(Moderator, Moderator.id == Claim.moderator_id)
        .where(Claim.comment_id == comment_id, Claim.until >= now)
    ).one_or_none()
    return Holder(row.moderator_id, row.name, row.until) if row else None


def drop(
    connection: Connection, comment_id: int, *, moderator_id: int | None = None, token: uuid.UUID | None = None
) -> bool:
    """Ends a claim, only the given moderator's where one is named, and only the very lease whose token is given."""
    statement = delete(Claim).where(Claim.comment_id == comment_id)
    if moderator_id is not None:
        statement = statement.where(Claim.moderator_id == moderator_id)
    if token is not None:
        statement = statement.where(Claim.token == token)
    return connection.execute(statement).rowcount > 0


def drop_stale(connection: Connection, now: datetime) -> int:
    return connection.execute(delete(Claim).where(Claim.until < now)).rowcount
