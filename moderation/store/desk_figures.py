"""What a desk's days were like: how long people took, who decided how much, what waits. Small walks along indexes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, text

LAST_DECISIONS: Final = 2_000
"""The newest decisions of people that times to a decision are taken from."""
MOST_COUNTED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Waits:
    """From held to decided by a person, of so many decisions."""

    decisions: int
    median: timedelta
    ninth: timedelta
    """Nine of ten were decided within it."""


@dataclass(frozen=True, slots=True)
class Held:
    """What waits at a site, counted up to ``MOST_COUNTED``, and since when the oldest does."""

    comments: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class PersonsDecisions:
    moderator_id: int
    name: str
    decisions: int
    rejected: int


# The first outcome says when a wording was held; one that a person sent back later waits anew and is not told apart.
_WAITS = text("""
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY waited),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY waited)
FROM (
    SELECT greatest(d.at - o.at, interval '0') AS waited
    FROM (SELECT comment_id, revision, at FROM decisions
          WHERE site_id = :site AND moderator_id IS NOT NULL AND at >= :since AND verdict IS NOT NULL
          ORDER BY at DESC LIMIT :most) d
    JOIN revisions r ON r.comment_id = d.comment_id AND r.n = d.revision
    CROSS JOIN LATERAL (SELECT at, action FROM outcomes WHERE revision_id = r.id ORDER BY id LIMIT 1) o
    WHERE o.action = 'hold') w
""")
_HELD = text("""
SELECT (SELECT count(*) FROM (SELECT FROM comments WHERE site_id = :site AND state = 'held' LIMIT :most) c),
       (SELECT state_at FROM comments WHERE site_id = :site AND state = 'held' ORDER BY state_at LIMIT 1)
""")
_PERSONS = text("""
SELECT m.id, m.name, d.n, d.rejected FROM (
    SELECT moderator_id, count(*) AS n, count(*) FILTER (WHERE verdict = 'reject') AS rejected FROM decisions
    WHERE site_id = :site AND moderator_id IS NOT NULL AND at >= :since AND verdict IS NOT NULL
      AND (CAST(:only AS bigint) IS NULL OR moderator_id = :only)
    GROUP BY moderator_id) d
JOIN moderators m ON m.id = d.moderator_id ORDER BY d.n DESC, m.name
""")
_DECIDED = text("""
SELECT count(*) FROM decisions
WHERE site_id = :site AND moderator_id IS NOT NULL AND at >= :since AND verdict IS NOT NULL
""")


def waits(connection: Connection, site_id: int, *, since: datetime) -> Waits | None:
    """How long people took for their newest decisions since then; ``None`` where there is none."""
    values = {"site": site_id, "since": since, "most": LAST_DECISIONS}
    n, median, ninth = connection.execute(_WAITS, values).one()
    return Waits(n, median, ninth) if n else None


def held(connection: Connection, site_id: int) -> Held:
    return Held(*connection.execute(_HELD, {"site": site_id, "most": MOST_COUNTED}).one())


def decided(connection: Connection, site_id: int, *, since: datetime) -> int:
    """How many decisions people made since then."""
    return int(connection.execute(_DECIDED, {"site": site_id, "since": since}).scalar_one())


def by_person(
    connection: Connection, site_id: int, *, since: datetime, only: int | None = None
) -> list[PersonsDecisions]:
    """Each person's decisions since then, or one person's ``only``."""
    rows = connection.execute(_PERSONS, {"site": site_id, "since": since, "only": only})
    return [PersonsDecisions(*row) for row in rows]
