"""Held comments by the score of the label that holds them: where they lie, and those of a range.

Both walk one partial index. Only held comments are here: a draw of the audit sample has no score to be found by. What
is shown without reasons is left out by the caller, who has the key that says which that is.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, and_, func, select, text

from moderation.domain.vocabulary import Label, State
from moderation.store.schema import Author, Claim, Comment, Moderator, Revision, Story

MOST_COUNTED: Final = 100_000
"""Held comments of one label are counted up to here."""


class Dot(NamedTuple):
    """A held comment in a plot."""

    id: int
    score: float


@dataclass(frozen=True, slots=True)
class HeldByScore:
    """A held comment in a list by score. ``claimed_by`` names a colleague who has it open."""

    id: int
    public_id: uuid.UUID
    revision: int
    version: int
    score: float
    story: str
    author: str
    text: str
    received_at: datetime
    claimed_by: str | None


_COUNT = text("""
SELECT count(*) FROM (
    SELECT FROM comments WHERE site_id = :site AND label = :label AND state = 'held' AND label_score IS NOT NULL
    LIMIT :most) c
""")
# Ids are no lot, but no author chooses one: every so-many-th of them is as good a sample of scores.
_DOTS = text("""
SELECT id, label_score FROM comments
WHERE site_id = :site AND label = :label AND state = 'held' AND label_score IS NOT NULL AND id % :every = 0
ORDER BY label_score, id
LIMIT :most
""")


_MOST_HELD = text("""
SELECT label FROM comments WHERE site_id = :site AND state = 'held' AND label IS NOT NULL
GROUP BY label ORDER BY count(*) DESC, label LIMIT 1
""")


def most_held(connection: Connection, site_id: int) -> Label | None:
    """The label that holds most of a site's comments."""
    found = connection.execute(_MOST_HELD, {"site": site_id}).scalar_one_or_none()
    return Label(found) if found in set(Label) else None


def count(connection: Connection, site_id: int, label: Label) -> int:
    """How many of a site's comments a label holds, up to ``MOST_COUNTED``."""
    values = {"site": site_id, "label": label.value, "most": MOST_COUNTED}
    return int(connection.execute(_COUNT, values).scalar_one())


def dots(connection: Connection, site_id: int, label: Label, *, every: int) -> list[Dot]:
    """Every so-many-th held comment of a label, by score."""
    values = {"site": site_id, "label": label.value, "every": every, "most": MOST_COUNTED}
    return [Dot(*row) for row in connection.execute(_DOTS, values)]


def in_range(
    connection: Connection,
    site_id: int,
    label: Label,
    *,
    low: float,
    high: float,
    limit: int,
    moderator_id: int,
    now: datetime,
    after: Dot | None = None,
) -> Sequence[HeldByScore]:
    """Held comments with scores from ``low`` up to but not including ``high``, the lowest first; ``after`` one."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Comment.id,
            Comment.public_id,
            Comment.current_revision,
            Comment.version,
            Comment.label_score,
            Story.title,
            Author.name,
            Revision.text,
            Comment.received_at,
            Moderator.name,
        )
        .join(Story, Story.id == Comment.story_id)
        .join(Author, Author.id == Comment.author_id)
        .join(Revision, and_(Revision.comment_id == Comment.id, Revision.n == Comment.current_revision))
        .outerjoin(Claim, and_(Claim.comment_id == Comment.id, Claim.until >= now, Claim.moderator_id != moderator_id))
        .outerjoin(Moderator, Moderator.id == Claim.moderator_id)
        .where(
            Comment.site_id == site_id,
            Comment.label == label.value,
            Comment.state == State.HELD.value,
            Comment.label_score >= low,
            Comment.label_score < high,
        )
        .order_by(Comment.label_score, Comment.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(func.row(Comment.label_score, Comment.id) > func.row(after.score, after.id))
    return [HeldByScore(*row) for row in connection.execute(query)]
