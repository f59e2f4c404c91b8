"""The outbox: what is to be told to sites, its log for people, and the replay of what was given up.

Rows come in with the decision that they tell, in its transaction; ``store.deliveries`` is the side that sends them.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import uuid_utils
from sqlalchemy import Connection, func, or_, select, text, true, update

from moderation.domain.vocabulary import CallbackState, CallbackType
from moderation.store.deliveries import FREE, REACHABLE
from moderation.store.documents import document
from moderation.store.schema import Author, Callback, CallbackAttempt, Comment, Endpoint, Site, Story


@dataclass(frozen=True, slots=True)
class NewCallback:
    """``payload`` is the ``data`` of the message; ``due_at`` the earliest time at which it may leave.

    It is about a comment, a story or an author: one of the three ids is given.
    """

    site_id: int
    comment_id: int | None
    decision_id: int | None
    type: CallbackType
    version: int
    payload: Mapping[str, Any]
    due_at: datetime
    story_id: int | None = None
    author_id: int | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """One callback with its latest attempt; ``code`` and ``detail`` tell why that failed.

    It is about a comment, or else about a story or an author.
    """

    id: int
    site_id: int
    site_slug: str
    comment_public_id: uuid.UUID | None
    comment_ext_id: str | None
    story_id: int | None
    story_title: str | None
    author_id: int | None
    author_name: str | None
    type: str
    version: int
    state: str
    url: str
    attempts: int
    due_at: datetime
    created_at: datetime
    done_at: datetime | None
    endpoint_disabled: bool
    status: int | None
    code: str | None
    detail: str | None


# A message has one id; what goes to a second address of the site gets its number behind it, for ids are unique.
_INSERT_MANY = text("""
INSERT INTO callbacks
    (site_id, endpoint_id, comment_id, story_id, author_id, decision_id, webhook_id, type, version, payload, state,
     due_at)
SELECT t.site_id, e.id, t.comment_id, t.story_id, t.author_id, t.decision_id,
       t.webhook_id || CASE WHEN e.nth > 1 THEN '_' || e.nth ELSE '' END,
       t.type, t.version, t.payload, CASE WHEN e.disabled THEN 'parked' ELSE 'pending' END, t.due_at
FROM json_to_recordset(CAST(:rows AS json))
     AS t(site_id bigint, comment_id bigint, story_id bigint, author_id bigint, decision_id bigint, webhook_id text,
          type text, version int, payload json, due_at timestamptz)
JOIN (SELECT id, site_id, row_number() OVER (PARTITION BY site_id ORDER BY id) AS nth,
             disabled_at IS NOT NULL AS disabled
      FROM endpoints WHERE site_id = ANY(:sites)) e ON e.site_id = t.site_id
