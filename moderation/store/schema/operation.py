"""People, sessions, bundles, and what the service keeps about itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.schema.base import Base, Now, RowId


class Moderator(Base):
    """A person of a desk. ``keys`` has the single keys that they chose themselves (``domain.keyboard``).

    ``mask`` tells whether slurs are masked for them, ``break_after`` after how many minutes at the desk a break is
    suggested (0 for never). ``left_at`` and ``returned_at`` bound their latest long absence.
    """

    __tablename__ = "moderators"

    id: Mapped[RowId]
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text, server_default="bn")
    theme: Mapped[str] = mapped_column(Text, server_default="system")
    keys: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    mask: Mapped[str] = mapped_column(Text, server_default="auto")
    break_after: Mapped[int] = mapped_column(server_default="45")
    seen_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[Now]


class Membership(Base):
    """A person's role at a site; ``site_id`` null means at every site, present and to come."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "uq_memberships_site", "moderator_id", "site_id", unique=True, postgresql_where=text("site_id IS NOT NULL")
        ),
        Index("uq_memberships_all", "moderator_id", unique=True, postgresql_where=text("site_id IS NULL")),
    )

    id: Mapped[RowId]
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    role: Mapped[str] = mapped_column(Text)


class Session(Base):
    """A login. The cookie holds a random token, the row its SHA-256, so that a leaked table opens nothing."""

    __tablename__ = "sessions"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"), index=True)
    device: Mapped[str] = mapped_column(Text, server_default="")
    idle_until: Mapped[datetime]
    until: Mapped[datetime]
    used_at: Mapped[Now]
    created_at: Mapped[Now]


class SecondFactor(Base):
    """The secret of a person's one-time codes, encrypted; it counts from ``confirmed_at`` on.

    ``last_step`` is the time step (RFC 6238: 30 s each, from 1970) of the newest code that was used.
    """

    __tablename__ = "second_factors"

    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[Now]


class RecoveryCode(Base):
    """One way in without the device that shows codes; the row goes as the code is used. Kept as a SHA-256."""

    __tablename__ = "recovery_codes"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"), index=True)


class LoginAttempt(Base):
    """Consecutive failures of one account or one address; ``key`` is a keyed digest of either."""

    __tablename__ = "login_attempts"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


class Invitation(Base):
    """A one-time link by which a person sets a password."""

    __tablename__ = "invitations"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"), index=True)
    until: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[Now]


class Bundle(Base):
    """A trained bundle with its file's bytes, so that every machine that reaches the database has it."""

    __tablename__ = "bundles"

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(Text, unique=True)
    digest: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    card: Mapped[str] = mapped_column(Text)
    metrics: Mapped[dict[str, Any]] = mapped_column(JSONB)
    origin: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Now]


class Promotion(Base):
    """The newest row says which bundle is live; a rollback is a new row too."""

    __tablename__ = "promotions"

    id: Mapped[RowId]
    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundles.id"))
    by: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    at: Mapped[Now]


class ShadowChoice(Base):
    """The newest row says which bundle scores beside the live one, deciding nothing; null is none."""

    __tablename__ = "shadow_choices"

    id: Mapped[RowId]
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("bundles.id"))
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[Now]


class DriftReference(Base):
    """What a bundle that was trained without a reference is compared with: the first comments that it scored."""

    __tablename__ = "drift_references"

    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundles.id"), primary_key=True)
    profile: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[Now]


class DriftMeasurement(Base):
    """One day's comments beside what their bundle is used to.

    ``drift`` is null where there is nothing to compare with yet; ``origin`` says where the reference is from: training,
    or the bundle's own first comments. ``picture`` is SVG.
    """

    __tablename__ = "drift_measurements"
    __table_args__ = (Index(None, "bundle_id", "id"),)

    id: Mapped[RowId]
    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundles.id"))
    comments: Mapped[int]
    origin: Mapped[str | None] = mapped_column(Text)
    profile: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reference: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    drift: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    picture: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]


class Counter(Base):
    """Amounts to be summed by name; rows are only added, and now and then folded into one, so writers never wait."""

    __tablename__ = "counters"

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(Text, index=True)
    site_id: Mapped[int | None] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)


class AuditEntry(Base):
    """What people with power did: enrolled, rotated, promoted, replayed."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_at", "at"),)

    id: Mapped[RowId]
    at: Mapped[Now]
    actor: Mapped[str] = mapped_column(Text)
    act: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


class Lease(Base):
    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    holder: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime]


class Heartbeat(Base):
    """When a kind of work last showed progress, for ``/ready`` and the status command."""

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime]
    detail: Mapped[str] = mapped_column(Text, server_default="")
