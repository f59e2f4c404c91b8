"""What happened at some desks since a moment, for who was away: each answer reads an index that holds its own kind."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, or_, select, text

from moderation.domain.vocabulary import Actor, Verdict
from moderation.store.schema import Comment, Escalation, HandoverNote, Moderator, Site


@dataclass(frozen=True, slots=True)
class LeftNote:
    """What a colleague left for the next shift."""

    id: int
    site: str
    by: str
    by_id: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Heated:
    """A story whose comments, or those held or rejected of them, rose against a stretch as long before."""

    story_id: int
    site: str
    title: str
    comments: int
    flagged: int
    comments_before: int
    flagged_before: int


@dataclass(frozen=True, slots=True)
class HandedOn:
    """An open escalation; ``to_id`` is ``None`` where it is for whoever is senior."""

    public_id: uuid.UUID
    site: str
    by: str
    to_id: int | None
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RuleChange:
    """An entry of the record about a site's rules. ``by`` is a name, or ``None`` for the operator."""

    id: int
    act: str
    site: str
    story_id: int | None
    story: str | None
    by: str | None
    details: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Overturned:
    """A decision of one's own in whose place somebody else put another; ``verdict`` ``None`` is «taken back»."""

    id: int
    public_id: uuid.UUID
    site: str
    before: Verdict | None
    verdict: Verdict | None
    actor: Actor
    by: str | None
    at: datetime


def leave_note(connection: Connection, *, site_id: int, moderator_id: int, text: str, at: datetime) -> None:
    connection.execute(insert(HandoverNote).values(site_id=site_id, moderator_id=moderator_id, text=text, at=at))


def notes(
    connection: Connection, site_ids: Sequence[int], *, since: datetime, before: int | None, limit: int
) -> list[LeftNote]:
    """The newest first."""
    query = (
        select(HandoverNote.id, Site.name, Moderator.name, Moderator.id, HandoverNote.text, HandoverNote.at)
        .join(Site, Site.id == HandoverNote.site_id)
        .join(Moderator, Moderator.id == HandoverNote.moderator_id)
        .where(HandoverNote.site_id == func.any(list(site_ids)), HandoverNote.at >= since)
        .order_by(HandoverNote.id.desc())
        .limit(limit)
    )
    rows: Any = connection.execute(query.where(HandoverNote.id < before) if before else query)
    return [LeftNote(*row) for row in rows]


_HEATED: Final = text("""
SELECT s.id, sites.name, s.title, l.comments, l.flagged, l.comments_before, l.flagged_before
FROM (
    SELECT story_id,
           count(*) FILTER (WHERE received_at >= :since) AS comments,
           count(*) FILTER (WHERE received_at >= :since AND state IN ('held', 'rejected')) AS flagged,
           count(*) FILTER (WHERE received_at < :since) AS comments_before,
           count(*) FILTER (WHERE received_at < :since AND state IN ('held', 'rejected')) AS flagged_before
    FROM comments
    WHERE site_id = ANY(:site_ids) AND received_at >= :before AND received_at <= :until
    GROUP BY story_id
) l JOIN stories s ON s.id = l.story_id JOIN sites ON sites.id = s.site_id
WHERE l.flagged >= :least_flagged AND l.flagged >= 1.5 * l.flagged_before
   OR l.comments >= :least_comments AND l.comments >= 2 * l.comments_before
ORDER BY l.flagged - l.flagged_before DESC, l.comments - l.comments_before DESC, s.id DESC
LIMIT :most
""")
LEAST_FLAGGED: Final = 3
LEAST_COMMENTS: Final = 20
"""A story with fewer has not heated up, whatever it was before."""


def heated(
    connection: Connection, site_ids: Sequence[int], *, since: datetime, until: datetime, most: int
) -> list[Heated]:
    """Where more came from ``since`` to ``until`` than in as long a stretch before it, the greatest rise first.

    More is half as many flagged again, or twice as many comments. Both stretches are read by the time of arrival.
    """
    values = {
        "site_ids": list(site_ids),
        "since": since,
        "until": until,
        "before": since - (until - since),
        "least_flagged": LEAST_FLAGGED,
        "least_comments": LEAST_COMMENTS,
        "most": most,
    }
    return [Heated(*row) for row in connection.execute(_HEATED, values)]


