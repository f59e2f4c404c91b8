"""The append-only record of decisions.

A site reads its decisions in the order of their ids, so none may appear behind one that was read already. Ids are drawn
before a commit, though, and commits overtake each other. Therefore every statement here that draws an id first takes a
shared lock of its site, which lasts until its transaction ends, and a reader takes the exclusive one for a moment:
then nobody is between drawing and committing, and whoever waits draws a larger id afterwards. Nothing of this is
stored, so a restored dump or a restart cannot break it.

No ring of waiting can form. The reader holds nothing while it waits (its transaction begins with that lock). Who holds
a shared lock waits for no row of one that still wants it: comments are locked before it, authors' counts after it, and
several sites' locks are taken in the order of their ids.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import uuid_utils.compat
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import OperationalError

from moderation.domain.errors import DecisionsUnderWayError
from moderation.domain.vocabulary import Actor, Label, Verdict
from moderation.store.documents import document
from moderation.store.schema import Bundle, Comment, Decision, Moderator


@dataclass(frozen=True, slots=True)
class NewDecision:
    """One decision to record. ``verdict`` is ``None`` where it withdraws the one it overturns.

    ``at`` is when it was made, where that was not just now.
    """

    site_id: int
    comment_id: int
    version: int
    revision: int
    verdict: Verdict | None
    actor: Actor
    labels: Sequence[Label] = ()
    reason: str | None = None
    moderator_id: int | None = None
    bundle_id: int | None = None
    site_actor: str | None = None
    outcome_id: int | None = None
    overturns: int | None = None
    undo_until: datetime | None = None
    at: datetime | None = None
    bulk_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    id: int
    public_id: uuid.UUID
    comment_id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision with what telling a person, or undoing it, needs."""

    id: int
    public_id: uuid.UUID
    comment_id: int
    version: int
    verdict: Verdict | None
    actor: Actor
    moderator_id: int | None
    moderator_name: str | None
    overturns: int | None
    undo_until: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Recurring:
    """A person's decision with all by which the same one is known when it arrives again."""

    public_id: uuid.UUID
    version: int
    revision: int
    verdict: Verdict | None
    labels: Sequence[Label]
    reason: str | None
    bulk_id: uuid.UUID | None
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """One entry of the stream of decisions; ``id`` is the cursor, ``payload`` what a callback's ``data`` says."""

    id: int
    payload: dict[str, Any]


_LOCKS: Final = 7_232_011
"""The first key of the advisory locks of sites; the second is the site's id."""
_READERS_WAIT: Final = "1s"
"""A reader gives up then: as long as it waits, those who decide queue up behind it."""

_TAKE_PART = text("SELECT pg_advisory_xact_lock_shared(:locks, CAST(:site_id AS int))")

# The locks are an aggregate of their own, complete before the first row, and with it the first id, is made.
_RECORD_MANY = text("""
WITH part AS MATERIALIZED (
    SELECT count(*) FROM (SELECT pg_advisory_xact_lock_shared(:locks, site) FROM unnest(CAST(:sites AS int[])) site) s)
INSERT INTO decisions
    (public_id, site_id, comment_id, version, revision, verdict, labels, actor, bundle_id, outcome_id)
SELECT public_id, site_id, comment_id, version, revision, verdict, labels, actor, bundle_id, outcome_id
FROM part CROSS JOIN json_to_recordset(CAST(:rows AS json))
     AS t(public_id uuid, site_id bigint, comment_id bigint, version int, revision int, verdict text, labels text[],
          actor text, bundle_id bigint, outcome_id bigint)
RETURNING id, public_id, comment_id
""")


def take_part(connection: Connection, site_id: int) -> None:
    """For a transaction that may decide late: takes the site's shared lock now, before it locks rows of others."""
    connection.execute(_TAKE_PART, {"locks": _LOCKS, "site_id": site_id})


def record_automatic(connection: Connection, decisions: Sequence[NewDecision]) -> list[Recorded]:
    """Records many decisions without a person in one statement."""
    if not decisions:
        return []
    sites = sorted({one.site_id for one in decisions})
    rows = document([_automatic_row(one) for one in decisions])
    recorded = connection.execute(_RECORD_MANY, {"locks": _LOCKS, "sites": sites, "rows": rows})
    return [Recorded(*row) for row in recorded]


