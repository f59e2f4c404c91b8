"""What people are told outside the pages: what each has chosen, what a site counts as too much, and the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.schema.base import Base, Now, RowId

_PENDING = text("state = 'pending'")


class NoticeChoice(Base):
    """What somebody gets, by which ways, once they have chosen; ``webhook`` is the address of their own, encrypted."""

    __tablename__ = "notice_choices"

    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"), primary_key=True)
    chosen: Mapped[list[str]] = mapped_column(ARRAY(Text))
    webhook: Mapped[bytes | None] = mapped_column(LargeBinary)


class SiteNotices(Base):
    """What a site counts as too much, and the webhook of its whole desk, encrypted, with what goes there.

    No row means the defaults; a limit of null is not watched. Times are minutes.
    """

    __tablename__ = "site_notices"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    held_over: Mapped[int | None]
    waits_over: Mapped[int | None]
    quiet: Mapped[int]
    webhook: Mapped[bytes | None] = mapped_column(LargeBinary)
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str] = mapped_column(Text)


class NoticeLevel(Base):
    """A state that is watched: whether it is over its limit, and what was told of it last."""

    __tablename__ = "notice_levels"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    over: Mapped[bool]
    told_over: Mapped[bool]
    told_at: Mapped[datetime | None]


class Notice(Base):
    """The outbox of notices: one message to one person, or with ``moderator_id`` null to the webhook of a site's desk.

    ``params`` holds the numbers and names that the text needs, nothing that a reader wrote. ``n`` counts what was put
    together while it waited.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_due", "due_at", "id", postgresql_where=_PENDING),
        Index("ix_notices_site", "site_id", "id"),
        Index("ix_notices_moderator", "moderator_id", "kind", "id"),
        CheckConstraint("site_id IS NOT NULL OR moderator_id IS NOT NULL", name="addressed"),
    )

    id: Mapped[RowId]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("moderators.id"))
    way: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    turn: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text, server_default="")
    params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    n: Mapped[int] = mapped_column(server_default="1")
    state: Mapped[str] = mapped_column(Text, server_default="pending")
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    code: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Now]
    done_at: Mapped[datetime | None]


class HandoverNote(Base):
    """What a moderator leaves for the next shift of a site's desk."""

    __tablename__ = "handover_notes"
    __table_args__ = (Index("ix_handover_notes_site", "site_id", "id"),)

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[Now]
