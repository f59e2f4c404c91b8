"""At which sites everything is held at the moment, until when and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from moderation.store.schema import Site


@dataclass(frozen=True, slots=True)
class SiteHold:
    site_id: int
    name: str
    until: datetime
    reason: str | None


def running(connection: Connection, site_ids: Sequence[int], now: datetime) -> list[SiteHold]:
    """The holds of these sites that have not ended, by the sites' names."""
    rows: Any = connection.execute(
        select(Site.id, Site.name, Site.hold_everything_until, Site.hold_everything_reason)
        .where(Site.id == func.any(list(site_ids)), Site.hold_everything_until > now)
        .order_by(Site.name)
    )
    return [SiteHold(*row) for row in rows]
