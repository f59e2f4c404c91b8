"""The outbox of notices to people: what waits, the claims of those who send, and what came of it.

A claim raises ``attempts`` and takes a lease before anything is sent. The number is the fence: what came of an attempt
is recorded only while the row still stands at it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, or_, select, text, update

from moderation.domain.notice import NoticeKind, NoticeState, Turn, Way
from moderation.store.schema import Membership, Moderator, Notice, NoticeChoice, Site, SiteNotices

_PENDING: Final = Notice.state == NoticeState.PENDING.value


@dataclass(frozen=True, slots=True)
class NewNotice:
    """One message to a person, or with ``moderator_id`` ``None`` to the webhook of a site's desk."""

    site_id: int | None
    moderator_id: int | None
    way: Way
    kind: NoticeKind
    turn: Turn
    subject: str
    params: Mapping[str, Any]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Addressee:
    """Where a notice goes now and in which language; ``there`` is false once nobody is there to be told any more."""

    there: bool
    email: str | None
    webhook: bytes | None
    language: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice under lease. ``attempts`` counts this one; ``site`` and ``slug`` are of the site that it is about."""

    id: int
    site_id: int | None
    moderator_id: int | None
    way: Way
    kind: NoticeKind
    turn: Turn
    params: Mapping[str, Any]
    n: int
    attempts: int
    created_at: datetime
    site: str | None
    slug: str | None
    to: Addressee


@dataclass(frozen=True, slots=True)
class Listed:
    """A notice as a page tells of it; ``to`` is a person's name, ``None`` for the desk's webhook."""

    id: int
    site: str | None
    to: str | None
    way: Way
    kind: NoticeKind
    turn: Turn
    state: NoticeState
    attempts: int
    code: str | None
    at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """How sending goes: what waits, what of that failed already, what was given up lately, and the newest failure."""

    pending: int
    failing: int
    given_up: int
    code: str | None


def add(connection: Connection, new: Sequence[NewNotice], *, at: datetime) -> None:
    if new:
        connection.execute(insert(Notice), [{**_row(one), "created_at": at} for one in new])


def _row(new: NewNotice) -> dict[str, Any]:
    return {
        "site_id": new.site_id,
        "moderator_id": new.moderator_id,
        "way": new.way.value,
        "kind": new.kind.value,
        "turn": new.turn.value,
        "subject": new.subject,
        "params": dict(new.params),
        "due_at": new.due_at,
    }


def join_waiting(connection: Connection, new: NewNotice) -> bool:
    """Counts an event to a notice of its like that still waits untried, and says the newest; false without such."""
    joined = connection.execute(
        update(Notice).where(_like(new), _PENDING, Notice.attempts == 0).values(n=Notice.n + 1, params=dict(new.params))
    )
    return joined.rowcount > 0


def _like(new: NewNotice) -> ColumnElement[bool]:
    # Not IS NOT DISTINCT FROM: no index answers that.
    pairs = ((Notice.moderator_id, new.moderator_id), (Notice.site_id, new.site_id))
    whose = [column.is_(None) if value is None else column == value for column, value in pairs]
    return and_(*whose, Notice.kind == new.kind.value, Notice.way == new.way.value)


def quiet_until(connection: Connection, new: NewNotice, quiet: timedelta, now: datetime) -> datetime:
    """When an event may be told that is like one told lately: at once, or after the quiet time since that."""
    last = connection.scalar(
        select(func.max(Notice.due_at)).where(_like(new), Notice.state == NoticeState.SENT.value, Notice.due_at <= now)
    )
    return max(now, last + quiet) if last else now


def overtake(connection: Connection, *, site_id: int, kind: NoticeKind, subject: str, now: datetime) -> int:
    """Cancels what waits about a state, since something newer is told of it; returns how many notices that were."""
    return connection.execute(
        update(Notice)
        .where(Notice.site_id == site_id, Notice.kind == kind.value, Notice.subject == subject, _PENDING)
        .values(state=NoticeState.CANCELLED.value, lease_until=None, done_at=now)
    ).rowcount


def lately(connection: Connection, new: NewNotice, *, since: datetime) -> bool:
    """Whether a notice of its like was made since then, whatever came of it."""
    return bool(connection.scalar(select(exists().where(_like(new), Notice.created_at > since))))


def any_due(connection: Connection, now: datetime) -> bool:
    return bool(connection.scalar(select(exists().where(_PENDING, Notice.due_at <= now, _free(now)))))


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(Notice.lease_until.is_(None), Notice.lease_until <= now)


_CLAIM: Final = text("""
WITH chosen AS (
    SELECT id FROM notices
    WHERE state = 'pending' AND due_at <= :now AND (lease_until IS NULL OR lease_until <= :now)
    ORDER BY due_at, id LIMIT :most FOR UPDATE SKIP LOCKED
)
UPDATE notices n SET attempts = n.attempts + 1, lease_until = :lease_until
FROM chosen WHERE n.id = chosen.id RETURNING n.id
""")


def claim_due(connection: Connection, *, now: datetime, lease_until: datetime, most: int) -> list[Claimed]:
    """Takes up to ``most`` due notices, the longest due first, with where they go as it is now."""
    ids = list(connection.scalars(_CLAIM, {"now": now, "lease_until": lease_until, "most": most}))
    if not ids:
        return []
    a_member = exists().where(
        Membership.moderator_id == Notice.moderator_id,
        or_(Membership.site_id.is_(None), Membership.site_id == Notice.site_id, Notice.site_id.is_(None)),
    )
    rows = connection.execute(
        select(
            *_CLAIMED,
            Site.name,
            Site.slug,
            Moderator.email,
            Moderator.disabled_at,
            Moderator.language,
            NoticeChoice.webhook,
            SiteNotices.webhook,
            SiteNotices.language,
            a_member,
        )
        .select_from(Notice)
        .outerjoin(Site, Site.id == Notice.site_id)
        .outerjoin(Moderator, Moderator.id == Notice.moderator_id)
        .outerjoin(NoticeChoice, NoticeChoice.moderator_id == Notice.moderator_id)
        .outerjoin(SiteNotices, SiteNotices.site_id == Notice.site_id)
        .where(Notice.id.in_(ids))
        .order_by(Notice.due_at, Notice.id)
    )
    return [_claimed(row) for row in rows]


_CLAIMED: Final = (
    Notice.id,
    Notice.site_id,
    Notice.moderator_id,
    Notice.way,
    Notice.kind,
    Notice.turn,
    Notice.params,
    Notice.n,
    Notice.attempts,
    Notice.created_at,
)


def _claimed(row: Any) -> Claimed:  # noqa: ANN401 - a row as the query above has it
    site, slug, email, disabled_at, language, own_webhook, desk_webhook, desk_language, is_member = row[10:]
    if row.moderator_id is None:
        to = Addressee(desk_webhook is not None, None, desk_webhook, desk_language or "bn")
    else:
        to = Addressee(disabled_at is None and is_member, email, own_webhook, language)
    return Claimed(
        id=row.id,
        site_id=row.site_id,
        moderator_id=row.moderator_id,
        way=Way(row.way),
        kind=NoticeKind(row.kind),
        turn=Turn(row.turn),
        params=row.params,
        n=row.n,
        attempts=row.attempts,
        created_at=row.created_at,
        site=site,
        slug=slug,
        to=to,
    )


def record(
    connection: Connection,
    claimed: Claimed,
    state: NoticeState,
    *,
    now: datetime,
    code: str | None = None,
    due_at: datetime | None = None,
) -> bool:
    """What came of an attempt; false where somebody else went on with the notice in the meantime."""
    values: dict[str, Any] = {"state": state.value, "lease_until": None, "code": code}
    if state is NoticeState.PENDING:
        values["due_at"] = due_at
    else:
        values["done_at"] = now
    changed = connection.execute(
        update(Notice).where(Notice.id == claimed.id, _PENDING, Notice.attempts == claimed.attempts).values(**values)
    )
    return changed.rowcount > 0


_LISTED: Final = (
    select(
        Notice.id,
        Site.name,
        Moderator.name,
        Notice.way,
        Notice.kind,
        Notice.turn,
        Notice.state,
        Notice.attempts,
        Notice.code,
        func.coalesce(Notice.done_at, Notice.created_at),
        Notice.due_at,
    )
    .outerjoin(Site, Site.id == Notice.site_id)
    .outerjoin(Moderator, Moderator.id == Notice.moderator_id)
    .order_by(Notice.id.desc())
)


def of_sites(connection: Connection, site_ids: Sequence[int], *, before: int | None, limit: int) -> list[Listed]:
    """What the desks of these sites were told, the newest first; tests and links that people asked for are not here."""
    query = _LISTED.where(Notice.site_id == func.any(list(site_ids)))
    return _listed(connection, query.where(Notice.id < before) if before else query, limit)


def of_person(connection: Connection, moderator_id: int, limit: int) -> list[Listed]:
    """What somebody was told lately, the newest first."""
    kinds = [kind.value for kind in NoticeKind if kind is not NoticeKind.FORGOTTEN]
    return _listed(connection, _LISTED.where(Notice.moderator_id == moderator_id, Notice.kind.in_(kinds)), limit)


def _listed(connection: Connection, query: Any, limit: int) -> list[Listed]:  # noqa: ANN401 - a select
    rows: Any = connection.execute(query.limit(limit))
    return [_listed_row(row) for row in rows]


def _listed_row(row: Any) -> Listed:  # noqa: ANN401 - a row of _LISTED
    kinds = (Way(row[3]), NoticeKind(row[4]), Turn(row[5]), NoticeState(row[6]))
    return Listed(row[0], row[1], row[2], *kinds, attempts=row[7], code=row[8], at=row[9], due_at=row[10])


_HEALTH: Final = text("""
SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'pending' AND code IS NOT NULL),
       count(*) FILTER (WHERE state = 'given_up' AND done_at > :since),
       (array_agg(code ORDER BY id DESC) FILTER (WHERE code IS NOT NULL AND state <> 'cancelled'))[1]
FROM (SELECT * FROM notices ORDER BY id DESC LIMIT :most) newest
""")
_LOOKED_AT: Final = 2_000


def health(connection: Connection, *, since: datetime) -> Health:
    """How sending goes, by the newest notices; given up ones count ``since`` then."""
    pending, failing, given_up, code = connection.execute(_HEALTH, {"since": since, "most": _LOOKED_AT}).one()
    return Health(pending, failing, given_up, code if failing or given_up else None)


_FORGET: Final = text("""
DELETE FROM notices WHERE state <> 'pending' AND created_at < :before
    AND id IN (SELECT id FROM notices ORDER BY id LIMIT :most)
""")


def forget_before(connection: Connection, before: datetime) -> int:
    """Drops old notices that are done with, some at a time."""
    return connection.execute(_FORGET, {"before": before, "most": _LOOKED_AT}).rowcount
