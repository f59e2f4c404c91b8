"""The outbox: what is to be told to sites, its log for people, and the replay of what was given up.

Rows come in with the decision that they tell, in its transaction; ``store.deliveries`` is the side that sends them.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import uuid_utils
from sqlalchemy import Connection, func, insert, select, text, true, update

from moderation.domain.vocabulary import CallbackState, CallbackType
from moderation.store.deliveries import FREE, REACHABLE
from moderation.store.schema import Callback, CallbackAttempt, Comment, Endpoint, Site


@dataclass(frozen=True, slots=True)
class NewCallback:
    """``payload`` is the ``data`` of the message; ``due_at`` the earliest time at which it may leave."""

    site_id: int
    comment_id: int
    decision_id: int | None
    type: CallbackType
    version: int
    payload: Mapping[str, Any]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Logged:
    """One callback with its latest attempt; ``code`` and ``detail`` tell why that failed."""

    id: int
    site_id: int
    site_slug: str
    comment_public_id: uuid.UUID
    comment_ext_id: str
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


def insert_many(connection: Connection, new: Sequence[NewCallback]) -> int:
    """Stores each callback once for every active endpoint of its site; returns how many rows that made."""
    endpoints = _active_endpoints(connection, {one.site_id for one in new})
    rows = [_row(one, endpoint_id) for one in new for endpoint_id in endpoints.get(one.site_id, ())]
    if rows:
        connection.execute(insert(Callback), rows)
    return len(rows)


def _active_endpoints(connection: Connection, site_ids: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = connection.execute(
        select(Endpoint.site_id, Endpoint.id)
        .where(Endpoint.site_id == func.any(list(site_ids)), Endpoint.disabled_at.is_(None))
        .order_by(Endpoint.id)
    )
    for site_id, endpoint_id in rows:
        found.setdefault(site_id, []).append(endpoint_id)
    return found


def _row(new: NewCallback, endpoint_id: int) -> dict[str, Any]:
    return {
        "site_id": new.site_id,
        "endpoint_id": endpoint_id,
        "comment_id": new.comment_id,
        "decision_id": new.decision_id,
        "webhook_id": f"msg_{uuid_utils.uuid7().hex}",
        "type": new.type.value,
        "version": new.version,
        "payload": dict(new.payload),
        "state": CallbackState.PENDING.value,
        "due_at": new.due_at,
    }


def cancel_pending(connection: Connection, decision_id: int) -> int:
    """Takes back what tells a decision, if no endpoint can have heard of it yet; returns the rows cancelled.

    One attempt, even a failed one, may have reached a receiver. Then nothing is cancelled: the receivers must be told
    of the change of mind by a higher version.
    """
    rows = connection.execute(
        select(Callback.id, Callback.state, Callback.attempts)
        .where(Callback.decision_id == decision_id)
        .order_by(Callback.id)
        .with_for_update()
    ).all()
    if any(row.state != CallbackState.PENDING.value or row.attempts for row in rows):
        return 0
    ids = [row.id for row in rows]
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
    connection: Connection, site_ids: Collection[int], *, before: int | None = None, limit: int = 50
) -> list[Logged]:
    """The newest callbacks of these sites, newest first; ``before`` is the id that ended the page before."""
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
        .join(Comment, Comment.id == Callback.comment_id)
        .join(Endpoint, Endpoint.id == Callback.endpoint_id)
        .outerjoin(latest, true())
        .where(Callback.site_id == func.any(list(site_ids)))
        .order_by(Callback.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Callback.id < before)
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
            .values(failures=0, open_until=None, disabled_at=None, disabled_reason=None)
        )
    return len(endpoint_ids)
