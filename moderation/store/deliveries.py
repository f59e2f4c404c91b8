"""Sending what the outbox holds: the claims of those who send, what came of each attempt, and the state of endpoints.

A claim raises ``attempts`` and takes a lease before anything is sent, so a crash costs one attempt of the schedule.
The number is the fence: an attempt is recorded only while the row still stands at it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, text, update

from moderation.domain.vocabulary import CallbackState, SecretPurpose
from moderation.store.schema import Callback, CallbackAttempt, Endpoint, Secret, Site


@dataclass(frozen=True, slots=True)
class Claimed:
    """A callback under lease. ``attempts`` counts this one; ``url`` is the endpoint's."""

    id: int
    site_id: int
    endpoint_id: int
    url: str
    webhook_id: str
    type: str
    payload: Mapping[str, Any]
    attempts: int
    due_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one try came to: the receiver's status if it answered, else why not."""

    status: int | None = None
    code: str | None = None
    detail: str | None = None
    milliseconds: int | None = None


@dataclass(frozen=True, slots=True)
class DisabledEndpoint:
    site: str
    url: str
    since: datetime
    reason: str


FREE: Final = """
    c.state = 'pending' AND c.due_at <= :now AND (c.lease_until IS NULL OR c.lease_until <= :now)
"""
REACHABLE: Final = "e.disabled_at IS NULL AND (e.open_until IS NULL OR e.open_until <= :now)"


# A receiver goes by the version, so what it may have heard makes an older message pointless. A newer one that nobody
# has heard of does not: an undo may still take it back, and then the older is the last word.
_SUPERSEDED: Final = """
    SELECT FROM callbacks n
    WHERE n.comment_id = c.comment_id AND n.endpoint_id = c.endpoint_id AND n.version > c.version
      AND (n.state IN ('delivered', 'parked') OR n.state = 'pending' AND n.attempts > 0)
    UNION ALL SELECT FROM callbacks n
    WHERE n.story_id = c.story_id AND n.endpoint_id = c.endpoint_id AND n.version > c.version
      AND (n.state IN ('delivered', 'parked') OR n.state = 'pending' AND n.attempts > 0)
    UNION ALL SELECT FROM callbacks n
    WHERE n.author_id = c.author_id AND n.endpoint_id = c.endpoint_id AND n.version > c.version
      AND (n.state IN ('delivered', 'parked') OR n.state = 'pending' AND n.attempts > 0)
"""

# An endpoint that has just been failing is tried with one callback; the next claim learns what came of it.
_CLAIM = text(f"""
WITH open AS (
    SELECT e.id, (CASE WHEN e.failures >= :wary_from THEN 1 ELSE CAST(:most_each AS int) END) - coalesce(b.n, 0) AS room
    FROM endpoints e
    LEFT JOIN unnest(CAST(:busy_id AS bigint[]), CAST(:busy_n AS int[])) AS b(id, n) ON b.id = e.id
    WHERE {REACHABLE}
), chosen AS (
    SELECT due.id, due.superseded FROM open CROSS JOIN LATERAL (
        SELECT c.id, c.due_at, EXISTS ({_SUPERSEDED}) AS superseded
        FROM callbacks c WHERE c.endpoint_id = open.id AND {FREE}
        ORDER BY c.due_at, c.id LIMIT greatest(open.room, 0) FOR UPDATE SKIP LOCKED
    ) due ORDER BY due.due_at, due.id LIMIT :most
)
UPDATE callbacks c
SET attempts = CASE WHEN superseded THEN c.attempts ELSE c.attempts + 1 END,
    lease_until = CASE WHEN superseded THEN NULL ELSE CAST(:lease_until AS timestamptz) END,
    state = CASE WHEN superseded THEN 'cancelled' ELSE c.state END,
    done_at = CASE WHEN superseded THEN CAST(:now AS timestamptz) END
FROM chosen, endpoints e WHERE c.id = chosen.id AND e.id = c.endpoint_id
RETURNING chosen.superseded, c.id, c.site_id, c.endpoint_id, e.url, c.webhook_id, c.type, c.payload, c.attempts,
    c.due_at, c.created_at
""")  # noqa: S608 - built of the constants above


