"""Heaps of scores by day (``domain.score_tally``): added to by rows, folded by the sweep, read as sums.

Adding never waits for another writer, and a read is the sum of what was folded and what came since.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, text

from moderation.domain.policy import Check
from moderation.domain.score_tally import OVERALL, Heap, Place, Ran, places, ran
from moderation.domain.vocabulary import Action, Label, Script
from moderation.store.documents import document

KEPT_DAYS: Final = 40
"""How long the heaps of labels are kept; those of comments as a whole, which are few, stay."""

# The day is the site's own and by the database's clock, as ``outcomes.at`` is.
_ADD = text("""
INSERT INTO score_tally_changes (site_id, day, label, script, rest, bin, scored, published, rejected)
SELECT t.site_id, COALESCE(t.day, (now() AT TIME ZONE s.time_zone)::date), t.label, t.script, t.rest, t.bin,
       t.scored, t.published, t.rejected
FROM json_to_recordset(CAST(:rows AS json))
     AS t(site_id bigint, day date, label text, script text, rest text, bin smallint, scored int, published int,
          rejected int)
JOIN sites s ON s.id = t.site_id
""")


def add_scored(connection: Connection, judged: Iterable[tuple[int, str | None, Sequence[Check]]]) -> None:
    """Tallies scored comments, given as (site, script, checks with the strictest first)."""
    counted: Counter[tuple[int, str, Place]] = Counter()
    for site_id, script, checks in judged:
        for place in places(ran(checks)):
            counted[site_id, script or Script.UNDETERMINED.value, place] += 1
    rows = [{**_row(site_id, script, place), "scored": n} for (site_id, script, place), n in counted.items()]
    if rows:
        connection.execute(_ADD, {"rows": document(rows)})


def _row(site_id: int, script: str, place: Place) -> dict[str, Any]:
    return {
        "site_id": site_id,
        "script": script,
        "label": place.label,
        "rest": place.rest,
        "bin": place.bin,
        "scored": 0,
        "published": 0,
        "rejected": 0,
    }


# A decision counts while it stands: the newest one is added, and the one that it overturned is taken off again.
_DECIDED = text("""
WITH newest AS (
    SELECT d.id, d.overturns FROM unnest(CAST(:ids AS bigint[])) AS c(id)
    CROSS JOIN LATERAL (
        SELECT id, overturns FROM decisions WHERE comment_id = c.id ORDER BY version DESC LIMIT 1) d),
counted AS (SELECT id, 1 AS sign FROM newest UNION ALL SELECT overturns, -1 FROM newest)
SELECT d.site_id, d.verdict, counted.sign, COALESCE(r.script, 'und') AS script,
       (o.at AT TIME ZONE s.time_zone)::date AS day, o.checks
FROM counted
JOIN decisions d ON d.id = counted.id AND d.actor = 'moderator' AND d.verdict IS NOT NULL
JOIN sites s ON s.id = d.site_id
JOIN revisions r ON r.comment_id = d.comment_id AND r.n = d.revision
CROSS JOIN LATERAL (SELECT at, checks FROM outcomes WHERE revision_id = r.id ORDER BY id LIMIT 1) o
""")


def add_decided(connection: Connection, comment_ids: Sequence[int]) -> None:
    """Keeps the heaps true to what was just decided about these comments; called once their decisions are recorded."""
    counted: Counter[tuple[int, date, str, Place, str]] = Counter()
    for site_id, verdict, sign, script, day, checks in connection.execute(_DECIDED, {"ids": list(comment_ids)}):
        for place in places([Ran(one.get("label"), Action(one["action"]), one.get("value")) for one in checks]):
            counted[site_id, day, script, place, verdict] += sign
    rows = [
        {**_row(site_id, script, place), "day": day, "published" if verdict == "approve" else "rejected": n}
        for (site_id, day, script, place, verdict), n in counted.items()
        if n
    ]
    if rows:
        connection.execute(_ADD, {"rows": document(rows)})


_FOLD = text("""
WITH gone AS (DELETE FROM score_tally_changes RETURNING *)
INSERT INTO score_tallies AS t (site_id, day, label, script, rest, bin, scored, published, rejected)
SELECT site_id, day, label, script, rest, bin, sum(scored), sum(published), sum(rejected)
FROM gone GROUP BY site_id, day, label, script, rest, bin
ON CONFLICT (site_id, day, label, script, rest, bin) DO UPDATE
SET scored = t.scored + excluded.scored, published = t.published + excluded.published,
    rejected = t.rejected + excluded.rejected
