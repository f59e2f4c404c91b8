"""The webhook's way in: deliveries seen before, new comments by the batch, and events that came too early.

``take_in`` is the hot path: one statement, one round trip, whatever the number of comments.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from moderation.domain.event import Created
from moderation.store.direct import fetch_one
from moderation.store.documents import document
from moderation.store.schema import Comment, EarlyEvent, InboxEntry


class MetAnotherError(Exception):
    """Another transaction stored the same story, author, comment or webhook id a moment ago; try again and see it."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A new comment ready to be stored, with the text that people will read."""

    webhook_id: str
    body_sha256: bytes
    public_id: uuid.UUID
    created: Created
    text: str
    html: str | None
    links: int


@dataclass(frozen=True, slots=True)
class Seen:
    """An earlier delivery under the same webhook id, and the answer that it got."""

    body_sha256: bytes
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """The site's ids of the comments that were stored, and of those for which early events wait."""

    stored: frozenset[str]
    with_early_events: frozenset[str]


_COLUMNS = """
    webhook_id text, sha256 text, answer jsonb, public_id uuid, ext_id text, parent_ext_id text, story_ext_id text,
    story_url text, story_title text, story_section text, author_ext_id text, author_name text, email_hmac text,
    ip_hmac text, author_url text, registered_at timestamptz, state text, historical bool, created_at timestamptz,
    body_text text, body_html text, language text, links int
"""

# OFFSET 0 keeps PostgreSQL from turning a look-up by key into a join: a plan that was made while a table was small
# would go on reading all of it.
#
# Rows that the statement itself inserts are invisible to its selects, so "inserted union found" has no doubles. A story
# or author that another transaction inserts at the same moment is in neither; then its comment is not stored, and the
# caller tries it again (the row is visible by then). Two deliveries under one webhook id at the same moment meet at the
# inbox's unique key: the second fails whole, and so leaves nothing behind even where the statement commits by itself.
_TAKE_IN = f"""
WITH incoming AS MATERIALIZED (
    SELECT * FROM json_to_recordset(CAST(%(rows)s AS json)) AS t({_COLUMNS})
    WHERE NOT EXISTS (SELECT FROM inbox b WHERE b.site_id = %(site_id)s AND b.webhook_id = t.webhook_id OFFSET 0)
      AND NOT EXISTS (SELECT FROM comments c WHERE c.site_id = %(site_id)s AND c.ext_id = t.ext_id OFFSET 0)
      AND NOT (%(plain_only)s AND EXISTS (
          SELECT FROM early_events e WHERE e.site_id = %(site_id)s AND e.comment_ext_id = t.ext_id OFFSET 0))),
new_story AS (
    INSERT INTO stories (site_id, ext_id, url, title, section)
    SELECT DISTINCT ON (story_ext_id) %(site_id)s, story_ext_id, story_url, story_title, story_section
    FROM incoming i
    WHERE NOT EXISTS (SELECT FROM stories s WHERE s.site_id = %(site_id)s AND s.ext_id = i.story_ext_id OFFSET 0)
    ON CONFLICT DO NOTHING RETURNING id, ext_id),
story AS (
    SELECT id, ext_id FROM new_story
    UNION ALL SELECT id, ext_id FROM stories
    WHERE site_id = %(site_id)s AND ext_id = ANY(ARRAY(SELECT story_ext_id FROM incoming))),
new_author AS (
    INSERT INTO authors (site_id, ext_id, name, email_hmac, ip_hmac, url, registered_at)
    SELECT DISTINCT ON (author_ext_id)
        %(site_id)s, author_ext_id, author_name, decode(email_hmac, 'hex'), decode(ip_hmac, 'hex'), author_url,
        registered_at
    FROM incoming i
    WHERE NOT EXISTS (SELECT FROM authors a WHERE a.site_id = %(site_id)s AND a.ext_id = i.author_ext_id OFFSET 0)
    ON CONFLICT DO NOTHING RETURNING id, ext_id),
author AS (
    SELECT id, ext_id FROM new_author
    UNION ALL SELECT id, ext_id FROM authors
    WHERE site_id = %(site_id)s AND ext_id = ANY(ARRAY(SELECT author_ext_id FROM incoming))),
comment AS (
    INSERT INTO comments
        (public_id, site_id, ext_id, story_id, author_id, parent_ext_id, state, historical, created_at)
    SELECT i.public_id, %(site_id)s, i.ext_id, story.id, author.id, i.parent_ext_id, i.state, i.historical, i.created_at
    FROM incoming i JOIN story ON story.ext_id = i.story_ext_id JOIN author ON author.ext_id = i.author_ext_id
    ON CONFLICT (site_id, ext_id) DO NOTHING RETURNING id, ext_id),
revision AS (
    INSERT INTO revisions (comment_id, n, text, html, language, links, written_at)
    SELECT comment.id, 1, i.body_text, i.body_html, i.language, i.links, i.created_at
    FROM incoming i JOIN comment USING (ext_id)),
kept AS (
    INSERT INTO inbox (site_id, webhook_id, body_sha256, answer)
    SELECT %(site_id)s, webhook_id, decode(sha256, 'hex'), answer FROM incoming JOIN comment USING (ext_id)),
counted AS (
    INSERT INTO counters (name, site_id, amount)
    SELECT 'received', %(site_id)s, count(*) FROM comment HAVING count(*) > 0)
SELECT ARRAY(SELECT ext_id FROM comment) AS stored,
       ARRAY(SELECT DISTINCT comment_ext_id FROM early_events
             WHERE site_id = %(site_id)s AND comment_ext_id = ANY(ARRAY(SELECT ext_id FROM incoming))) AS early
"""  # noqa: S608 - the interpolated part is the constant above