def claim_due(
    connection: Connection,
    *,
    now: datetime,
    lease_until: datetime,
    most: int,
    most_each: int,
    wary_from: int,
    busy: Mapping[int, int],
) -> list[Claimed]:
    """Takes up to ``most`` due callbacks, at most ``most_each`` for one endpoint together with its ``busy`` ones.

    From ``wary_from`` failures in a row on, an endpoint gets a single one. What a newer callback of the same comment,
    story or author made pointless is cancelled on the way.
    """
    limits = {
        "now": now,
        "lease_until": lease_until,
        "most": most,
        "most_each": most_each,
        "wary_from": wary_from,
        "busy_id": list(busy),
        "busy_n": list(busy.values()),
    }
    while rows := connection.execute(_CLAIM, limits).all():
        claimed = [Claimed(*row) for superseded, *row in rows if not superseded]
        if claimed:
            return claimed
    return []


def withdraw(connection: Connection, comment_id: int) -> int:
    """Cancels what is still to be told about a comment, under way, put off or parked; returns how many that were.

    An attempt under way cannot be called back, but it is the last: its record finds the callback cancelled.
    """
    return _change_in_order(
        connection,
        and_(
            Callback.comment_id == comment_id,
            Callback.state.in_([CallbackState.PENDING.value, CallbackState.PARKED.value]),
        ),
        state=CallbackState.CANCELLED.value,
        lease_until=None,
        done_at=func.now(),
    )


def _change_in_order(connection: Connection, condition: ColumnElement[bool], **values: object) -> int:
    """Changes callbacks locked in the order of their ids, so that two who change several never wait in a ring."""
    chosen = select(Callback.id).where(condition).order_by(Callback.id).with_for_update().cte("chosen")
    return connection.execute(update(Callback).where(Callback.id.in_(select(chosen.c.id))).values(**values)).rowcount


def signing_ciphertexts(connection: Connection, site_ids: Collection[int], now: datetime) -> dict[int, list[bytes]]:
    """Each site's encrypted callback secrets that are valid now, the newest first."""
    found: dict[int, list[bytes]] = {}
    rows = connection.execute(
        select(Secret.site_id, Secret.ciphertext)
        .where(
            Secret.site_id == func.any(list(site_ids)),
            Secret.purpose == SecretPurpose.CALLBACK.value,
            or_(Secret.valid_to.is_(None), Secret.valid_to > now),
        )
        .order_by(Secret.id.desc())
    )
    for site_id, ciphertext in rows:
        found.setdefault(site_id, []).append(ciphertext)
    return found


def lock_endpoints(connection: Connection, endpoint_ids: Collection[int]) -> None:
    """To be called before recording: locks endpoints in one order, so that two who record never wait in a ring."""
    connection.execute(
        select(Endpoint.id)
        .where(Endpoint.id == func.any(list(endpoint_ids)))
        .order_by(Endpoint.id)
        .with_for_update(key_share=True)
    )


def record_delivered(connection: Connection, claimed: Claimed, attempt: Attempt, *, now: datetime) -> bool:
    """False where somebody else went on with the callback in the meantime; then nothing is recorded."""
    if not _finish(connection, claimed, attempt, now, state=CallbackState.DELIVERED):
        return False
    connection.execute(
        update(Endpoint)
        .where(Endpoint.id == claimed.endpoint_id, or_(Endpoint.failures > 0, Endpoint.open_until.is_not(None)))
        .values(failures=0, open_until=None, failing_since=None)
    )
    return True


def record_retry(
    connection: Connection, claimed: Claimed, attempt: Attempt, *, due_at: datetime, now: datetime
) -> bool:
    """Puts a failed callback off until ``due_at``; false where somebody else went on with it."""
    return _finish(connection, claimed, attempt, now, state=CallbackState.PENDING, due_at=due_at)