def _automatic_row(decision: NewDecision) -> dict[str, Any]:
    return {
        "public_id": uuid_utils.compat.uuid7(),
        "site_id": decision.site_id,
        "comment_id": decision.comment_id,
        "version": decision.version,
        "revision": decision.revision,
        "verdict": decision.verdict,
        "labels": decision.labels,
        "actor": decision.actor,
        "bundle_id": decision.bundle_id,
        "outcome_id": decision.outcome_id,
    }


def record(connection: Connection, decision: NewDecision) -> Recorded:
    """Records one decision, a person's or the site's."""
    take_part(connection, decision.site_id)
    public_id = uuid_utils.compat.uuid7()
    identity = connection.scalar(
        insert(Decision)
        .values(
            public_id=public_id,
            site_id=decision.site_id,
            comment_id=decision.comment_id,
            version=decision.version,
            revision=decision.revision,
            verdict=decision.verdict.value if decision.verdict else None,
            reason=decision.reason,
            labels=[label.value for label in decision.labels],
            actor=decision.actor.value,
            moderator_id=decision.moderator_id,
            bundle_id=decision.bundle_id,
            site_actor=decision.site_actor,
            outcome_id=decision.outcome_id,
            overturns=decision.overturns,
            undo_until=decision.undo_until,
            bulk_id=decision.bulk_id,
            at=decision.at or func.now(),
        )
        .returning(Decision.id)
    )
    assert identity is not None  # noqa: S101 - RETURNING of a successful INSERT
    return Recorded(identity, public_id, decision.comment_id)


def reinstate(
    connection: Connection, former_id: int, *, version: int, overturns: int
) -> tuple[Recorded, Sequence[Label]]:
    """A former decision stands again in place of the one that overturned it: recorded anew, and its labels."""
    former = connection.execute(select(Decision.__table__).where(Decision.id == former_id)).one()
    labels = [Label(label) for label in former.labels]
    new = NewDecision(
        site_id=former.site_id,
        comment_id=former.comment_id,
        version=version,
        revision=former.revision,
        verdict=Verdict(former.verdict) if former.verdict else None,
        actor=Actor(former.actor),
        labels=labels,
        reason=former.reason,
        bundle_id=former.bundle_id,
        outcome_id=former.outcome_id,
        overturns=overturns,
    )
    return record(connection, new), labels


_STANDING = (
    Decision.id,
    Decision.public_id,
    Decision.comment_id,
    Decision.version,
    Decision.verdict,
    Decision.actor,
    Decision.moderator_id,
    Moderator.name,
    Decision.overturns,
    Decision.undo_until,
    Decision.at,
)


def _standing(row: Any) -> Standing:  # noqa: ANN401 - the tuple of _STANDING, whose order is beside
    identity, public_id, comment_id, version, verdict, actor, *rest = row
    return Standing(
        identity, public_id, comment_id, version, Verdict(verdict) if verdict else None, Actor(actor), *rest
    )


def by_public_id(connection: Connection, public_id: uuid.UUID) -> Standing | None:
    row = connection.execute(
        select(*_STANDING)
        .outerjoin(Moderator, Moderator.id == Decision.moderator_id)
        .where(Decision.public_id == public_id)
    ).one_or_none()
    return _standing(row) if row else None


def by_id(connection: Connection, decision_id: int) -> Standing:
    return _standing(
        connection.execute(
            select(*_STANDING)
            .outerjoin(Moderator, Moderator.id == Decision.moderator_id)
            .where(Decision.id == decision_id)
        ).one()
    )


def comment_of(connection: Connection, public_id: uuid.UUID) -> uuid.UUID:
    """The comment that a decision is about, both as the outside knows them."""
    query = select(Comment.public_id).join(Decision, Decision.comment_id == Comment.id)
    return connection.execute(query.where(Decision.public_id == public_id)).scalar_one()


