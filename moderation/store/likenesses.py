"""Wordings that are alike, found by shared keys: for the groups of what waits, and for what was decided before.

A group is named by its first wording, which alone has keys; the others name it in ``comments.alike_to``. So a campaign
of ten thousand comments has the keys of one, and finding it costs as much as finding one.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select, text

from moderation.domain.vocabulary import Verdict
from moderation.store.documents import document
from moderation.store.schema import Comment, Revision

_LOCKS: Final = 7_232_012
"""The first key of the advisory locks by which a site's wordings are grouped one after the other."""
_PROPOSED: Final = 20
"""Wordings that one key proposes at most, the oldest of them: where more share it the key tells little."""
_COMPARED: Final = 5
"""Of those, how many are compared: the ones that share the most keys, which are the most alike but for chance."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A scored wording, to be grouped."""

    revision_id: int
    site_id: int
    normalised: str


@dataclass(frozen=True, slots=True)
class Keyed:
    """A wording with the keys by which alike ones are found."""

    revision_id: int
    site_id: int
    bands: Sequence[int]


@dataclass(frozen=True, slots=True)
class Proposed:
    """An earlier first wording (or ``revision_id`` itself, where it is one already) that shares a key."""

    revision_id: int
    first_id: int
    normalised: str


@dataclass(frozen=True, slots=True)
class Precedent:
    """A decided comment that shares a key with another; ``who`` decided, and it stands."""

    public_id: uuid.UUID
    text: str
    normalised: str
    verdict: Verdict
    labels: Sequence[str]
    who: str
    at: datetime


_IN_TURN = text("""
SELECT count(*) FROM (
    SELECT pg_advisory_xact_lock(:locks, site) FROM (SELECT unnest(CAST(:sites AS int[])) AS site ORDER BY site) s) t
""")

_PROPOSE = text("""
SELECT t.revision_id, f.revision_id, r.normalised
FROM json_to_recordset(CAST(:rows AS json)) AS t(revision_id bigint, site_id bigint, bands bigint[])
CROSS JOIN LATERAL (
    SELECT b.revision_id FROM unnest(t.bands) AS k(band)
    CROSS JOIN LATERAL (
        SELECT b.revision_id FROM likeness_bands b WHERE b.site_id = t.site_id AND b.band = k.band
        ORDER BY b.revision_id LIMIT :most) b
    GROUP BY b.revision_id ORDER BY count(*) DESC, b.revision_id LIMIT :compared) f
JOIN revisions r ON r.id = f.revision_id
WHERE r.normalised IS NOT NULL
""")

_LEAD = text("""
INSERT INTO likeness_bands (site_id, band, revision_id)
SELECT t.site_id, band, t.revision_id
FROM json_to_recordset(CAST(:rows AS json)) AS t(revision_id bigint, site_id bigint, bands bigint[])
CROSS JOIN unnest(t.bands) AS band
ON CONFLICT DO NOTHING
""")


def take_turn(connection: Connection, site_ids: Sequence[int]) -> None:
    """From here to the end of the transaction nobody else groups comments of these sites.

    Two batches with the same new wording would otherwise each begin a group with it.
    """
    connection.execute(_IN_TURN, {"locks": _LOCKS, "sites": sorted(set(site_ids))})


def propose(connection: Connection, keyed: Sequence[Keyed]) -> list[Proposed]:
    """The first wordings, of the same sites, that share a key with these."""
    rows = connection.execute(_PROPOSE, {"rows": document(keyed), "most": _PROPOSED, "compared": _COMPARED})
    return [Proposed(*row) for row in rows]


def lead(connection: Connection, keyed: Sequence[Keyed]) -> None:
    """From now on others are found to be like these wordings."""
    connection.execute(_LEAD, {"rows": document(keyed)})


