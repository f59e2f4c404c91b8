"""What people of a desk leave on comments beside decisions: notes, skips, and comments handed to somebody else."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.schema.base import Base, Now, RowId

_OPEN = text("ended_at IS NULL")


class Note(Base):
    """A remark of one moderator for the desk, about a comment or about an author. It is never told to the site."""

    __tablename__ = "notes"
    __table_args__ = (
        CheckConstraint("(comment_id IS NULL) <> (author_id IS NULL)", name="one_subject"),
        Index("ix_notes_comment", "comment_id", "id", postgresql_where=text("comment_id IS NOT NULL")),
        Index("ix_notes_author", "author_id", "id", postgresql_where=text("author_id IS NOT NULL")),
    )

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("authors.id"))
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[Now]


class AuthorSanction(Base):
    """A warning, suspension or ban of an author, kept when it is over. ``reason`` is for the desk alone.

    ``notice`` is what the site is told to say to the reader. ``until`` is null but for a suspension; what was lifted,
    or replaced by another sanction, has an ``ended_at``. Of suspensions and bans an author has one at a time.
    """

    __tablename__ = "author_sanctions"
    __table_args__ = (
        Index("ix_author_sanctions_author", "author_id", "id"),
        Index(
            "uq_author_sanctions_running",
            "author_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND kind <> 'warning'"),
        ),
    )

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    notice: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("moderators.id"))


class Skip(Base):
    """One person leaves a comment to the others; for them it stays where it is."""

    __tablename__ = "skips"
    __table_args__ = (Index("ix_skips_comment", "comment_id"),)

    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    at: Mapped[Now]


class Escalation(Base):
    """A comment handed on with a note: to one colleague, or, with ``to_id`` null, to whoever is senior at the site.

    It ends with the next decision about the comment, or with the next handing on.
    """

    __tablename__ = "escalations"
    __table_args__ = (
        Index("uq_escalations_open", "comment_id", unique=True, postgresql_where=_OPEN),
        Index("ix_escalations_site", "site_id", "id", postgresql_where=_OPEN),
    )

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("moderators.id"))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[Now]
    ended_at: Mapped[datetime | None]
