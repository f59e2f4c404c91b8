"""What the gate said of bundles. Verdicts are only added; the newest one about a pair of bundles counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from moderation.store.schema import GateVerdict


@dataclass(frozen=True, slots=True)
class Stored:
    """A verdict on a bundle in place of the one that was live then."""

    allowed: bool
    document: Mapping[str, Any]
    at: datetime


def add(
    connection: Connection, *, bundle_id: int, champion_id: int | None, allowed: bool, document: Mapping[str, Any]
) -> None:
    connection.execute(
        insert(GateVerdict).values(
            bundle_id=bundle_id, champion_id=champion_id, allowed=allowed, document=dict(document)
        )
    )


def newest(connection: Connection, *, bundle_id: int, champion_id: int | None) -> Stored | None:
    """The latest verdict on this bundle in place of that one."""
    row = connection.execute(
        select(GateVerdict.allowed, GateVerdict.document, GateVerdict.at)
        .where(GateVerdict.bundle_id == bundle_id, GateVerdict.champion_id.is_not_distinct_from(champion_id))
        .order_by(GateVerdict.id.desc())
        .limit(1)
    ).one_or_none()
    return Stored(*row) if row else None