""")
_FORGET = text("DELETE FROM score_tallies WHERE day < CURRENT_DATE - CAST(:days AS int) AND label <> :overall")


def fold(connection: Connection) -> None:
    """Adds what came since the last fold to the heaps, and drops heaps that nobody looks at any more."""
    connection.execute(_FOLD)
    connection.execute(_FORGET, {"days": KEPT_DAYS, "overall": OVERALL})


_BOTH = """
    SELECT day, label, script, rest, bin, scored, published, rejected FROM score_tallies
    WHERE site_id = :site AND day >= :since
    UNION ALL
    SELECT day, label, script, rest, bin, scored, published, rejected FROM score_tally_changes
    WHERE site_id = :site AND day >= :since
"""
_HEAPS = text(f"""
SELECT label, script, rest, bin, sum(scored), sum(published), sum(rejected) FROM ({_BOTH}) b
WHERE label <> :overall AND script = ANY(:scripts) AND (CAST(:label AS text) IS NULL OR label = :label)
GROUP BY label, script, rest, bin
HAVING NOT :decided OR sum(published) + sum(rejected) > 0
""")  # noqa: S608 - the interpolated part is the constant above
_DAYS = text(f"""
SELECT day, script, rest, sum(scored), sum(published), sum(rejected) FROM ({_BOTH}) b
WHERE label = :overall GROUP BY day, script, rest ORDER BY day
""")  # noqa: S608 - the interpolated part is the constant above


def heaps(
    connection: Connection,
    site_id: int,
    *,
    since: date,
    scripts: Sequence[Script],
    label: Label | None = None,
    decided: bool = False,
) -> list[Heap]:
    """The heaps of a site since a day, in these scripts, of one label or of all; or those with a decision of people."""
    values = {
        "site": site_id,
        "since": since,
        "scripts": [one.value for one in scripts],
        "label": label.value if label else None,
        "overall": OVERALL,
        "decided": decided,
    }
    rows = connection.execute(_HEAPS, values)
    return [Heap(Label(row[0]), row[1], Action(row[2]), *row[3:]) for row in rows if row[0] in _LABELS]


_LABELS: Final[Mapping[str, Label]] = {label.value: label for label in Label}


@dataclass(frozen=True, slots=True)
class DayTally:
    """Comments of one day and script that the whole policy did the same to, and what people decided on them."""

    day: date
    script: str
    action: Action
    scored: int
    published: int
    rejected: int


def by_day(connection: Connection, site_id: int, *, since: date) -> list[DayTally]:
    """What came in and what became of it, day by day."""
    rows = connection.execute(_DAYS, {"site": site_id, "since": since, "overall": OVERALL})
    return [DayTally(day, script, Action(rest), *counts) for day, script, rest, *counts in rows]


_FIRST_DAY = text("""
SELECT least((SELECT day FROM score_tallies WHERE site_id = :site AND day >= :since ORDER BY day LIMIT 1),
             (SELECT min(day) FROM score_tally_changes WHERE site_id = :site AND day >= :since)),
       (now() AT TIME ZONE (SELECT time_zone FROM sites WHERE id = :site))::date
""")


def days_covered(connection: Connection, site_id: int, *, since: date) -> int:
    """Over how many days the heaps since then are spread, today among them; 0 where there is none."""
    first, today = connection.execute(_FIRST_DAY, {"site": site_id, "since": since}).one()
    return 0 if first is None else max(1, (today - first).days + 1)
