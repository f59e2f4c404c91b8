"""What readers wrote: comments, their revisions, stories and authors, and the webhook's inbox."""

import uuid
from datetime import datetime
from typing import Any, Final

from sqlalchemy import REAL, BigInteger, Float, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.schema.base import Base, Now, RowId

_HELD = text("state = 'held'")
SEPARATORS: Final = "।.,;:!?…\"'`()[]{}<>‹›«»/\\|-–—_+=*&^$#@~"
"""What separates words for the search, beside spaces. PostgreSQL's parser would keep some of it within words."""


def _quoted(written: str) -> str:
    return "'" + written.replace("'", "''") + "'"


WORDS: Final = (
    f"to_tsvector('simple'::regconfig, translate(normalised, {_quoted(SEPARATORS)}, {_quoted(' ' * len(SEPARATORS))}))"
)
"""The words of a revision as its index has them. A search must use this very expression to find the index."""


TITLE_WORDS: Final = (
    "to_tsvector('simple'::regconfig, "
    f"translate(normalize(title, NFC), {_quoted(SEPARATORS)}, {_quoted(' ' * len(SEPARATORS))}))"
)
"""The words of a story's title, likewise."""


class InboxEntry(Base):
    """One webhook delivery. The unique key is what makes a repeat harmless; ``answer`` is what the first one got."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("site_id", "webhook_id"),)

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    webhook_id: Mapped[str] = mapped_column(Text)
    body_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[Now]


class EarlyEvent(Base):
    """An event about a comment that has not arrived yet; applied in order of time when it does."""

    __tablename__ = "early_events"
    __table_args__ = (Index(None, "site_id", "comment_ext_id"),)

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    comment_ext_id: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    occurred_at: Mapped[datetime]
    received_at: Mapped[Now]


class Story(Base):
    """An article that is commented on. Until ``held_until`` each new comment on it is held, for ``held_reason``.

    A hold without a reason is that of the breaker, which counts only comments from ``breaker_from`` on. ``version``
    rises with everything the site is told about it.
    """

    __tablename__ = "stories"
    __table_args__ = (
        UniqueConstraint("site_id", "ext_id"),
        Index("ix_stories_watched", "site_id", "id", postgresql_where=text("watched")),
        Index("ix_stories_title", text(TITLE_WORDS), postgresql_using="gin"),
    )

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    ext_id: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    section: Mapped[str] = mapped_column(Text)
    watched: Mapped[bool] = mapped_column(server_default=text("false"))
    held_until: Mapped[datetime | None]
    held_reason: Mapped[str | None] = mapped_column(Text)
    breaker_from: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[Now]


class StoryPulse(Base):
    """How many comments on a story were routed about then, and how many of them were flagged for what they say.

    Rows are only added, so that no writer waits; the sweep folds those of one minute and forgets what no window holds.
    """

    __tablename__ = "story_pulses"
    __table_args__ = (Index("ix_story_pulses_story", "story_id", "at"), Index("ix_story_pulses_at", "at"))

    id: Mapped[RowId]
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"))
    at: Mapped[datetime]
    comments: Mapped[int]
    flagged: Mapped[int]


class StoryBreaker(Base):
    """That a story's breaker turned on by itself: the counts that did it, the policy's ``share``, and until when.

    A person who ends it early is ``ended_by``. Of a story one at most is open (``ended_at`` null); whether that one
    still holds is a matter of ``until``.
    """

    __tablename__ = "story_breakers"
    __table_args__ = (
        Index("uq_story_breakers_open", "story_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_story_breakers_story", "story_id", "id"),
        Index("ix_story_breakers_site", "site_id", "until"),
    )

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"))
    at: Mapped[datetime]
    until: Mapped[datetime]
    comments: Mapped[int]
    flagged: Mapped[int]
    share: Mapped[float] = mapped_column(Float)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(Text)


class Author(Base):
    """A reader at one site. E-mail and IP are kept only as keyed digests; the counts are kept up, never recounted.

    ``sanction`` is the suspension or ban in force, unless ``sanctioned_until`` is over. ``version`` rises with
    everything the site is told about the author.
    """

    __tablename__ = "authors"
    __table_args__ = (
        UniqueConstraint("site_id", "ext_id"),
        Index(
            "ix_authors_name",
            "site_id",
            func.lower(text("name")).label("lower_name"),
            postgresql_ops={"lower_name": "text_pattern_ops"},
        ),
    )

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    ext_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    email_hmac: Mapped[bytes | None] = mapped_column(LargeBinary)
    ip_hmac: Mapped[bytes | None] = mapped_column(LargeBinary)
    url: Mapped[str | None] = mapped_column(Text)
    registered_at: Mapped[datetime | None]
    published: Mapped[int] = mapped_column(server_default="0")
    rejected: Mapped[int] = mapped_column(server_default="0")
    sanction: Mapped[str | None] = mapped_column(Text)
    sanctioned_until: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[Now]


class Comment(Base):
    """One comment's place in its life. ``version`` rises with everything the site is told about it.

    ``script``, ``label`` (the decisive one) and its score are of its newest scoring, kept here for the queue's filters.
    ``alike_to`` is the earlier wording that the present one is like, if there is one: the id of its group.
    ``parent_ext_id`` is the site's own id, not a key of ours: a reply may arrive before what it answers.
    """

    __tablename__ = "comments"
    __table_args__ = (
        UniqueConstraint("site_id", "ext_id"),
        Index("ix_comments_waiting", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_comments_held", "site_id", text("priority DESC"), "id", postgresql_where=_HELD),
        Index("ix_comments_held_arrival", "site_id", "id", postgresql_where=_HELD),
        Index("ix_comments_held_label", "site_id", "label", text("priority DESC"), "id", postgresql_where=_HELD),
        Index("ix_comments_held_score", "site_id", "label", "label_score", "id", postgresql_where=_HELD),
        Index("ix_comments_held_script", "site_id", "script", text("priority DESC"), "id", postgresql_where=_HELD),
        Index("ix_comments_held_story", "story_id", text("priority DESC"), "id", postgresql_where=_HELD),
        Index("ix_comments_held_since", "site_id", "state_at", postgresql_where=_HELD),
        Index(
            "ix_comments_held_alike",
            "site_id",
            "alike_to",
            "id",
            postgresql_where=text("state = 'held' AND alike_to IS NOT NULL"),
        ),
        Index(
            "ix_comments_settled_alike",
            "alike_to",
            "id",
            postgresql_where=text("state IN ('published', 'rejected') AND alike_to IS NOT NULL"),
        ),
        Index("ix_comments_story", "story_id", "id"),
        Index("ix_comments_received", "received_at", postgresql_using="brin"),
        Index("ix_comments_author", "author_id", "id"),
        Index(
            "ix_comments_parent",
            "site_id",
            "parent_ext_id",
            "id",
            postgresql_where=text("parent_ext_id IS NOT NULL"),
        ),
    )

    id: Mapped[RowId]
    public_id: Mapped[uuid.UUID] = mapped_column(UUID(as_uuid=True), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    ext_id: Mapped[str] = mapped_column(Text)
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    parent_ext_id: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    current_revision: Mapped[int] = mapped_column(server_default="1")
    standing_decision_id: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(server_default="0")
    priority: Mapped[float] = mapped_column(Float, server_default="0")
    script: Mapped[str | None] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(Text)
    alike_to: Mapped[int | None] = mapped_column(BigInteger)
    label_score: Mapped[float | None] = mapped_column(REAL)
    reports: Mapped[int] = mapped_column(server_default="0")
    historical: Mapped[bool] = mapped_column(server_default=text("false"))
    attempts: Mapped[int] = mapped_column(server_default="0")
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    received_at: Mapped[Now]
    state_at: Mapped[Now]


class Revision(Base):
    """One wording of a comment. ``text`` is what people read; ``html`` the body as received where it was HTML."""

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("comment_id", "n"),
        Index("ix_revisions_words", text(WORDS), postgresql_using="gin"),
    )

    id: Mapped[RowId]
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    n: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    links: Mapped[int] = mapped_column(server_default="0")
    normalised: Mapped[str | None] = mapped_column(Text)
    script: Mapped[str | None] = mapped_column(Text)
    site_revision: Mapped[int | None]
    written_at: Mapped[datetime]
    received_at: Mapped[Now]


class LikenessBand(Base):
    """A key by which a wording is found that others may be like (``classifiers.likeness``).

    Only wordings that are like no earlier one have keys: the first of each group. There are no foreign keys, since they
    would be checked row by row while comments are scored, and a key without its wording does no harm.
    """

    __tablename__ = "likeness_bands"

    site_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    band: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    revision_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class Report(Base):
    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("comment_id", "reporter"),)

    id: Mapped[RowId]
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    reporter: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
