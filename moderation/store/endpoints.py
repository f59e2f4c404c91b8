"""What people are told of the addresses that callbacks go to: which are switched off, and what waits for a replay."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, func, select

from moderation.domain.vocabulary import CallbackState
from moderation.store.schema import Callback, Endpoint, Site


@dataclass(frozen=True, slots=True)
class Disabled:
    """An address that gets nothing until a person asks for a replay; ``failing_since`` began what led to that."""

    site_id: int
    site: str
    url: str
    failures: int
    failing_since: datetime | None
    disabled_at: datetime


def disabled(connection: Connection, site_ids: Collection[int]) -> list[Disabled]:
    """The sites' addresses that are switched off, the longest first."""
    rows = connection.execute(
        select(Site.id, Site.name, Endpoint.url, Endpoint.failures, Endpoint.failing_since, Endpoint.disabled_at)
        .join(Site, Site.id == Endpoint.site_id)
        .where(Endpoint.site_id == func.any(list(site_ids)), Endpoint.disabled_at.is_not(None))
        .order_by(Endpoint.disabled_at, Endpoint.id)
    )
    return [Disabled(*row[:5], disabled_at=cast("datetime", row[5])) for row in rows]


def parked_counts(connection: Connection, site_ids: Collection[int]) -> dict[int, int]:
    """How many callbacks each site has parked; reads a partial index that holds only these."""
    rows = connection.execute(
        select(Callback.site_id, func.count())
        .where(Callback.site_id == func.any(list(site_ids)), Callback.state == CallbackState.PARKED.value)
        .group_by(Callback.site_id)
    )
    return {row[0]: row[1] for row in rows}
