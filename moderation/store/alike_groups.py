"""What waits in one group of comments that are alike: its members as they are decided on, and its course in time."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, text

LOOKED_AT: Final = 200
"""Members of a group whose times and authors are told, the newest: what the list says of it stays cheap."""


@dataclass(frozen=True, slots=True)
class Member:
    """One held comment of a group, as a person decides on it. ``claimed_by`` names a colleague who has it open."""

    id: int
    public_id: uuid.UUID
    revision: int
    version: int
    text: str
    author_id: int
    author: str
    story: str
    received_at: datetime
    claimed_by: str | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a member of a group came, and by whom."""

    received_at: datetime
    author_id: int
    author: str


_HELD_OF_GROUP: Final = """
    (SELECT c.id FROM comments c
     WHERE c.site_id = {site} AND c.state = 'held' AND c.alike_to = {group} {after} ORDER BY c.id {order} LIMIT :most)
    UNION ALL
    (SELECT c.id FROM revisions r JOIN comments c ON c.id = r.comment_id AND c.current_revision = r.n
     WHERE r.id = {group} AND c.site_id = {site} AND c.state = 'held' {after})
"""

_MEMBERS = text(f"""
SELECT c.id, c.public_id, c.current_revision, c.version, r.text, c.author_id, a.name, s.title, c.received_at, m.name
FROM ({_HELD_OF_GROUP.format(site=":site_id", group=":group_id", after="AND c.id > :after", order="")}) one
JOIN comments c ON c.id = one.id
JOIN revisions r ON r.comment_id = c.id AND r.n = c.current_revision
JOIN authors a ON a.id = c.author_id
JOIN stories s ON s.id = c.story_id
LEFT JOIN claims k ON k.comment_id = c.id AND k.until >= :now AND k.moderator_id <> :moderator_id
LEFT JOIN moderators m ON m.id = k.moderator_id
ORDER BY c.id LIMIT :most
""")  # noqa: S608 - the interpolated parts are the constants above

_ARRIVALS = text(f"""
SELECT g.id, c.received_at, c.author_id, a.name
FROM unnest(CAST(:groups AS bigint[]), CAST(:sites AS bigint[])) AS g(id, site)
CROSS JOIN LATERAL ({_HELD_OF_GROUP.format(site="g.site", group="g.id", after="", order="DESC")}) one
JOIN comments c ON c.id = one.id
JOIN authors a ON a.id = c.author_id
ORDER BY c.id
""")  # noqa: S608 - the interpolated parts are the constants above

_COUNT = text("""
SELECT (SELECT count(*) FROM comments c WHERE c.site_id = :site_id AND c.state = 'held' AND c.alike_to = :group_id)
     + (SELECT count(*) FROM revisions r JOIN comments c ON c.id = r.comment_id AND c.current_revision = r.n
        WHERE r.id = :group_id AND c.site_id = :site_id AND c.state = 'held')
""")


def group_of(connection: Connection, comment_id: int) -> int:
    """The wording that names the comment's group: the one it is alike to, else its own."""
    query = text("""
        SELECT coalesce(c.alike_to, r.id) FROM comments c JOIN revisions r
        ON r.comment_id = c.id AND r.n = c.current_revision WHERE c.id = :comment_id""")
    found: int = connection.execute(query, {"comment_id": comment_id}).scalar_one()
    return found


def size(connection: Connection, site_id: int, group_id: int) -> int:
    """How many comments of the group wait."""
    counted: int = connection.execute(_COUNT, {"site_id": site_id, "group_id": group_id}).scalar_one()
    return counted


def size_around(connection: Connection, site_id: int, comment_id: int) -> int:
    """How many comments wait that are like this one, itself among them if it does."""
    return size(connection, site_id, group_of(connection, comment_id))


def members(
    connection: Connection, site_id: int, group_id: int, *, moderator_id: int, now: datetime, after: int = 0, most: int
) -> list[Member]:
    """What waits of the group in order of arrival, after the comment with the id ``after``."""
    values = {
        "site_id": site_id,
        "group_id": group_id,
        "after": after,
        "moderator_id": moderator_id,
        "now": now,
        "most": most,
    }
    rows: Any = connection.execute(_MEMBERS, values)
    return [Member(*row) for row in rows]


def arrivals(connection: Connection, groups: Sequence[tuple[int, int]]) -> dict[int, list[Arrival]]:
    """The newest of each group's waiting comments, LOOKED_AT and its first at most, in order; groups as (id, site)."""
    if not groups:
        return {}
    values = {
        "groups": [group for group, _ in groups],
        "sites": [site for _, site in groups],
        "most": LOOKED_AT,
    }
    found: dict[int, list[Arrival]] = {}
    for group, *rest in connection.execute(_ARRIVALS, values):
        found.setdefault(group, []).append(Arrival(*rest))
    return found
