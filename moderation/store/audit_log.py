"""The record of what people with power did. Entries are only added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from moderation.store.schema import AuditEntry


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    actor: str
    act: str
    subject: str
    details: Mapping[str, Any]


def record(
    connection: Connection, *, actor: str, act: str, subject: str, details: Mapping[str, Any] | None = None
) -> None:
    """Adds an entry; ``details`` must hold no secret and nothing that a reader wrote."""
    connection.execute(insert(AuditEntry).values(actor=actor, act=act, subject=subject, details=dict(details or {})))


def latest(connection: Connection, limit: int = 100) -> list[Entry]:
    """The newest entries, the newest first."""
    rows = connection.execute(
        select(AuditEntry.at, AuditEntry.actor, AuditEntry.act, AuditEntry.subject, AuditEntry.details)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return [Entry(*row) for row in rows]