def record_parked(connection: Connection, claimed: Claimed, attempt: Attempt, *, now: datetime) -> bool:
    """Gives a callback up until a person replays it; false where somebody else went on with it."""
    return _finish(connection, claimed, attempt, now, state=CallbackState.PARKED)


def _finish(
    connection: Connection,
    claimed: Claimed,
    attempt: Attempt,
    now: datetime,
    *,
    state: CallbackState,
    due_at: datetime | None = None,
) -> bool:
    changed = connection.execute(
        update(Callback)
        .where(
            Callback.id == claimed.id,
            Callback.state == CallbackState.PENDING.value,
            Callback.attempts == claimed.attempts,
        )
        .values(
            state=state.value,
            lease_until=None,
            due_at=due_at or claimed.due_at,
            done_at=None if state is CallbackState.PENDING else now,
        )
    ).rowcount
    if changed:
        connection.execute(
            insert(CallbackAttempt).values(
                callback_id=claimed.id,
                status=attempt.status,
                code=attempt.code,
                detail=attempt.detail,
                milliseconds=attempt.milliseconds,
                at=now,
            )
        )
    return bool(changed)


def count_failure(connection: Connection, endpoint_id: int, now: datetime) -> tuple[int, datetime]:
    """One more failure in a row; returns how many that makes, and when the first of them was."""
    row = connection.execute(
        update(Endpoint)
        .where(Endpoint.id == endpoint_id)
        .values(failures=Endpoint.failures + 1, failing_since=func.coalesce(Endpoint.failing_since, now))
        .returning(Endpoint.failures, Endpoint.failing_since)
    ).one()
    return row.failures, row.failing_since


def open_breaker(connection: Connection, endpoint_id: int, *, until: datetime) -> None:
    connection.execute(update(Endpoint).where(Endpoint.id == endpoint_id).values(open_until=until))


def disable_endpoint(connection: Connection, endpoint_id: int, *, reason: str, now: datetime) -> int:
    """Sends an endpoint nothing any more and parks what waited for it; returns how many callbacks that were."""
    connection.execute(
        update(Endpoint)
        .where(Endpoint.id == endpoint_id, Endpoint.disabled_at.is_(None))
        .values(disabled_at=now, disabled_reason=reason)
    )
    return _change_in_order(
        connection,
        and_(Callback.endpoint_id == endpoint_id, Callback.state == CallbackState.PENDING.value),
        state=CallbackState.PARKED.value,
        lease_until=None,
        done_at=now,
    )


def enable_endpoints(connection: Connection, site_id: int) -> int:
    """Switches all of a site's endpoints on again, as if they had never failed; returns how many were disabled."""
    identities = connection.execute(
        select(Endpoint.id, Endpoint.disabled_at)
        .where(Endpoint.site_id == site_id)
        .order_by(Endpoint.id)
        .with_for_update(key_share=True)
    ).all()
    connection.execute(
        update(Endpoint)
        .where(Endpoint.site_id == site_id)
        .values(failures=0, open_until=None, failing_since=None, disabled_at=None, disabled_reason=None)
    )
    return sum(row.disabled_at is not None for row in identities)


def disabled_endpoints(connection: Connection) -> list[DisabledEndpoint]:
    """The endpoints that get nothing any more, the longest disabled first."""
    rows = connection.execute(
        select(Site.slug, Endpoint.url, Endpoint.disabled_at, func.coalesce(Endpoint.disabled_reason, ""))
        .join(Site, Site.id == Endpoint.site_id)
        .where(Endpoint.disabled_at.is_not(None))
        .order_by(Endpoint.disabled_at, Endpoint.id)
    )
    return [DisabledEndpoint(row[0], row[1], cast("datetime", row[2]), row[3]) for row in rows]


def failing_endpoints(connection: Connection) -> int:
    """How many endpoints fail at present and are still tried."""
    failing = select(func.count()).where(Endpoint.failures > 0, Endpoint.disabled_at.is_(None))
    return connection.scalar(failing) or 0
