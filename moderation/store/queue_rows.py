"""The review queue as a list: held comments and open draws of the audit sample, filtered, in one of four orders.

What it is put together of is in ``queue_parts``: each site's part is read off a partial index as far as a page goes,
then the parts are merged. Nothing here may tell a drawn comment from a held one; ``drawn`` only says what to hide.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Subquery, and_, case, func, select, text, union_all

from moderation.domain.vocabulary import Verdict
from moderation.store.queue_parts import Cursor, Part, Query, View, by, merged, parts, size_of_group
from moderation.store.review_queue import newest_outcome
from moderation.store.schema import (
    Author,
    Claim,
    Comment,
    Decision,
    Escalation,
    Moderator,
    Revision,
    Site,
    Story,
)

MOST_HANDLED: Final = 500
"""Decisions of colleagues that a page is told of, the newest ones: far more than rows it shows."""
MOST_NEWS: Final = 100
"""So many new comments are told by number; beyond that it is «more»."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One waiting comment as the list shows it. ``claimed_by`` names a colleague, ``handed_by`` who handed it on.

    It stands for ``alike`` comments of the view that are alike, itself among them: the first of these in its order.
    ``group_id`` is the wording that their group is named by.
    """

    id: int
    public_id: uuid.UUID
    revision: int
    version: int
    site_id: int
    site: str
    story_id: int
    story: str
    author: str
    text: str
    priority: float
    received_at: datetime
    checks: Sequence[Mapping[str, Any]]
    claimed_by: str | None
    handed_by: str | None
    note: str | None
    drawn: bool
    alike: int
    group_id: int


@dataclass(frozen=True, slots=True)
class News:
    """What came to a list since a page of it was made, the newest first; what others have open, or decided since."""

    fresh: Sequence[uuid.UUID]
    open_at: Mapping[uuid.UUID, str]
    handled: Mapping[uuid.UUID, tuple[str, Verdict]]


def page(
    connection: Connection, view: View, *, after: Cursor | None = None, limit: int, now: datetime
) -> list[QueueRow]:
    """What waits, in the view's order; ``after`` a page's last. Equals in priority stand by arrival."""
    if not view.site_ids:
        return []
    queue = merged(view, after, limit)
    query = _rows(queue, view, now).order_by(*by(view.sort, queue.c.id, queue.c.priority))
    return [QueueRow(*row) for row in connection.execute(query)]


def one(connection: Connection, view: View, public_id: uuid.UUID, now: datetime) -> QueueRow | None:
    """A single row, if this comment waits in the view."""
    here = (Comment.public_id == public_id, Comment.site_id == func.any(list(view.site_ids)))
    of_part = (part.query.where(*here) for part in parts(view))
    queue = union_all(*of_part).subquery("queue")
    row = connection.execute(_rows(queue, view, now)).one_or_none()
    return QueueRow(*row) if row else None


def news(connection: Connection, view: View, *, since: datetime, now: datetime) -> News:
    """What was held, or drawn, after ``since`` by the database's clock; at most MOST_NEWS and one more."""
    fresh = union_all(*(select(_since(view, part, since)) for part in parts(view))).subquery()
    newest = select(fresh.c.public_id).order_by(fresh.c.at.desc()).limit(MOST_NEWS + 1)
    return News(
        list(connection.execute(newest).scalars()),
        _open_at_others(connection, view, now),
        _handled_by_others(connection, view, since),
    )


def _since(view: View, part: Part, since: datetime) -> Subquery:
    query = part.query.with_only_columns(Comment.public_id, part.since.label("at"))
    query = query.where(part.site == func.any(list(view.site_ids)), part.since > since)
    return query.order_by(part.since.desc()).limit(MOST_NEWS + 1).subquery()