def take_in(
    connection: Connection,
    site_id: int,
    batch: Sequence[tuple[Incoming, str, Mapping[str, Any]]],
    *,
    plain_only: bool = False,
) -> Taken:
    """Stores new comments with their stories, authors, first revisions and inbox rows.

    ``batch`` holds each comment with its first state and the answer to remember. What is already known, by webhook id
    or by the site's comment id, is left out; with ``plain_only`` also what early events wait for.

    Raises:
        MetAnotherError: another transaction kept one of these webhook ids at the same moment; nothing was stored.
    """
    rows = document([_row(incoming, state, answer) for incoming, state, answer in batch])
    try:
        stored, early = fetch_one(connection, _TAKE_IN, {"site_id": site_id, "rows": rows, "plain_only": plain_only})
    except IntegrityError as error:
        raise MetAnotherError from error
    return Taken(frozenset(stored), frozenset(early))


def _row(incoming: Incoming, state: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    created, story, author = incoming.created, incoming.created.story, incoming.created.author
    return {
        "webhook_id": incoming.webhook_id,
        "sha256": incoming.body_sha256.hex(),
        "answer": answer,
        "public_id": incoming.public_id,
        "ext_id": created.comment_id,
        "parent_ext_id": created.parent_id,
        "story_ext_id": story.ext_id,
        "story_url": story.url,
        "story_title": story.title,
        "story_section": story.section,
        "author_ext_id": author.ext_id,
        "author_name": author.name,
        "email_hmac": author.email_hmac.hex() if author.email_hmac else None,
        "ip_hmac": author.ip_hmac.hex() if author.ip_hmac else None,
        "author_url": author.url,
        "registered_at": author.registered_at,
        "state": state,
        "historical": created.historical,
        "created_at": created.created_at,
        "body_text": incoming.text,
        "body_html": incoming.html,
        "language": created.language,
        "links": incoming.links,
    }


def seen(connection: Connection, site_id: int, webhook_id: str) -> Seen | None:
    row = connection.execute(
        select(InboxEntry.body_sha256, InboxEntry.answer).where(
            InboxEntry.site_id == site_id, InboxEntry.webhook_id == webhook_id
        )
    ).one_or_none()
    return Seen(row.body_sha256, row.answer) if row else None


def remember(
    connection: Connection, site_id: int, webhook_id: str, body_sha256: bytes, answer: Mapping[str, Any]
) -> bool:
    """Keeps the answer to a delivery; false where another transaction has just kept one under the same id."""
    row = connection.execute(
        upsert(InboxEntry)
        .values(site_id=site_id, webhook_id=webhook_id, body_sha256=body_sha256, answer=dict(answer))
        .on_conflict_do_nothing()
        .returning(InboxEntry.id)
    ).first()
    return row is not None


def restate(connection: Connection, site_id: int, webhook_id: str, answer: Mapping[str, Any]) -> None:
    """Puts another answer in place of the one that was kept in the same transaction."""
    connection.execute(
        update(InboxEntry)
        .where(InboxEntry.site_id == site_id, InboxEntry.webhook_id == webhook_id)
        .values(answer=dict(answer))
    )


def keep_early(
    connection: Connection, site_id: int, comment_id: str, kind: str, document: Mapping[str, Any], occurred_at: datetime
) -> None:
    connection.execute(
        insert(EarlyEvent).values(
            site_id=site_id, comment_ext_id=comment_id, type=kind, document=dict(document), occurred_at=occurred_at
        )
    )


def take_early(connection: Connection, site_id: int, comment_id: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The events that waited for this comment, oldest first; they are removed."""
    rows = connection.execute(
        delete(EarlyEvent)
        .where(EarlyEvent.site_id == site_id, EarlyEvent.comment_ext_id == comment_id)
        .returning(EarlyEvent.id, EarlyEvent.type, EarlyEvent.document, EarlyEvent.occurred_at)
    ).all()
    ordered = sorted(rows, key=lambda row: (row.occurred_at, row.id))
    return [(row.type, row.document) for row in ordered]


def crossed(connection: Connection, most: int) -> list[tuple[int, str]]:
    """Comments, as (site, the site's id), that are stored and yet have early events: the two crossed on the way in."""
    rows = connection.execute(
        select(EarlyEvent.site_id, EarlyEvent.comment_ext_id)
        .join(Comment, and_(Comment.site_id == EarlyEvent.site_id, Comment.ext_id == EarlyEvent.comment_ext_id))
        .distinct()
        .limit(most)
    )
    return [(row.site_id, row.comment_ext_id) for row in rows]


def drop_early_before(connection: Connection, received_before: datetime) -> int:
    """Removes events whose comment has not come in all the time since; returns how many."""
    arrived = exists().where(Comment.site_id == EarlyEvent.site_id, Comment.ext_id == EarlyEvent.comment_ext_id)
    return connection.execute(delete(EarlyEvent).where(EarlyEvent.received_at < received_before, ~arrived)).rowcount