def recurring(connection: Connection, decision_id: int, moderator_id: int) -> Recurring | None:
    """A decision if it is this person's."""
    row = connection.execute(
        select(
            Decision.public_id,
            Decision.version,
            Decision.revision,
            Decision.verdict,
            Decision.labels,
            Decision.reason,
            Decision.bulk_id,
            func.coalesce(Decision.undo_until, Decision.at),
        ).where(Decision.id == decision_id, Decision.moderator_id == moderator_id)
    ).one_or_none()
    if row is None:
        return None
    public_id, version, revision, verdict, labels, reason, bulk_id, undo_until = row
    told = Verdict(verdict) if verdict else None
    return Recurring(public_id, version, revision, told, [Label(one) for one in labels], reason, bulk_id, undo_until)


def of_bulk(connection: Connection, bulk_id: uuid.UUID, moderator_id: int) -> list[uuid.UUID]:
    """The decisions that a person made in one act, in the order in which comments are locked."""
    rows = connection.execute(
        select(Decision.public_id)
        .join(Comment, Comment.id == Decision.comment_id)
        .where(Decision.bulk_id == bulk_id, Decision.moderator_id == moderator_id)
        .order_by(Comment.public_id)
    )
    return list(rows.scalars())


def newest_of(connection: Connection, comment_id: int) -> Standing | None:
    """The last decision about a comment, standing or not."""
    row = connection.execute(
        select(*_STANDING)
        .outerjoin(Moderator, Moderator.id == Decision.moderator_id)
        .where(Decision.comment_id == comment_id)
        .order_by(Decision.version.desc())
        .limit(1)
    ).one_or_none()
    return _standing(row) if row else None


def settled_up_to(connection: Connection, site_id: int) -> int:
    """The id up to which a site's decisions are complete: none with a smaller one can appear any more.

    To be called first in a transaction, which is to end right after, before the decisions are read.

    Raises:
        DecisionsUnderWayError: a transaction that decides takes too long to wait for.
    """
    connection.execute(text(f"SET LOCAL lock_timeout = '{_READERS_WAIT}'"))
    try:
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:locks, :site_id)"), {"locks": _LOCKS, "site_id": site_id}
        )
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise DecisionsUnderWayError from error
        raise
    # A statement of its own: what it sees begins after the wait.
    return connection.scalar(select(func.coalesce(func.max(Decision.id), 0))) or 0


def decided_after(connection: Connection, site_id: int, cursor: int, limit: int, *, up_to: int) -> list[DecidedRow]:
    """A site's decisions after a cursor, oldest first, for repair of what callbacks did not bring.

    ``up_to`` comes from ``settled_up_to``; what lies beyond may have gaps that are filled later.
    """
    rows = connection.execute(
        select(
            Decision.id,
            Decision.public_id,
            Decision.version,
            Decision.revision,
            Decision.verdict,
            Decision.reason,
            Decision.labels,
            Decision.actor,
            Decision.at,
            Comment.ext_id,
            Comment.public_id.label("comment_public_id"),
            Bundle.name.label("bundle"),
        )
        .join(Comment, Comment.id == Decision.comment_id)
        .outerjoin(Bundle, Bundle.id == Decision.bundle_id)
        .where(Decision.site_id == site_id, Decision.id > cursor, Decision.id <= up_to)
        .order_by(Decision.id)
        .limit(limit)
    ).mappings()
    return [DecidedRow(row["id"], _stream_entry(row)) for row in rows]


_STATE_OF = {Verdict.APPROVE.value: "published", Verdict.REJECT.value: "rejected", None: "held"}


def _stream_entry(row: Mapping[Any, Any]) -> dict[str, Any]:
    decided_by = {"kind": row["actor"]}
    if row["bundle"]:
        decided_by["bundle"] = row["bundle"]
    return {
        "comment_id": row["ext_id"],
        "id": str(row["comment_public_id"]),
        "revision": row["revision"],
        "version": row["version"],
        "state": _STATE_OF[row["verdict"]],
        "verdict": row["verdict"],
        "reason": row["reason"],
        "labels": row["labels"],
        "decided_by": decided_by,
        "decision_id": str(row["public_id"]),
        "decided_at": row["at"].isoformat(),
    }
