"""Recent comments with what two bundles made of them, for a comparison of what the policy would do with either."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, false, func, select
from sqlalchemy.orm import aliased

from moderation.domain.vocabulary import Label, State, Verdict
from moderation.store.comments import WAITING_COLUMNS, Waiting
from moderation.store.schema import AuditDraw, Author, Comment, Decision, Revision, Score, Story


@dataclass(frozen=True, slots=True)
class Recent:
    """A comment as routing would look at it now; scores in the order of ``Label``, ``None`` where none are stored."""

    waiting: Waiting
    normalised: str | None
    script: str | None
    scores: Sequence[Sequence[float] | None]


def recent(
    connection: Connection,
    bundle_ids: Sequence[int],
    *,
    since: datetime,
    most: int,
    site_ids: Sequence[int] | None = None,
    stored_only: bool = False,
) -> list[Recent]:
    """The newest comments since a time with each bundle's scores; with ``stored_only`` those that have all of them.

    ``site_ids`` are those of a person who looks: what waits for a blind look is left out for them.
    """
    scored = [aliased(Score) for _ in bundle_ids]
    query = _comments(since, most, site_ids)
    for one, bundle_id in zip(scored, bundle_ids, strict=True):
        on = and_(one.revision_id == Revision.id, one.bundle_id == bundle_id)
        query = query.join(one, on, isouter=not stored_only)
        query = query.add_columns(*(getattr(one, label.value) for label in Label))
    width = len(Label)
    found = []
    for row in connection.execute(query):
        *fields, normalised, script = row[: -width * len(scored)]
        values = row[-width * len(scored) :]
        scores = [values[at : at + width] for at in range(0, len(values), width)]
        known = [tuple(one) if one[0] is not None else None for one in scores]
        found.append(Recent(Waiting(*fields), normalised, script, known))
    return found


def _comments(since: datetime, most: int, site_ids: Sequence[int] | None) -> Any:  # noqa: ANN401 - a query, whose type names every column
    """Comments that stand or wait for a person, in their present wording, among the newest ``most``."""
    newest = select(Comment.id).order_by(Comment.id.desc()).limit(most)
    if site_ids is not None:
        looked_at = exists().where(AuditDraw.comment_id == Comment.id, AuditDraw.closed_at.is_(None))
        newest = newest.where(Comment.site_id == func.any(list(site_ids)), ~looked_at)
    chosen = newest.subquery()
    return (
        select(
            *WAITING_COLUMNS,
            func.coalesce(and_(Decision.verdict == Verdict.REJECT.value, Revision.n > Decision.revision), false()),
            Revision.normalised,
            Revision.script,
        )
        .join(chosen, chosen.c.id == Comment.id)
        .join(Revision, and_(Revision.comment_id == Comment.id, Revision.n == Comment.current_revision))
        .join(Author, Author.id == Comment.author_id)
        .join(Story, Story.id == Comment.story_id)
        .outerjoin(Decision, Decision.id == Comment.standing_decision_id)
        .where(
            Comment.received_at >= since,
            Comment.state.in_((State.PUBLISHED.value, State.HELD.value, State.REJECTED.value)),
            ~Comment.historical,
        )
        .order_by(Comment.id.desc())
    )
