"""Scores, outcomes, claims and decisions, and the callbacks that carry decisions out."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, JSON, REAL, CheckConstraint, Float, ForeignKey, Index, Text, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.schema.base import Base, Now, RowId

_OPEN = text("closed_at IS NULL")
_BY_PERSON = text("moderator_id IS NOT NULL")


class Score(Base):
    """The seven probabilities that one bundle gave one revision; those of a ``shadow`` decided nothing."""

    __tablename__ = "scores"
    __table_args__ = (UniqueConstraint("revision_id", "bundle_id"),)

    id: Mapped[RowId]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundles.id"))
    toxicity: Mapped[float] = mapped_column(REAL)
    insult: Mapped[float] = mapped_column(REAL)
    profanity: Mapped[float] = mapped_column(REAL)
    identity_attack: Mapped[float] = mapped_column(REAL)
    threat: Mapped[float] = mapped_column(REAL)
    sexually_explicit: Mapped[float] = mapped_column(REAL)
    spam: Mapped[float] = mapped_column(REAL)
    shadow: Mapped[bool] = mapped_column(server_default=false())
    at: Mapped[Now]


class Outcome(Base):
    """What a policy version made of a revision: the decisive rule with its figures, and every check that ran.

    ``applied`` is false in observe mode, where the row says what would have happened.
    """

    __tablename__ = "outcomes"

    id: Mapped[RowId]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), index=True)
    policy_version: Mapped[int]
    action: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(Text)
    value: Mapped[float | None] = mapped_column(Float)
    threshold: Mapped[float | None] = mapped_column(Float)
    checks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    applied: Mapped[bool]
    at: Mapped[Now]


class Claim(Base):
    """A moderator's short lease on a comment; ``token`` tells the page that holds it from the person's other pages."""

    __tablename__ = "claims"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"))
    token: Mapped[uuid.UUID] = mapped_column(UUID(as_uuid=True))
    until: Mapped[datetime]


class Decision(Base):
    """One verdict, never changed. An undo or a change of mind is a new row that names the old in ``overturns``.

    ``verdict`` is null where a decision was withdrawn and the comment went back to the review queue. Decisions that a
    person made in one act share a ``bulk_id``, and can be taken back in one.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("comment_id", "version"),
        Index("ix_decisions_site", "site_id", "id"),
        Index("ix_decisions_moderator", "moderator_id", "id", postgresql_where=_BY_PERSON),
        Index(
            "ix_decisions_by_person",
            "site_id",
            "at",
            "moderator_id",
            postgresql_include=["verdict"],  # so that a month's decisions are counted from the index alone
            postgresql_where=_BY_PERSON,
        ),
        Index("ix_decisions_changed", "site_id", "id", postgresql_where=text("overturns IS NOT NULL")),
        Index("ix_decisions_people", "site_id", "id", postgresql_where=text("actor <> 'classifier'")),
        Index("ix_decisions_labels", "labels", postgresql_using="gin", postgresql_where=text("labels <> '{}'")),
        Index("ix_decisions_bulk", "bulk_id", postgresql_where=text("bulk_id IS NOT NULL")),
        Index("ix_decisions_overturning", "site_id", "at", "id", postgresql_where=text("overturns IS NOT NULL")),
    )

    id: Mapped[RowId]
    public_id: Mapped[uuid.UUID] = mapped_column(UUID(as_uuid=True), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    version: Mapped[int]
    revision: Mapped[int]
    verdict: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    actor: Mapped[str] = mapped_column(Text)
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("moderators.id"))
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("bundles.id"))
    site_actor: Mapped[str | None] = mapped_column(Text)
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey("outcomes.id"))
    bulk_id: Mapped[uuid.UUID | None] = mapped_column(UUID(as_uuid=True))
    overturns: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"), index=True)
    undo_until: Mapped[datetime | None]
    at: Mapped[Now]


class AuditDraw(Base):
    """An automatic outcome that a person looks at blind, with the probability at which it was drawn.

    Its stratum is ``draw`` (random, or near a threshold) × ``script`` × ``action``. ``decision_id`` is the latest
    decision of a person about this wording; ``blind`` says whether the first of them was made on a comment that stood
    and whose scores were hidden. It waits in the review queue while ``closed_at`` is null; closed without a decision
    means that nobody can answer any more.
    """

    __tablename__ = "audit_sample"
    __table_args__ = (
        Index("ix_audit_sample_open", "site_id", text("priority DESC"), "comment_id", postgresql_where=_OPEN),
        Index("ix_audit_sample_arrival", "site_id", "comment_id", postgresql_where=_OPEN),
        Index("ix_audit_sample_comment", "comment_id"),
        Index("ix_audit_sample_drawn", "drawn_at"),
    )

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), unique=True)
    draw: Mapped[str] = mapped_column(Text)
    script: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    propensity: Mapped[float] = mapped_column(Float)
    priority: Mapped[float] = mapped_column(Float)
    drawn_at: Mapped[Now]
    closed_at: Mapped[datetime | None]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    blind: Mapped[bool | None]


class Callback(Base):
    """The outbox: one signed message to one endpoint. ``payload`` is the ``data`` of the message, without any text.

    It is about a comment, a story or an author; versions are compared among those about the same.
    """

    __tablename__ = "callbacks"
    __table_args__ = (
        Index("ix_callbacks_due", "endpoint_id", "due_at", "id", postgresql_where=text("state = 'pending'")),
        Index("ix_callbacks_parked", "site_id", "id", postgresql_where=text("state = 'parked'")),
        Index("ix_callbacks_comment", "comment_id"),
        Index("ix_callbacks_story", "story_id", postgresql_where=text("story_id IS NOT NULL")),
        Index("ix_callbacks_author", "author_id", postgresql_where=text("author_id IS NOT NULL")),
        CheckConstraint("num_nonnulls(comment_id, story_id, author_id) = 1", name="one_subject"),
    )

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoints.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    story_id: Mapped[int | None] = mapped_column(ForeignKey("stories.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("authors.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    webhook_id: Mapped[str] = mapped_column(Text, unique=True)
    type: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[Now]
    done_at: Mapped[datetime | None]


class CallbackAttempt(Base):
    __tablename__ = "callback_attempts"

    id: Mapped[RowId]
    callback_id: Mapped[int] = mapped_column(ForeignKey("callbacks.id"), index=True)
    status: Mapped[int | None]
    code: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)
    milliseconds: Mapped[int | None]
    at: Mapped[Now]
