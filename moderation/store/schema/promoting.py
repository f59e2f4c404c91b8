"""What a new bundle has to show before it goes live: frozen gold sets, and the gate's verdicts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, REAL, Boolean, ForeignKey, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.schema.base import Base, Now, RowId


class GoldSet(Base):
    """Labelled comments that measure bundles and never teach them. ``digest`` is of its rows: it stays as it came."""

    __tablename__ = "gold_sets"

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(Text, unique=True)
    digest: Mapped[str] = mapped_column(Text, unique=True)
    by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Now]
    retired_at: Mapped[datetime | None]


class GoldRow(Base):
    """One comment of a gold set. ``known`` has 1, 0 or null (unknown) for each label, in the order of ``Label``."""

    __tablename__ = "gold_rows"
    __table_args__ = (UniqueConstraint("gold_set_id", "n"),)

    id: Mapped[RowId]
    gold_set_id: Mapped[int] = mapped_column(ForeignKey("gold_sets.id"))
    n: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    known: Mapped[list[float | None]] = mapped_column(ARRAY(REAL))
    author: Mapped[str] = mapped_column(Text)


class GateVerdict(Base):
    """What the gate said of a bundle in place of the one that was live then (null: none was)."""

    __tablename__ = "gate_verdicts"

    id: Mapped[RowId]
    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundles.id"), index=True)
    champion_id: Mapped[int | None] = mapped_column(ForeignKey("bundles.id"))
    allowed: Mapped[bool] = mapped_column(Boolean)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[Now]
