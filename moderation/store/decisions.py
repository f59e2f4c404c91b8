"""The append-only record of decisions."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import uuid_utils.compat
from sqlalchemy import Connection, insert, select, text

from moderation.domain.vocabulary import Actor, Label, Verdict
from moderation.store.schema import Bundle, Comment, Decision, Moderator


@dataclass(frozen=True, slots=True)
class NewDecision:
    """One decision to record. ``verdict`` is ``None`` where it withdraws the one it overturns."""

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
class DecidedRow:
    """One entry of the stream of decisions; ``id`` is the cursor, ``payload`` what a callback's ``data`` says."""

    id: int
    payload: dict[str, Any]


_RECORD_MANY = text("""
INSERT INTO decisions
    (public_id, site_id, comment_id, version, revision, verdict, labels, actor, bundle_id, outcome_id)
SELECT public_id, site_id, comment_id, version, revision, verdict,
       CASE WHEN labels = '' THEN ARRAY[]::text[] ELSE string_to_array(labels, ',') END, actor, bundle_id, outcome_id
FROM unnest(CAST(:public_id AS uuid[]), CAST(:site_id AS bigint[]), CAST(:comment_id AS bigint[]),
            CAST(:version AS int[]), CAST(:revision AS int[]), CAST(:verdict AS text[]), CAST(:labels AS text[]),
            CAST(:actor AS text[]), CAST(:bundle_id AS bigint[]), CAST(:outcome_id AS bigint[]))
     AS t(public_id, site_id, comment_id, version, revision, verdict, labels, actor, bundle_id, outcome_id)
RETURNING id, public_id, comment_id
""")


def record_automatic(connection: Connection, decisions: Sequence[NewDecision]) -> list[Recorded]:
    """Records many decisions without a person in one statement."""
    if not decisions:
        return []
    rows = connection.execute(
        _RECORD_MANY,
        {
            "public_id": [uuid_utils.compat.uuid7() for _ in decisions],
            "site_id": [one.site_id for one in decisions],
            "comment_id": [one.comment_id for one in decisions],
            "version": [one.version for one in decisions],
            "revision": [one.revision for one in decisions],
            "verdict": [one.verdict.value if one.verdict else None for one in decisions],
            "labels": [",".join(label.value for label in one.labels) for one in decisions],
            "actor": [one.actor.value for one in decisions],
            "bundle_id": [one.bundle_id for one in decisions],
            "outcome_id": [one.outcome_id for one in decisions],
        },
    )
    return [Recorded(*row) for row in rows]


def record(connection: Connection, decision: NewDecision) -> Recorded:
    """Records one decision, a person's or the site's."""
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
        )
        .returning(Decision.id)
    )
    assert identity is not None  # noqa: S101 - RETURNING of a successful INSERT
    return Recorded(identity, public_id, decision.comment_id)


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


def decided_after(connection: Connection, site_id: int, cursor: int, limit: int) -> list[DecidedRow]:
    """A site's decisions after a cursor, oldest first, for repair of what callbacks did not bring."""
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
        .where(Decision.site_id == site_id, Decision.id > cursor)
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
