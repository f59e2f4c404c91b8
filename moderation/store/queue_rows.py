"""The review queue as a list: held comments and open draws of the audit sample, filtered, in one of three orders.

Each site's part is read off a partial index as far as a page goes, then the parts are merged. Nothing here may tell a
drawn comment from a held one; ``drawn`` only says what to hide.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Select,
    Subquery,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
)

from moderation.domain.vocabulary import Label, Script, State
from moderation.store.review_queue import IS_DRAWN, newest_outcome
from moderation.store.schema import (
    AuditDraw,
    Author,
    Claim,
    Comment,
    Escalation,
    Moderator,
    Revision,
    Site,
    Skip,
    Story,
)

MOST_NEWS: Final = 100
"""So many new comments are told by number; beyond that it is «more»."""


class Sort(StrEnum):
    """The order of the list; the newest and the oldest by when a comment arrived."""

    PRIORITY = "priority"
    NEWEST = "newest"
    OLDEST = "oldest"


class HandedOn(StrEnum):
    """For whom comments were handed on: the reader by name, or whoever is senior."""

    ME = "me"
    SENIORS = "seniors"


@dataclass(frozen=True, slots=True)
class View:
    """Whose list, of which sites, and what of it."""

    moderator_id: int
    site_ids: Sequence[int]
    sort: Sort = Sort.PRIORITY
    story_id: int | None = None
    script: Script | None = None
    label: Label | None = None
    handed_on: HandedOn | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page, after which the next begins."""

    priority: float
    id: int


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One waiting comment as the list shows it. ``claimed_by`` names a colleague, ``handed_by`` who handed it on."""

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


@dataclass(frozen=True, slots=True)
class News:
    """What came to a list since a page of it was made, the newest first, and who of the others has what open."""

    fresh: Sequence[uuid.UUID]
    open_at: Mapping[uuid.UUID, str]


_Query = Select[*tuple[Any, ...]]


class _Part(NamedTuple):
    """Held comments or draws: the query of their ids, and the columns that it is ordered and cut by."""

    query: _Query
    identity: Any
    priority: Any
    site: Any
    since: Any


def page(
    connection: Connection, view: View, *, after: Cursor | None = None, limit: int, now: datetime
) -> list[QueueRow]:
    """What waits, in the view's order; ``after`` a page's last. Equals in priority stand by arrival."""
    if not view.site_ids:
        return []
    parts = union_all(*(select(_of_each_site(view, part, after, limit)) for part in _parts(view))).subquery()
    queue = select(parts).order_by(*_by(view.sort, parts.c.id, parts.c.priority)).limit(limit).subquery("queue")
    query = _rows(queue, view, now).order_by(*_by(view.sort, queue.c.id, queue.c.priority))
    return [QueueRow(*row) for row in connection.execute(query)]


def one(connection: Connection, view: View, public_id: uuid.UUID, now: datetime) -> QueueRow | None:
    """A single row, if this comment waits in the view."""
    here = (Comment.public_id == public_id, Comment.site_id == func.any(list(view.site_ids)))
    queue = union_all(*(part.query.where(*here) for part in _parts(view))).subquery("queue")
    row = connection.execute(_rows(queue, view, now)).one_or_none()
    return QueueRow(*row) if row else None


def news(connection: Connection, view: View, *, since: datetime, now: datetime) -> News:
    """What was held, or drawn, after ``since`` by the database's clock; at most MOST_NEWS and one more."""
    fresh = union_all(*(select(_since(view, part, since)) for part in _parts(view))).subquery()
    newest = select(fresh.c.public_id).order_by(fresh.c.at.desc()).limit(MOST_NEWS + 1)
    return News(list(connection.execute(newest).scalars()), _open_at_others(connection, view, now))


def _since(view: View, part: _Part, since: datetime) -> Subquery:
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


def _parts(view: View) -> Sequence[_Part]:
    """Draws have no part in a list by label, which would say what was found in them, nor are they handed on."""
    return (_held(view),) if view.label is not None or view.handed_on is not None else (_held(view), _drawn(view))


def _held(view: View) -> _Part:
    query = select(Comment.id, Comment.priority, literal(False).label("drawn")).where(
        Comment.state == State.HELD.value, *_filters(view)
    )
    if view.label is not None:
        query = query.where(Comment.label == view.label.value)
    if view.handed_on is not None:
        to = Escalation.to_id == view.moderator_id if view.handed_on is HandedOn.ME else Escalation.to_id.is_(None)
        query = query.where(exists().where(Escalation.comment_id == Comment.id, Escalation.ended_at.is_(None), to))
    return _Part(query, Comment.id, Comment.priority, Comment.site_id, Comment.state_at)


def _drawn(view: View) -> _Part:
    query = (
        select(AuditDraw.comment_id.label("id"), AuditDraw.priority, literal(True).label("drawn"))
        .join(Comment, Comment.id == AuditDraw.comment_id)
        .join(Revision, Revision.id == AuditDraw.revision_id)
        .where(*IS_DRAWN, *_filters(view))
    )
    return _Part(query, AuditDraw.comment_id, AuditDraw.priority, AuditDraw.site_id, AuditDraw.drawn_at)


def _filters(view: View) -> list[Any]:
    skipped = exists().where(Skip.comment_id == Comment.id, Skip.moderator_id == view.moderator_id)
    filters: list[Any] = [~skipped]
    if view.story_id is not None:
        filters.append(Comment.story_id == view.story_id)
    if view.script is not None:
        filters.append(Comment.script == view.script.value)
    return filters


def _of_each_site(view: View, part: _Part, after: Cursor | None, limit: int) -> Subquery:
    """One short walk along an index for each site, whose orders the caller merges."""
    sites = select(func.unnest(cast(list(view.site_ids), ARRAY(BigInteger))).label("id")).subquery("sites")
    query = part.query if after is None else part.query.where(_later(view.sort, part, after))
    walk = query.where(part.site == sites.c.id).order_by(*_by(view.sort, part.identity, part.priority))
    beside = walk.limit(limit).lateral()
    return select(beside).select_from(sites.join(beside, true())).subquery()


def _later(sort: Sort, part: _Part, after: Cursor) -> Any:  # noqa: ANN401 - a condition
    if sort is Sort.NEWEST:
        return part.identity < after.id
    if sort is Sort.OLDEST:
        return part.identity > after.id
    later = or_(part.priority < after.priority, part.identity > after.id)
    return and_(part.priority <= after.priority, later)


def _by(sort: Sort, identity: Any, priority: Any) -> Sequence[Any]:  # noqa: ANN401 - columns
    if sort is Sort.NEWEST:
        return (identity.desc(),)
    return (identity,) if sort is Sort.OLDEST else (priority.desc(), identity)


def _rows(queue: Any, view: View, now: datetime) -> _Query:  # noqa: ANN401 - a subquery
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
