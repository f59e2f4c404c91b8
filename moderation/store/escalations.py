"""Comments that somebody handed on: to a colleague, or to whoever is senior."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from moderation.store.schema import Escalation, Moderator


@dataclass(frozen=True, slots=True)
class Open:
    """An escalation that has not ended; ``to`` is ``None`` where it is for whoever is senior."""

    comment_id: int
    by: str
    to: str | None
    to_id: int | None
    note: str
    at: datetime


def open_(
    connection: Connection, *, site_id: int, comment_id: int, by_id: int, to_id: int | None, note: str, now: datetime
) -> None:
    """Hands a locked comment on; an earlier handing on of it ends."""
    end(connection, comment_id, now)
    connection.execute(
        insert(Escalation).values(site_id=site_id, comment_id=comment_id, by_id=by_id, to_id=to_id, note=note, at=now)
    )


def end(connection: Connection, comment_id: int, now: datetime) -> bool:
    """Ends the open escalation of a comment, if there is one."""
    ended = connection.execute(
        update(Escalation)
        .where(Escalation.comment_id == comment_id, Escalation.ended_at.is_(None))
        .values(ended_at=func.greatest(Escalation.at, now))
    )
    return ended.rowcount > 0


def of(connection: Connection, comment_ids: Sequence[int]) -> dict[int, Open]:
    """The open escalations of these comments, by comment."""
    by, to = aliased(Moderator), aliased(Moderator)
    rows = connection.execute(
        select(Escalation.comment_id, by.name, to.name, Escalation.to_id, Escalation.note, Escalation.at)
        .join(by, by.id == Escalation.by_id)
        .outerjoin(to, to.id == Escalation.to_id)
        .where(Escalation.comment_id == func.any(list(comment_ids)), Escalation.ended_at.is_(None))
    )
    return {row[0]: Open(*row) for row in rows}


def waiting_for(connection: Connection, *, moderator_id: int, senior_at: Sequence[int]) -> int:
    """How many open escalations are for this person: by name, or as somebody senior at these sites."""
    mine = or_(
        Escalation.to_id == moderator_id,
        Escalation.to_id.is_(None) & (Escalation.site_id == func.any(list(senior_at))),
    )
    return connection.execute(select(func.count()).where(Escalation.ended_at.is_(None), mine)).scalar_one()
