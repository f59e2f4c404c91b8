"""The breakers of stories: what they count, which are over their limit, and when each turned on.

Counts are rows that are only added (``story_pulses``), a row a story and batch, so that scoring waits for nobody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, text, update

from moderation.domain.policy import Breaker
from moderation.domain.vocabulary import State
from moderation.store.documents import document
from moderation.store.schema import Comment, Site, Story, StoryBreaker

LONGEST_WINDOW: Final = timedelta(days=1)
"""No policy's window is longer, so what is older is forgotten."""

_MOST_READ: Final = 1_000


@dataclass(frozen=True, slots=True)
class Pulse:
    """How many comments on a story were routed in one go, and how many of them were flagged."""

    story_id: int
    at: datetime
    comments: int
    flagged: int


@dataclass(frozen=True, slots=True)
class Over:
    """A story over its limit, with what was counted in the window."""

    story_id: int
    comments: int
    flagged: int


@dataclass(frozen=True, slots=True)
class Tripped:
    """A breaker that turned on by itself; ``share`` is the limit that was reached."""

    id: int
    site_id: int
    site: str
    story_id: int
    story: str
    at: datetime
    until: datetime
    comments: int
    flagged: int
    share: float
    ended_at: datetime | None


_ADD = text("""
INSERT INTO story_pulses (story_id, at, comments, flagged)
SELECT story_id, at, comments, flagged
FROM json_to_recordset(CAST(:rows AS json)) AS t(story_id bigint, at timestamptz, comments int, flagged int)
""")


def add_pulses(connection: Connection, pulses: Collection[Pulse]) -> None:
    connection.execute(_ADD, {"rows": document(list(pulses))})


# A story that is held, by whomever, or whose breaker rests, is over no limit.
_OVER = text("""
SELECT s.id, p.comments, p.flagged
FROM json_to_recordset(CAST(:rows AS json)) AS t(story_id bigint, share float8, least int, since timestamptz)
JOIN stories s ON s.id = t.story_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(comments), 0) AS comments, coalesce(sum(flagged), 0) AS flagged
    FROM story_pulses WHERE story_id = s.id AND at >= greatest(t.since, s.breaker_from)) p
WHERE (s.held_until IS NULL OR s.held_until <= :now) AND (s.breaker_from IS NULL OR s.breaker_from <= :now)
  AND p.comments >= t.least AND p.flagged >= t.share * p.comments
ORDER BY s.id
""")


def over_limit(connection: Connection, limits: Sequence[tuple[int, Breaker]], now: datetime) -> list[Over]:
    """Which of these stories are over the limit given with each; reads a window of counts off an index."""
    rows = [
        {"story_id": story_id, "share": one.share, "least": one.least, "since": now - timedelta(minutes=one.minutes)}
        for story_id, one in limits
    ]
    found: Any = connection.execute(_OVER, {"rows": document(rows), "now": now})
    return [Over(story_id, int(comments), int(flagged)) for story_id, comments, flagged in found]


def authors_flagged(connection: Connection, over: Over) -> int:
    """How many authors have a held or rejected comment among the story's newest, as many as were counted."""
    newest = (
        select(Comment.author_id, Comment.state)
        .where(Comment.story_id == over.story_id)
        .order_by(Comment.id.desc())
        .limit(min(over.comments, _MOST_READ))
        .subquery("newest")
    )
    flagged = newest.c.state.in_((State.HELD.value, State.REJECTED.value))
    return connection.scalar(select(func.count(newest.c.author_id.distinct())).where(flagged)) or 0


def add(connection: Connection, over: Over, *, site_id: int, at: datetime, until: datetime, share: float) -> None:
    """Records that a locked story's breaker turned on. One before it, whose time is over, ended by itself."""
    connection.execute(
        update(StoryBreaker)
        .where(StoryBreaker.story_id == over.story_id, StoryBreaker.ended_at.is_(None))
        .values(ended_at=StoryBreaker.until)
    )
    values = {"story_id": over.story_id, "comments": over.comments, "flagged": over.flagged}
    connection.execute(insert(StoryBreaker).values(site_id=site_id, at=at, until=until, share=share, **values))


def end(connection: Connection, story_id: int, *, by: str, at: datetime) -> None:
    """A person ends what a locked story's breaker began, where that still lasts."""
    connection.execute(
        update(StoryBreaker)
        .where(StoryBreaker.story_id == story_id, StoryBreaker.ended_at.is_(None), StoryBreaker.until > at)
        .values(ended_at=at, ended_by=by)
    )


_TRIPPED: Final = (
    select(
        StoryBreaker.id,
        StoryBreaker.site_id,
        Site.name,
        StoryBreaker.story_id,
        Story.title,
        StoryBreaker.at,
        StoryBreaker.until,
        StoryBreaker.comments,
        StoryBreaker.flagged,
        StoryBreaker.share,
        StoryBreaker.ended_at,
    )
    .join(Site, Site.id == StoryBreaker.site_id)
    .join(Story, Story.id == StoryBreaker.story_id)
)


def running(connection: Connection, site_ids: Collection[int], now: datetime, *, limit: int) -> list[Tripped]:
    """The breakers of these sites that hold at this moment, the newest first."""
    query = _TRIPPED.where(
        StoryBreaker.site_id.in_(site_ids), StoryBreaker.until > now, StoryBreaker.ended_at.is_(None)
    )
    rows: Any = connection.execute(query.order_by(StoryBreaker.id.desc()).limit(limit))
    return [Tripped(*row) for row in rows]


def of_story(connection: Connection, story_id: int, *, limit: int) -> list[Tripped]:
    """When a story's breaker turned on, the newest first."""
    query = _TRIPPED.where(StoryBreaker.story_id == story_id)
    rows: Any = connection.execute(query.order_by(StoryBreaker.id.desc()).limit(limit))
    return [Tripped(*row) for row in rows]


_FORGET = text("DELETE FROM story_pulses WHERE at < :before")
_FOLD = text("""
WITH gone AS (
    DELETE FROM story_pulses WHERE at >= :since AND at < :until RETURNING story_id, at, comments, flagged)
INSERT INTO story_pulses (story_id, at, comments, flagged)
SELECT story_id, date_trunc('minute', at), sum(comments), sum(flagged) FROM gone GROUP BY 1, 2
""")


def tidy(connection: Connection, *, now: datetime, since: datetime) -> None:
    """Forgets counts that no window holds, and folds those since then to one row a story and minute."""
    connection.execute(_FORGET, {"before": now - LONGEST_WINDOW})
    connection.execute(_FOLD, {"since": since, "until": now - timedelta(minutes=1)})