def _open_at_others(connection: Connection, view: View, now: datetime) -> dict[uuid.UUID, str]:
    rows = connection.execute(
        select(Comment.public_id, Moderator.name)
        .join(Claim, Claim.comment_id == Comment.id)
        .join(Moderator, Moderator.id == Claim.moderator_id)
        .where(
            Claim.until >= now,
            Claim.moderator_id != view.moderator_id,
            Comment.site_id == func.any(list(view.site_ids)),
        )
        .order_by(Comment.id)
    )
    return {row[0]: row[1] for row in rows}


def _handled_by_others(connection: Connection, view: View, since: datetime) -> dict[uuid.UUID, tuple[str, Verdict]]:
    """The newest standing decisions of colleagues; by whom, and which."""
    rows = connection.execute(
        select(Comment.public_id, Moderator.name, Decision.verdict)
        .join(Comment, Comment.standing_decision_id == Decision.id)
        .join(Moderator, Moderator.id == Decision.moderator_id)
        .where(
            Decision.site_id == func.any(list(view.site_ids)),
            Decision.at >= since,
            Decision.moderator_id.is_not(None),
            Decision.moderator_id != view.moderator_id,
            Decision.verdict.is_not(None),
        )
        .order_by(Decision.at.desc())
        .limit(MOST_HANDLED)
    )
    return {public_id: (name, Verdict(verdict)) for public_id, name, verdict in rows if verdict}


def _rows(queue: Any, view: View, now: datetime) -> Query:  # noqa: ANN401 - a subquery
    handed_by = (
        select(Moderator.name)
        .join(Escalation, Escalation.by_id == Moderator.id)
        .where(Escalation.comment_id == Comment.id, Escalation.ended_at.is_(None))
        .scalar_subquery()
    )
    note = (
        select(Escalation.note)
        .where(Escalation.comment_id == Comment.id, Escalation.ended_at.is_(None))
        .scalar_subquery()
    )
    return (
        select(
            Comment.id,
            Comment.public_id,
            Comment.current_revision,
            Comment.version,
            Comment.site_id,
            Site.name,
            Comment.story_id,
            Story.title,
            Author.name,
            Revision.text,
            queue.c.priority,
            Comment.received_at,
            func.coalesce(newest_outcome(), text("'[]'::json")),
            Moderator.name,
            handed_by,
            note,
            queue.c.drawn,
            case((queue.c.drawn, 1), else_=size_of_group(view)),
            func.coalesce(Comment.alike_to, Revision.id),
        )
        .select_from(queue)
        .join(Comment, Comment.id == queue.c.id)
        .join(Site, Site.id == Comment.site_id)
        .join(Story, Story.id == Comment.story_id)
        .join(Author, Author.id == Comment.author_id)
        .join(Revision, and_(Revision.comment_id == Comment.id, Revision.n == Comment.current_revision))
        .outerjoin(
            Claim,
            and_(Claim.comment_id == Comment.id, Claim.until >= now, Claim.moderator_id != view.moderator_id),
        )
        .outerjoin(Moderator, Moderator.id == Claim.moderator_id)
    )


def has_comments(connection: Connection, site_ids: Sequence[int]) -> bool:
    """Whether any comment has ever come to one of these sites."""
    of_these = select(Comment.id).where(Comment.site_id == func.any(list(site_ids))).limit(1)
    return connection.execute(of_these).first() is not None


def sites_of(connection: Connection, public_ids: Sequence[uuid.UUID], site_ids: Sequence[int]) -> dict[uuid.UUID, int]:
    """Whose these comments are, of those that belong to the given sites."""
    rows = connection.execute(
        select(Comment.public_id, Comment.site_id).where(
            Comment.public_id == func.any(list(public_ids)), Comment.site_id == func.any(list(site_ids))
        )
    )
    return {row[0]: row[1] for row in rows}


def clock(connection: Connection) -> datetime:
    """The database's time, from which a page counts what is new."""
    moment: datetime = connection.execute(select(func.now())).scalar_one()
    return moment
