"""Stories as a desk sees them: one with its counts, those where most is flagged lately, and what is changed on one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select, update

from moderation.domain.vocabulary import State
from moderation.store.review_queue import IS_DRAWN
from moderation.store.schema import AuditDraw, Comment, Revision, Site, Story

COUNTED: Final = 10_000
"""Of so many of its newest comments a story's states are counted."""
_FLAGGED: Final = (State.HELD.value, State.REJECTED.value)


@dataclass(frozen=True, slots=True)
class StoryPlace:
    """A story and what the desk has arranged about it."""

    id: int
    site_id: int
    slug: str
    site: str
    ext_id: str
    url: str
    title: str
    section: str
    watched: bool
    held_until: datetime | None
    held_reason: str | None
    closed_at: datetime | None
    version: int

    def is_held(self, now: datetime) -> bool:
        return self.held_until is not None and self.held_until > now


@dataclass(frozen=True, slots=True)
class Heat:
    """How many comments came to a story lately, and how many of those were held or rejected."""

    story: StoryPlace
    comments: int
    flagged: int


_PLACE: Final = (
    Story.id,
    Story.site_id,
    Site.slug,
    Site.name,
    Story.ext_id,
    Story.url,
    Story.title,
    Story.section,
    Story.watched,
    Story.held_until,
    Story.held_reason,
    Story.closed_at,
    Story.version,
)


def find(connection: Connection, story_id: int, site_ids: Sequence[int]) -> StoryPlace | None:
    """The story; ``None`` for one of another site too."""
    row: Any = connection.execute(
        select(*_PLACE)
        .join(Site, Site.id == Story.site_id)
        .where(Story.id == story_id, Story.site_id == func.any(list(site_ids)))
    ).one_or_none()
    return StoryPlace(*row) if row else None


def lock(connection: Connection, story_id: int) -> StoryPlace | None:
    """The story, locked for this transaction; new comments on it can still be stored."""
    row: Any = connection.execute(
        select(*_PLACE)
        .join(Site, Site.id == Story.site_id)
        .where(Story.id == story_id)
        .with_for_update(of=Story, key_share=True)
    ).one_or_none()
    return StoryPlace(*row) if row else None


def change(connection: Connection, story_id: int, **values: Any) -> None:
    connection.execute(update(Story).where(Story.id == story_id).values(**values))


def counts(connection: Connection, story_id: int) -> Mapping[State, int]:
    """How many of a story's newest comments are in each state; COUNTED of them at most.

    What waits for a blind look counts as held, as it stands in the list beside.
    """
    newest = (
        select(case((_waits_drawn(), State.HELD.value), else_=Comment.state).label("state"))
        .where(Comment.story_id == story_id)
        .order_by(Comment.id.desc())
        .limit(COUNTED)
        .subquery("newest")
    )
    rows = connection.execute(select(newest.c.state, func.count()).group_by(newest.c.state))
    return {State(state): count for state, count in rows}


def _waits_drawn() -> ColumnElement[bool]:
    return exists().where(AuditDraw.comment_id == Comment.id, Revision.id == AuditDraw.revision_id, *IS_DRAWN)


def hottest(
    connection: Connection, site_ids: Sequence[int], *, since: datetime, now: datetime, limit: int
) -> list[Heat]:
    """Where most was flagged since then, and whatever is watched, held or closed just now; the hottest first."""
    lately = (
        select(
            Comment.story_id,
            func.count().label("comments"),
            func.count().filter(Comment.state.in_(_FLAGGED)).label("flagged"),
        )
        .where(Comment.site_id == func.any(list(site_ids)), Comment.received_at >= since)
        .group_by(Comment.story_id)
        .subquery("lately")
    )
    flagged = func.coalesce(lately.c.flagged, 0)
    rows: Any = connection.execute(
        select(*_PLACE, func.coalesce(lately.c.comments, 0), flagged)
        .join(Site, Site.id == Story.site_id)
        .outerjoin(lately, lately.c.story_id == Story.id)
        .where(
            Story.site_id == func.any(list(site_ids)),
            or_(lately.c.flagged > 0, Story.watched, and_(Story.held_until.is_not(None), Story.held_until > now)),
        )
        .order_by(flagged.desc(), Story.id.desc())
        .limit(limit)
    )
    return [Heat(StoryPlace(*row[:-2]), *row[-2:]) for row in rows]
