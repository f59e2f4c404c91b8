"""Sites, the addresses and keys that they are reached and known by, and their rules."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.schema.base import Base, Now, RowId


class Site(Base):
    __tablename__ = "sites"

    id: Mapped[RowId]
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    mode: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text, server_default="Asia/Dhaka")
    hold_everything_until: Mapped[datetime | None]
    hold_everything_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Now]


class Endpoint(Base):
    """Where a site's callbacks go. ``failures`` counts consecutive ones; until ``open_until`` nothing is tried.

    ``failing_since`` is the first of these failures. A disabled endpoint gets nothing; what is for it is parked.
    """

    __tablename__ = "endpoints"

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    url: Mapped[str] = mapped_column(Text)
    failures: Mapped[int] = mapped_column(server_default="0")
    open_until: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Now]


class Secret(Base):
    """A signing secret, encrypted at rest; several are valid at once while one is rotated.

    ``hint`` is its last characters, by which people tell it from others; secrets made before hints were have none.
    """

    __tablename__ = "secrets"

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    purpose: Mapped[str] = mapped_column(Text)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    hint: Mapped[str] = mapped_column(Text, server_default="")
    valid_from: Mapped[Now]
    valid_to: Mapped[datetime | None]


class ApiKey(Base):
    """A Bearer token's SHA-256; of the token itself, which is shown once, only the last characters are kept."""

    __tablename__ = "api_keys"

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    hint: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[Now]
    revoked_at: Mapped[datetime | None]


class PolicyVersion(Base):
    __tablename__ = "policy_versions"
    __table_args__ = (UniqueConstraint("site_id", "n"),)

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    n: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    author: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    at: Mapped[Now]


class TermList(Base):
    """A list of terms under one name. ``version`` is the number of the version that counts; the rows keep them all."""

    __tablename__ = "term_lists"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[RowId]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    created_at: Mapped[Now]


class TermListVersion(Base):
    """One state of a term list, only ever added: a document of ``domain.term_document``, normalised as comments are.

    ``digest`` is the document's SHA-256, by which processes know a list that they have compiled already; ``size``
    counts its terms.
    """

    __tablename__ = "term_list_versions"
    __table_args__ = (UniqueConstraint("list_id", "n"),)

    id: Mapped[RowId]
    list_id: Mapped[int] = mapped_column(ForeignKey("term_lists.id"))
    n: Mapped[int]
    action: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    at: Mapped[Now]