""")


def insert_many(connection: Connection, new: Sequence[NewCallback]) -> int:
    """Stores each callback once for every endpoint of its site; returns how many rows that made.

    What is for a disabled endpoint is parked at once, so that a replay brings all that it missed.
    """
    rows = document([_row(one) for one in new])
    return connection.execute(_INSERT_MANY, {"rows": rows, "sites": list({one.site_id for one in new})}).rowcount


def _row(new: NewCallback) -> dict[str, Any]:
    return {
        "site_id": new.site_id,
        "comment_id": new.comment_id,
        "story_id": new.story_id,
        "author_id": new.author_id,
        "decision_id": new.decision_id,
        "webhook_id": f"msg_{uuid_utils.uuid7().hex}",
        "type": new.type,
        "version": new.version,
        "payload": new.payload,
        "due_at": new.due_at,
    }


def cancel_pending(connection: Connection, decision_id: int) -> int:
    """Takes back what tells a decision, if no endpoint can have heard of it yet; returns the rows cancelled.

    One attempt, even a failed one, may have reached a receiver. Then nothing is cancelled: the receivers must be told
    of the change of mind by a higher version.
    """
    rows = connection.execute(
        select(
            Callback.id,
            Callback.state,
            or_(
                Callback.attempts > 0,
                select(CallbackAttempt).where(CallbackAttempt.callback_id == Callback.id).exists(),
            ),
        )
        .where(Callback.decision_id == decision_id)
        .order_by(Callback.id)
        .with_for_update()
    ).all()
    unheard = {CallbackState.PENDING.value, CallbackState.PARKED.value}
    if any(tried or state not in unheard for _, state, tried in rows):
        return 0
    ids = [identity for identity, _, _ in rows]
    connection.execute(
        update(Callback)
        .where(Callback.id == func.any(ids))
        .values(state=CallbackState.CANCELLED.value, done_at=func.now())
    )
    return len(ids)


_ANY_DUE = text(f"""
SELECT EXISTS (SELECT FROM callbacks c JOIN endpoints e ON e.id = c.endpoint_id WHERE {FREE} AND {REACHABLE})
""")  # noqa: S608 - built of constants


def any_due(connection: Connection, now: datetime) -> bool:
    """Whether something could be sent now: due, under no lease, and to an endpoint that is tried at present."""
    return bool(connection.scalar(_ANY_DUE, {"now": now}))


def recent(
    connection: Connection,
    site_ids: Collection[int],
    *,
    state: CallbackState | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Logged]:
    """The newest callbacks of these sites, newest first, of one state if given; ``before`` ended the page before."""
    latest = (
        select(CallbackAttempt.status, CallbackAttempt.code, CallbackAttempt.detail)
        .where(CallbackAttempt.callback_id == Callback.id)
        .order_by(CallbackAttempt.id.desc())
        .limit(1)
        .lateral()
    )
    statement = (
        select(
            Callback.id,
            Callback.site_id,
            Site.slug,
            Comment.public_id,
            Comment.ext_id,
            Callback.story_id,
            Story.title,
            Callback.author_id,
            Author.name,
            Callback.type,
            Callback.version,
            Callback.state,
            Endpoint.url,
            Callback.attempts,
            Callback.due_at,
            Callback.created_at,
            Callback.done_at,
            Endpoint.disabled_at.is_not(None),
            latest.c.status,
            latest.c.code,
            latest.c.detail,
        )
        .join(Site, Site.id == Callback.site_id)
        .outerjoin(Comment, Comment.id == Callback.comment_id)
        .outerjoin(Story, Story.id == Callback.story_id)
        .outerjoin(Author, Author.id == Callback.author_id)
        .join(Endpoint, Endpoint.id == Callback.endpoint_id)
        .outerjoin(latest, true())
        .where(Callback.site_id == func.any(list(site_ids)))
        .order_by(Callback.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Callback.id < before)
    if state is not None:
        statement = statement.where(Callback.state == state.value)
    rows: Any = connection.execute(statement)
    return [Logged(*row) for row in rows]


def replay(connection: Connection, site_id: int, callback_ids: Collection[int] | None, *, now: datetime) -> int:
    """Makes parked callbacks due again, all of the site's where no ids are given; returns how many.

    A replay is a person's word that the receiver is mended, so the whole schedule begins anew and a disabled or
    failing endpoint is tried again. The webhook id stays: a receiver that had it already ignores it.
    """
    statement = (
        update(Callback)
        .where(Callback.site_id == site_id, Callback.state == CallbackState.PARKED.value)
        .values(state=CallbackState.PENDING.value, attempts=0, due_at=now, lease_until=None, done_at=None)
        .returning(Callback.endpoint_id)
    )
    if callback_ids is not None:
        statement = statement.where(Callback.id == func.any(list(callback_ids)))
    endpoint_ids = list(connection.execute(statement).scalars())
    if endpoint_ids:
        connection.execute(
            update(Endpoint)
            .where(Endpoint.id == func.any(endpoint_ids))
            .values(failures=0, open_until=None, failing_since=None, disabled_at=None, disabled_reason=None)
        )
    return len(endpoint_ids)