def handed_on(
    connection: Connection, *, moderator_id: int, site_ids: Sequence[int], senior_at: Sequence[int], limit: int
) -> list[HandedOn]:
    """What waits for somebody by name at these sites, or as somebody senior; the newest first."""
    mine = or_(
        (Escalation.to_id == moderator_id) & (Escalation.site_id == func.any(list(site_ids))),
        Escalation.to_id.is_(None) & (Escalation.site_id == func.any(list(senior_at))),
    )
    rows: Any = connection.execute(
        select(Comment.public_id, Site.name, Moderator.name, Escalation.to_id, Escalation.note, Escalation.at)
        .join(Comment, Comment.id == Escalation.comment_id)
        .join(Site, Site.id == Escalation.site_id)
        .join(Moderator, Moderator.id == Escalation.by_id)
        .where(Escalation.ended_at.is_(None), mine)
        .order_by(Escalation.id.desc())
        .limit(limit)
    )
    return [HandedOn(*row) for row in rows]


RULE_ACTS: Final = (
    "policy.set",
    "terms.set",
    "mode.set",
    "hold_everything.set",
    "story.held",
    "story.breaker_on",
    "story.released",
    "story.closed",
    "story.reopened",
)
_RULES: Final = text("""
SELECT a.id, a.act, sites.name, stories.id, stories.title, m.name, a.details, a.at
FROM audit_log a
JOIN sites ON sites.slug = split_part(a.subject, ' ', 1) AND sites.id = ANY(:site_ids)
LEFT JOIN stories ON stories.id = CASE WHEN a.subject ~ '^\\S+ story [0-9]{1,18}$'
    THEN CAST(split_part(a.subject, ' ', 3) AS bigint) END
LEFT JOIN moderators m ON m.id = CASE WHEN a.actor ~ '^moderator [0-9]{1,18}$'
    THEN CAST(split_part(a.actor, ' ', 2) AS bigint) END
WHERE a.at >= :since AND a.act = ANY(:acts) AND (CAST(:before AS bigint) IS NULL OR a.id < :before)
ORDER BY a.id DESC LIMIT :most
""")


def rules_changed(
    connection: Connection, site_ids: Sequence[int], *, since: datetime, before: int | None, limit: int
) -> list[RuleChange]:
    """What changed about the rules of these sites, the newest first; read from the record by its time."""
    values = {"site_ids": list(site_ids), "since": since, "acts": list(RULE_ACTS), "before": before, "most": limit}
    return [RuleChange(*row) for row in connection.execute(_RULES, values)]


# The first part reads the index of what overturned something; a plan that went back through all decisions would find
# nothing for a long time where nobody changed any of one's own.
_OVERTURNED: Final = text("""
WITH overturning AS MATERIALIZED (
    SELECT id, site_id, comment_id, verdict, actor, moderator_id, overturns, at FROM decisions
    WHERE overturns IS NOT NULL AND site_id = ANY(:site_ids) AND at >= :since
)
SELECT o.id, c.public_id, s.name, f.verdict, o.verdict, o.actor, m.name, o.at
FROM overturning o
JOIN decisions f ON f.id = o.overturns AND f.moderator_id = :moderator_id
JOIN comments c ON c.id = o.comment_id
JOIN sites s ON s.id = o.site_id
LEFT JOIN moderators m ON m.id = o.moderator_id
WHERE o.moderator_id IS DISTINCT FROM :moderator_id AND o.actor IN ('moderator', 'site')
  AND (CAST(:before AS bigint) IS NULL OR o.id < :before)
ORDER BY o.id DESC LIMIT :most
""")


def overturned(
    connection: Connection,
    moderator_id: int,
    site_ids: Sequence[int],
    *,
    since: datetime,
    before: int | None,
    limit: int,
) -> list[Overturned]:
    """One's own decisions that a colleague or the site changed, the newest change first."""
    values = {"site_ids": list(site_ids), "since": since, "before": before, "most": limit}
    rows: Any = connection.execute(_OVERTURNED, {**values, "moderator_id": moderator_id})
    return [_overturned(row) for row in rows]


def _overturned(row: Any) -> Overturned:  # noqa: ANN401 - a row as the query above has it
    before, verdict = (Verdict(one) if one else None for one in row[3:5])
    return Overturned(row[0], row[1], row[2], before, verdict, Actor(row[5]), by=row[6], at=row[7])
