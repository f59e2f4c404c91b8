"""What stands around one comment: its thread, and what became of its author's other comments.

Every query is bounded and read off an index, so that the longest thread and the busiest author cost what others do.
Where a comment waits for a blind look, its state says only that it waits.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, text

from moderation.domain.vocabulary import Verdict

ANCESTORS: Final = 10
REPLIES: Final = 30
DECISIONS: Final = 10
LATEST: Final = 100
"""So many of an author's latest comments are looked at for decisions."""


@dataclass(frozen=True, slots=True)
class InThread:
    """A comment of a thread; ``state`` is «held» for all that wait. ``depth`` is 0 for the comment itself, below it
    for what it answers, above for what answers it."""

    depth: int
    public_id: uuid.UUID
    author: str
    text: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AboutAuthor:
    """A decision on one of an author's comments; ``verdict`` is ``None`` where one was taken back."""

    comment_id: uuid.UUID
    text: str
    verdict: Verdict | None
    labels: Sequence[str]
    who: str
    at: datetime


_WAITS = (
    "EXISTS (SELECT FROM audit_sample a WHERE a.comment_id = c.id AND a.revision_id = r.id AND a.closed_at IS NULL)"
)
_STATE = f"CASE WHEN c.state IN ('published', 'rejected') AND {_WAITS} THEN 'held' ELSE c.state END"
_SHOWN = f"c.public_id, u.name, r.text, {_STATE}, c.created_at"
_JOINED = "JOIN authors u ON u.id = c.author_id JOIN revisions r ON r.comment_id = c.id AND r.n = c.current_revision"

# The depth bounds the way up, also where a site's comments answer each other in a ring.
_ANCESTORS = text(f"""
WITH RECURSIVE chain AS (
    SELECT c.id, c.site_id, c.parent_ext_id, 0 AS depth FROM comments c WHERE c.id = :comment_id
    UNION ALL
    SELECT p.id, p.site_id, p.parent_ext_id, chain.depth - 1
    FROM chain JOIN comments p ON p.site_id = chain.site_id AND p.ext_id = chain.parent_ext_id
    WHERE chain.depth > -:most)
SELECT chain.depth, {_SHOWN} FROM chain JOIN comments c ON c.id = chain.id {_JOINED} ORDER BY chain.depth
""")  # noqa: S608 - the interpolated parts are the constants above

_REPLIES = text(f"""
SELECT 1, {_SHOWN}
FROM (SELECT c.* FROM comments c JOIN comments p ON p.site_id = c.site_id AND p.ext_id = c.parent_ext_id
      WHERE p.id = :comment_id ORDER BY c.id LIMIT :most) c {_JOINED}
ORDER BY c.id
""")  # noqa: S608 - the interpolated parts are the constants above

_DECISIONS = text("""
SELECT c.public_id, r.text, d.verdict, d.labels, coalesce(m.name, b.name, d.site_actor, d.actor), d.at
FROM (SELECT id, public_id FROM comments WHERE author_id = :author_id ORDER BY id DESC LIMIT :latest) c
JOIN decisions d ON d.comment_id = c.id
JOIN revisions r ON r.comment_id = c.id AND r.n = d.revision
LEFT JOIN moderators m ON m.id = d.moderator_id
LEFT JOIN bundles b ON b.id = d.bundle_id
WHERE d.actor <> 'classifier'
      OR NOT EXISTS (SELECT FROM audit_sample a WHERE a.comment_id = c.id AND a.closed_at IS NULL)
ORDER BY d.id DESC LIMIT :most
""")


def thread(connection: Connection, comment_id: int) -> tuple[list[InThread], bool]:
    """What the comment answers (the oldest first), itself, and the first answers to it; whether there are more."""
    above = _in_thread(connection, _ANCESTORS, comment_id, ANCESTORS)
    below = _in_thread(connection, _REPLIES, comment_id, REPLIES + 1)
    return above + below[:REPLIES], len(below) > REPLIES


def _in_thread(connection: Connection, query: Any, comment_id: int, most: int) -> list[InThread]:  # noqa: ANN401 - SQL
    return [InThread(*row) for row in connection.execute(query, {"comment_id": comment_id, "most": most})]


def decisions_about(connection: Connection, author_id: int) -> list[AboutAuthor]:
    """The newest decisions on an author's latest comments; none that would give a blind look away."""
    values = {"author_id": author_id, "latest": LATEST, "most": DECISIONS}
    return [
        AboutAuthor(row[0], row[1], Verdict(row[2]) if row[2] else None, *row[3:])
        for row in connection.execute(_DECISIONS, values)
    ]
