"""What the desks' standing decisions teach (docs/data_model.md).

Publishing says that a comment is neither toxic nor spam, and nothing of the other labels. Rejecting with labels says
that those are there, and toxicity too unless spam is the only one. A rejection for a reason that is no label teaches
nothing, and neither does a decision that no person made.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, func, or_, select

from moderation.domain.vocabulary import Actor, Label, RejectReason, Verdict
from moderation.store.schema import Comment, Decision, Revision, Site

Values = tuple[float | None, ...]
"""1, 0 or ``None`` (unknown) for each label, in the order of ``Label``."""

_PEOPLE: Final = (Actor.MODERATOR.value, Actor.SITE.value)
_PUBLISHED: Final = {Label.TOXICITY: 0.0, Label.SPAM: 0.0}


@dataclass(frozen=True, slots=True)
class Lesson:
    """A wording that somebody decided on, and who: a moderator, or someone at the site, whose name it may have told.

    ``author_id`` lets a split keep one author's comments together; ``decision_id`` is the public one.
    """

    comment_id: int
    author_id: int
    text: str
    values: Values
    decided_at: datetime
    decision_id: uuid.UUID
    moderator_id: int | None
    site_slug: str
    site_actor: str | None


def lessons(connection: Connection, *, now: datetime, site_ids: Sequence[int] | None = None) -> Iterator[Lesson]:
    """All that the standing decisions teach, the oldest first; decisions in their grace period are not yet final.

    The rows are fetched as they are asked for, so a large desk's history does not lie in memory twice.
    """
    query = (
        select(
            Comment.id,
            Comment.author_id,
            Revision.text,
            Decision.verdict,
            Decision.labels,
            Decision.reason,
            Decision.at,
            Decision.public_id,
            Decision.moderator_id,
            Site.slug,
            Decision.site_actor,
        )
        .join(Decision, Decision.id == Comment.standing_decision_id)
        .join(Revision, and_(Revision.comment_id == Comment.id, Revision.n == Decision.revision))
        .join(Site, Site.id == Comment.site_id)
        .where(
            Decision.actor.in_(_PEOPLE),
            Decision.verdict.is_not(None),
            or_(Decision.undo_until.is_(None), Decision.undo_until <= now),
        )
        .order_by(Decision.id)
    )
    if site_ids is not None:
        query = query.where(Comment.site_id == func.any(list(site_ids)))
    rows = connection.execute(query, execution_options={"yield_per": 2_000})
    for comment_id, author_id, text, verdict, labels, reason, *who in rows:
        assert verdict is not None  # noqa: S101 - the condition above
        values = taught(Verdict(verdict), [Label(label) for label in labels], reason)
        if values is not None and text.strip():
            yield Lesson(comment_id, author_id, text, values, *who)


def taught(verdict: Verdict, labels: Sequence[Label], reason: str | None) -> Values | None:
    """What one decision says of each label, or ``None`` where it says nothing."""
    known = _PUBLISHED if verdict is Verdict.APPROVE else _rejected(labels, reason)
    return tuple(known.get(label) for label in Label) if known else None


def _rejected(labels: Sequence[Label], reason: str | None) -> dict[Label, float]:
    if reason not in {None, RejectReason.LABELS.value} or not labels:
        return {}
    toxic = set(labels) != {Label.SPAM}
    return dict.fromkeys([*labels, Label.TOXICITY] if toxic else labels, 1.0)
