"""Of what the review queue's list is put together: held comments, alone or in groups that are alike, and open draws.

Each part is a query of ids with what they are ordered by. What is alike is one row, its first comment's, in every view:
a comment that the view holds stands either alone or in exactly one group.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Float,
    Select,
    Subquery,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from moderation.domain.vocabulary import Label, Script, State
from moderation.store.review_queue import IS_DRAWN
from moderation.store.schema import AuditDraw, Comment, Escalation, Revision, Skip


class Sort(StrEnum):
    """The order of the list: the newest and the oldest by when a comment arrived, ``alike`` by how many are alike."""

    PRIORITY = "priority"
    ALIKE = "alike"
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
    """The last row of a page, after which the next begins; ``priority`` is its size where the order is by likeness."""

    priority: float
    id: int


Query = Select[*tuple[Any, ...]]


class Part(NamedTuple):
    """Held comments or draws: the query of their ids, and the columns that it is ordered and cut by."""

    query: Query
    identity: Any
    priority: Any
    site: Any
    since: Any


def merged(view: View, after: Cursor | None, limit: int) -> Subquery:
    """The ids of a page, in no order, each with its ``priority`` (its rank) and ``drawn``."""
    alone = _single(view) if view.sort is Sort.ALIKE else _firsts(view)
    walks = [select(_of_each_site(view, part, after, limit)) for part in (alone, *_draws(view))]
    if view.sort is Sort.ALIKE:
        walks.append(select(_groups(view, after, limit)))
    every = union_all(*walks).subquery()
    return select(every).order_by(*by(view.sort, every.c.id, every.c.priority)).limit(limit).subquery("queue")


def parts(view: View) -> Sequence[Part]:
    """All that waits in the view, comment by comment."""
    return (_held(view), *_draws(view))


def _draws(view: View) -> Sequence[Part]:
    """Draws have no part in a list by label, which would say what was found in them, nor are they handed on."""
    return () if view.label is not None or view.handed_on is not None else (_drawn(view),)


def _held(view: View) -> Part:
    query = select(Comment.id, Comment.priority, literal(False).label("drawn")).where(*_held_filters(view, Comment))
    return Part(query, Comment.id, Comment.priority, Comment.site_id, Comment.state_at)


def _with_wording(part: Part) -> Query:
    return part.query.join(Revision, and_(Revision.comment_id == Comment.id, Revision.n == Comment.current_revision))


def _firsts(view: View) -> Part:
    """What is held, of what is alike only the comment that comes first in the view's order.

    Each comment that the walk meets costs two look-ups; only a page behind a very large wave meets many.
    """
    held, follower, leader, wording = _held(view), aliased(Comment), aliased(Comment), aliased(Revision)
    follows_it = exists().where(
        follower.site_id == Comment.site_id,
        follower.alike_to == func.coalesce(Comment.alike_to, Revision.id),
        *_held_filters(view, follower),
        _stands_before(view.sort, follower),
    )
    leads_it = (
        select(wording.id)
        .join(leader, and_(leader.id == wording.comment_id, leader.current_revision == wording.n))
        .where(wording.id == Comment.alike_to, *_held_filters(view, leader), _stands_before(view.sort, leader))
        .correlate(Comment)
        .exists()
    )
    return held._replace(query=_with_wording(held).where(~follows_it, ~leads_it))


def _stands_before(sort: Sort, other: Any) -> Any:  # noqa: ANN401 - a condition on an alias of the comments
    if sort is Sort.NEWEST:
        return other.id > Comment.id
    if sort is Sort.OLDEST:
        return other.id < Comment.id
    equal = and_(other.priority == Comment.priority, other.id < Comment.id)
    return or_(other.priority > Comment.priority, equal)


def _single(view: View) -> Part:
    """What is held and like nothing else of the view that is; the rest stands in ``_groups``."""
    held, follower = _held(view), aliased(Comment)
    followed = exists().where(
        follower.site_id == Comment.site_id, follower.alike_to == Revision.id, *_held_filters(view, follower)
    )
    return held._replace(query=_with_wording(held).where(Comment.alike_to.is_(None), ~followed))


def _groups(view: View, after: Cursor | None, limit: int) -> Subquery:
    """Groups by how many of them follow their first wording, each as the first of these.

    All that follow are read, off an index over them alone.
    """
    followers = (
        select(
            func.min(Comment.id).label("id"),
            cast(func.count(), Float).label("priority"),
            literal(False).label("drawn"),
        )
        .where(
            Comment.site_id == func.any(list(view.site_ids)),
            Comment.alike_to.is_not(None),
            *_held_filters(view, Comment),
        )
        .group_by(Comment.alike_to)
        .subquery("followers")
    )
    identity, rank = followers.c.id, followers.c.priority
    query = select(followers) if after is None else select(followers).where(_later(view.sort, identity, rank, after))
    return query.order_by(*by(view.sort, identity, rank)).limit(limit).subquery()


def size_of_group(view: View) -> Any:  # noqa: ANN401 - a subquery
    """How many held comments of the view are like this one, itself among them."""
    follower, leader, wording = aliased(Comment), aliased(Comment), aliased(Revision)
    group_id = func.coalesce(Comment.alike_to, Revision.id)
    followers = (
        select(func.count())
        .where(follower.site_id == Comment.site_id, follower.alike_to == group_id, *_held_filters(view, follower))
        .correlate(Comment, Revision)
        .scalar_subquery()
    )
    leaders = (
        select(func.count())
        .select_from(leader)
        .join(wording, and_(wording.comment_id == leader.id, wording.n == leader.current_revision))
        .where(wording.id == group_id, *_held_filters(view, leader))
        .correlate(Comment, Revision)
        .scalar_subquery()
    )
    return func.greatest(1, followers + leaders)


def _drawn(view: View) -> Part:
    query = (
        select(AuditDraw.comment_id.label("id"), AuditDraw.priority, literal(True).label("drawn"))
        .join(Comment, Comment.id == AuditDraw.comment_id)
        .join(Revision, Revision.id == AuditDraw.revision_id)
        .where(*IS_DRAWN, *_filters(view, Comment))
    )
    return Part(query, AuditDraw.comment_id, AuditDraw.priority, AuditDraw.site_id, AuditDraw.drawn_at)


def _held_filters(view: View, comment: Any) -> list[Any]:  # noqa: ANN401 - the comments, or an alias of them
    filters = [comment.state == State.HELD.value, *_filters(view, comment)]
    if view.label is not None:
        filters.append(comment.label == view.label.value)
    if view.handed_on is not None:
        to = Escalation.to_id == view.moderator_id if view.handed_on is HandedOn.ME else Escalation.to_id.is_(None)
        filters.append(exists().where(Escalation.comment_id == comment.id, Escalation.ended_at.is_(None), to))
    return filters


def _filters(view: View, comment: Any) -> list[Any]:  # noqa: ANN401 - the comments, or an alias of them
    skipped = exists().where(Skip.comment_id == comment.id, Skip.moderator_id == view.moderator_id)
    filters: list[Any] = [~skipped]
    if view.story_id is not None:
        filters.append(comment.story_id == view.story_id)
    if view.script is not None:
        filters.append(comment.script == view.script.value)
    return filters


def _of_each_site(view: View, part: Part, after: Cursor | None, limit: int) -> Subquery:
    """One short walk along an index for each site, whose orders the caller merges."""
    sites = select(func.unnest(cast(list(view.site_ids), ARRAY(BigInteger))).label("id")).subquery("sites")
    alone = view.sort is Sort.ALIKE
    rank = literal(0.0).label("priority") if alone else part.priority
    query = part.query.with_only_columns(part.identity, rank, *part.query.selected_columns[2:])
    if after is not None and alone:
        query = query.where(part.identity > after.id) if not after.priority else query
    elif after is not None:
        query = query.where(_later(view.sort, part.identity, part.priority, after))
    order = (part.identity,) if alone else by(view.sort, part.identity, part.priority)
    beside = query.where(part.site == sites.c.id).order_by(*order).limit(limit).lateral()
    return select(beside).select_from(sites.join(beside, true())).subquery()


def _later(sort: Sort, identity: Any, rank: Any, after: Cursor) -> Any:  # noqa: ANN401 - a condition on columns
    if sort is Sort.NEWEST:
        return identity < after.id
    if sort is Sort.OLDEST:
        return identity > after.id
    return and_(rank <= after.priority, or_(rank < after.priority, identity > after.id))


def by(sort: Sort, identity: Any, rank: Any) -> Sequence[Any]:  # noqa: ANN401 - columns
    """What the order of a list sorts by."""
    if sort is Sort.NEWEST:
        return (identity.desc(),)
    return (identity,) if sort is Sort.OLDEST else (rank.desc(), identity)
