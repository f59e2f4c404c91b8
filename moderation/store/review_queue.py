"""What moderators read of one comment: its card. The list of what waits is in ``queue_rows``.

Held comments wait, and those drawn for the audit sample, which stand as they were decided. Nothing that a page shows of
these two may tell them apart; the ``drawn`` that is read here only says what to hide.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, Connection, DateTime, and_, bindparam, exists, func, select, text
from sqlalchemy.orm import aliased

from moderation.domain.vocabulary import State
from moderation.store.schema import (
    AuditDraw,
    Author,
    Claim,
    Comment,
    Moderator,
    Outcome,
    Revision,
    Site,
    Story,
)


@dataclass(frozen=True, slots=True)
class Card:
    """All that a moderator may see of one comment; ``drawn`` while it waits for the audit sample's blind look."""

    id: int
    public_id: uuid.UUID
    site_id: int
    site: str
    state: State
    revision: int
    version: int
    text: str
    script: str | None
    author: str
    author_published: int
    author_rejected: int
    reports: int
    story_title: str
    story_url: str
    parent_author: str | None
    parent_text: str | None
    received_at: datetime
    checks: Sequence[Mapping[str, Any]]
    claimed_by: str | None
    claimed_by_id: int | None
    drawn: bool
    priority: float
    author_id: int
    slug: str
    policy_version: int | None

    @property
    def waits(self) -> bool:
        """Whether it stands in the review queue."""
        return self.drawn or self.state is State.HELD


def newest_outcome(column: Any = Outcome.checks) -> Any:  # noqa: ANN401 - a subquery, whose type SQLAlchemy does not name
    """The checks of a revision's newest outcome, or another column of it."""
    return (
        select(column).where(Outcome.revision_id == Revision.id).order_by(Outcome.id.desc()).limit(1).scalar_subquery()
    )


IS_DRAWN = (
    AuditDraw.closed_at.is_(None),
    Revision.n == Comment.current_revision,
    Comment.state.in_((State.PUBLISHED.value, State.REJECTED.value)),
)
"""A draw waits for its look while its wording is the comment's and stands; a comment held meanwhile waits as such."""


def is_drawn() -> Any:  # noqa: ANN401 - a condition
    """Whether a comment, in its present wording, waits for the audit sample's blind look."""
    return exists().where(AuditDraw.comment_id == Comment.id, AuditDraw.revision_id == Revision.id, *IS_DRAWN)


def _priority_drawn() -> Any:  # noqa: ANN401 - a subquery
    """A drawn comment's place in the review queue; none for one that is not drawn."""
    of_this = (AuditDraw.comment_id == Comment.id, AuditDraw.revision_id == Revision.id)
    return select(AuditDraw.priority).where(*of_this, *IS_DRAWN).limit(1).scalar_subquery()


def card(connection: Connection, public_id: uuid.UUID, site_ids: Sequence[int], now: datetime) -> Card | None:
    """One comment as a moderator of these sites may see it; ``None`` for one of another site too."""
    given = {"public_id": public_id, "site_ids": list(site_ids), "now": now}
    row = connection.execute(_card(), given).one_or_none()
    if row is None:
        return None
    fields = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name for a row as a mapping
    drawn = drawn_of_author(connection, fields["site_id"], fields["author_id"])
    for state in (State.PUBLISHED, State.REJECTED):
        fields[f"author_{state}"] -= drawn.get(state, 0)
    return Card(**{**fields, "state": State(fields["state"])})


@cache
def _card() -> Any:  # noqa: ANN401 - a query
    """The query of ``card``, put together once: that is dear, and a card is asked for with each decision."""
    parent, parent_author, parent_revision = aliased(Comment), aliased(Author), aliased(Revision)
    now = bindparam("now", type_=DateTime(timezone=True))
    return (
        select(
            Comment.id,
            Comment.public_id,
            Comment.site_id,
            Site.name.label("site"),
            Comment.state,
            Comment.current_revision.label("revision"),
            Comment.version,
            Revision.text,
            Revision.script,
            Author.name.label("author"),
            Author.published.label("author_published"),
            Author.rejected.label("author_rejected"),
            Comment.reports,
            Story.title.label("story_title"),
            Story.url.label("story_url"),
            parent_author.name.label("parent_author"),
            parent_revision.text.label("parent_text"),
            Comment.received_at,
            func.coalesce(newest_outcome(), text("'[]'::json")).label("checks"),
            Moderator.name.label("claimed_by"),
            Moderator.id.label("claimed_by_id"),
            is_drawn().label("drawn"),
            func.coalesce(_priority_drawn(), Comment.priority).label("priority"),
            Comment.author_id,
            Site.slug,
            newest_outcome(Outcome.policy_version).label("policy_version"),
        )
        .join(Site, Site.id == Comment.site_id)
        .join(Story, Story.id == Comment.story_id)
        .join(Author, Author.id == Comment.author_id)
        .join(Revision, and_(Revision.comment_id == Comment.id, Revision.n == Comment.current_revision))
        .outerjoin(parent, and_(parent.site_id == Comment.site_id, parent.ext_id == Comment.parent_ext_id))
        .outerjoin(parent_author, parent_author.id == parent.author_id)
        .outerjoin(
            parent_revision,
            and_(parent_revision.comment_id == parent.id, parent_revision.n == parent.current_revision),
        )
        .outerjoin(Claim, and_(Claim.comment_id == Comment.id, Claim.until >= now))
        .outerjoin(Moderator, Moderator.id == Claim.moderator_id)
        .where(
            Comment.public_id == bindparam("public_id", type_=Comment.public_id.type),
            Comment.site_id == func.any(bindparam("site_ids", type_=ARRAY(BigInteger))),
        )
    )


_DRAWN_OF_AUTHOR: Final = text("""
SELECT c.state, count(*) FROM audit_sample a
JOIN comments c ON c.id = a.comment_id JOIN revisions r ON r.id = a.revision_id AND r.n = c.current_revision
WHERE a.site_id = :site_id AND a.closed_at IS NULL AND c.author_id = :author_id
      AND c.state IN ('published', 'rejected')
GROUP BY c.state
""")


def drawn_of_author(connection: Connection, site_id: int, author_id: int) -> Mapping[State, int]:
    """How many of an author's comments wait for the audit sample's blind look, by what they were decided as.

    Pages take them off the author's counts, which would tell beside a list of what waits which of it was drawn.
    """
    rows = connection.execute(_DRAWN_OF_AUTHOR, {"site_id": site_id, "author_id": author_id})
    return {State(state): n for state, n in rows}