def wording(connection: Connection, comment_id: int, n: int) -> Wording | None:
    """A comment's wording; ``None`` for one that was not scored."""
    row = connection.execute(
        select(Revision.id, Comment.site_id, Revision.normalised)
        .join(Comment, Comment.id == Revision.comment_id)
        .where(Revision.comment_id == comment_id, Revision.n == n, Revision.normalised.is_not(None))
    ).one_or_none()
    return Wording(row[0], row[1], row[2] or "") if row else None


_UNGROUPED = text("""
SELECT c.id, r.id, c.site_id, r.normalised
FROM comments c JOIN revisions r ON r.comment_id = c.id AND r.n = c.current_revision
LEFT JOIN decisions d ON d.id = c.standing_decision_id
WHERE c.id > :after AND c.alike_to IS NULL AND r.normalised IS NOT NULL
      AND (c.state = 'held' OR (c.state IN ('published', 'rejected') AND d.actor = 'moderator'))
ORDER BY c.id LIMIT :most FOR NO KEY UPDATE OF c SKIP LOCKED
""")


def ungrouped(connection: Connection, after: int, most: int) -> list[tuple[int, Wording]]:
    """Comments, beyond the id ``after``, that wait or that a person decided on and that follow no other, with their
    wordings; locked. One that somebody works on is left out.
    """
    rows: Any = connection.execute(_UNGROUPED, {"after": after, "most": most})
    return [(comment_id, Wording(*rest)) for comment_id, *rest in rows]


_JOIN = text("UPDATE comments SET alike_to = :first_id WHERE id = :comment_id AND alike_to IS DISTINCT FROM :first_id")


def join(connection: Connection, comment_id: int, first_id: int | None) -> None:
    """A locked comment's place: the group of an earlier wording, or none but its own."""
    connection.execute(_JOIN, {"comment_id": comment_id, "first_id": first_id})


_MEMBERS: Final = 6
"""Decided comments of one group that are looked at, the newest: as many as a card shows, and itself."""
_GROUPS: Final = 30
"""Groups that are looked at: those that share the most keys."""

_PRECEDENTS = text("""
WITH firsts AS MATERIALIZED (
    SELECT b.revision_id FROM unnest(CAST(:bands AS bigint[])) AS k(band)
    CROSS JOIN LATERAL (
        SELECT b.revision_id FROM likeness_bands b WHERE b.site_id = :site_id AND b.band = k.band
        ORDER BY b.revision_id DESC LIMIT :groups) b
    GROUP BY b.revision_id ORDER BY count(*) DESC, b.revision_id DESC LIMIT :groups)
SELECT c.public_id, r.text, r.normalised, d.verdict, d.labels, m.name, d.at
FROM firsts f
CROSS JOIN LATERAL (
    (SELECT c.id FROM comments c WHERE c.alike_to = f.revision_id AND c.state IN ('published', 'rejected')
     ORDER BY c.id DESC LIMIT :members)
    UNION ALL
    (SELECT r.comment_id FROM revisions r WHERE r.id = f.revision_id)) one
JOIN comments c ON c.id = one.id
JOIN revisions r ON r.comment_id = c.id AND r.n = c.current_revision
JOIN decisions d ON d.id = c.standing_decision_id
JOIN moderators m ON m.id = d.moderator_id
WHERE c.site_id = :site_id AND c.id <> :comment_id AND c.state IN ('published', 'rejected')
      AND d.actor = 'moderator' AND d.verdict IS NOT NULL AND r.normalised IS NOT NULL
ORDER BY d.id DESC
""")


def precedents(connection: Connection, site_id: int, comment_id: int, bands: Sequence[int]) -> list[Precedent]:
    """Comments of the site whose standing decision is a person's and which may be like one with these keys."""
    values = {
        "site_id": site_id,
        "comment_id": comment_id,
        "bands": list(bands),
        "members": _MEMBERS,
        "groups": _GROUPS,
    }
    rows: Any = connection.execute(_PRECEDENTS, values)
    return [
        Precedent(public_id, written, normalised, Verdict(verdict), labels, who, at)
        for public_id, written, normalised, verdict, labels, who, at in rows
    ]
