"""The newest published comments of a site in their normalised form, in windows of the table's own order.

A window is a range of ids, so that what it costs does not grow with the table, whichever share of it is the site's.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from moderation.domain.vocabulary import State
from moderation.store.schema import Comment, Revision


@dataclass(frozen=True, slots=True)
class PublishedText:
    id: int
    public_id: uuid.UUID
    normalised: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """``texts``, the newest first; ``below`` is where the next window begins. ``reaches`` is when the newest comment
    down there came in, of whatever site and state, ``None`` where there is none.
    """

    texts: list[PublishedText]
    below: int
    reaches: datetime | None


def window(connection: Connection, site_id: int, *, below: int | None, size: int) -> Window:
    """The published comments of the site among the ``size`` ids under ``below``, or among the newest."""
    if below is None:
        below = (connection.scalar(select(func.max(Comment.id))) or 0) + 1
    lowest = max(below - size, 0)
    rows = connection.execute(
        select(Comment.id, Comment.public_id, Revision.normalised, Comment.received_at)
        .join(Revision, (Revision.comment_id == Comment.id) & (Revision.n == Comment.current_revision))
        .where(
            Comment.id >= lowest,
            Comment.id < below,
            Comment.site_id == site_id,
            Comment.state == State.PUBLISHED.value,
            Revision.normalised.is_not(None),
        )
        .order_by(Comment.id.desc())
    )
    texts = [PublishedText(row.id, row.public_id, row.normalised, row.received_at) for row in rows]
    return Window(texts, lowest, _next_below(connection, lowest))


def _next_below(connection: Connection, lowest: int) -> datetime | None:
    return connection.scalar(
        select(Comment.received_at).where(Comment.id < lowest).order_by(Comment.id.desc()).limit(1)
    )
