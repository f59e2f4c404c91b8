"""Figures about the service: counters that all processes add to, and what waits now.

Adding is inserting a row, so writers never wait for one another; the sweep folds rows of one name into one.
"""

import bisect
from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select, text

from moderation.store.schema import Counter

BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
"""Upper bounds of the latency buckets, in seconds; what is longer falls into ``+Inf``."""

MOST_COUNTED: Final = 100_000
"""Backlogs are counted up to here, so that asking stays cheap when a backlog is what is wrong."""

_FOLD_FROM: Final = 20


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits now; times are the oldest one's, ``None`` where nothing waits."""

    waiting: int
    waiting_since: datetime | None
    held: int
    held_since: datetime | None
    callbacks_due: int
    callbacks_due_since: datetime | None
    callbacks_parked: int


def add(connection: Connection, amounts: Mapping[tuple[str, int | None], int]) -> None:
    """Adds to counters, given by name and site (``None`` for the whole service)."""
    rows = [{"name": name, "site_id": site_id, "amount": n} for (name, site_id), n in amounts.items() if n]
    if rows:
        connection.execute(insert(Counter), rows)


def totals(connection: Connection) -> dict[tuple[str, int | None], int]:
    rows = connection.execute(
        select(Counter.name, Counter.site_id, func.sum(Counter.amount)).group_by(Counter.name, Counter.site_id)
    )
    return {(name, site_id): int(total) for name, site_id, total in rows}


_FOLD = text("""
WITH crowded AS (
    SELECT name, site_id FROM counters GROUP BY name, site_id HAVING count(*) >= :least
), gone AS (
    DELETE FROM counters c USING crowded
    WHERE c.name = crowded.name AND c.site_id IS NOT DISTINCT FROM crowded.site_id
    RETURNING c.name, c.site_id, c.amount
)
INSERT INTO counters (name, site_id, amount) SELECT name, site_id, sum(amount) FROM gone GROUP BY name, site_id
""")


def fold(connection: Connection, *, least: int = _FOLD_FROM) -> None:
    """Replaces the rows of each counter that has ``least`` or more by their sum, in one statement."""
    connection.execute(_FOLD, {"least": least})


def latency_buckets(name: str, seconds: Iterable[float]) -> dict[str, int]:
    """Counter amounts for these latencies: one bucket each (not cumulative), and their sum in milliseconds."""
    measured = [max(0.0, one) for one in seconds]
    if not measured:
        return {}
    tally = Tally(_bucket(one) for one in measured)
    amounts = {f"{name}_le:{bound}": count for bound, count in tally.items()}
    amounts[f"{name}_sum_ms"] = round(1000 * sum(measured))
    return amounts


def _bucket(seconds: float) -> str:
    place = bisect.bisect_left(BUCKETS, seconds)
    return str(BUCKETS[place]) if place < len(BUCKETS) else "+Inf"


def histogram(name: str, sums: Mapping[str, int]) -> tuple[Sequence[tuple[str, float]], float]:
    """Cumulative buckets (bound, count) and the sum in seconds, from the totals of ``latency_buckets``."""
    running = 0.0
    buckets: list[tuple[str, float]] = []
    for bound in [*map(str, BUCKETS), "+Inf"]:
        running += sums.get(f"{name}_le:{bound}", 0)
        buckets.append((bound, running))
    return buckets, sums.get(f"{name}_sum_ms", 0) / 1000


_BACKLOG = text("""
SELECT w.n, w.since, h.n, h.since, d.n, d.since, p.n
FROM (SELECT count(*) AS n, min(received_at) AS since
      FROM (SELECT received_at FROM comments WHERE state = 'waiting' ORDER BY id LIMIT :most) a) w,
     (SELECT count(*) AS n, min(state_at) AS since
      FROM (SELECT state_at FROM comments WHERE state = 'held' LIMIT :most) a) h,
     (SELECT count(*) AS n, min(due_at) AS since
      FROM endpoints e CROSS JOIN LATERAL (
          SELECT due_at FROM callbacks
          WHERE endpoint_id = e.id AND state = 'pending' AND due_at <= :now ORDER BY due_at LIMIT :most) a) d,
     (SELECT count(*) AS n FROM (SELECT FROM callbacks WHERE state = 'parked' LIMIT :most) a) p
""")


def backlog(connection: Connection, now: datetime) -> Backlog:
    """What waits at ``now``, each count capped at MOST_COUNTED."""
    return Backlog(*connection.execute(_BACKLOG, {"now": now, "most": MOST_COUNTED}).one())
