"""The log of decisions as moderators read it: who decided what, why, and in place of what; narrowed down, in pages.

Each site's part is read off an index as far as a page goes, then the parts are merged. An automatic decision is not
told while its comment waits for a blind look, neither as a row nor as what a row took the place of.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, Connection, Text, and_, cast, exists, func, or_, select, text, true
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from moderation.domain.vocabulary import Actor, Label, RejectReason, Verdict
from moderation.store.schema import AuditDraw, Bundle, Comment, Decision, Moderator, Revision, Site
from moderation.store.schema import Outcome as OutcomeRow

_NOT_AUTOMATIC: Final = text("decisions.actor <> 'classifier'")
_HAS_LABELS: Final = text("decisions.labels <> '{}'")
_CHANGES: Final = text("decisions.overturns IS NOT NULL")
"""As the partial indexes have them."""
_LATE: Final = timedelta(minutes=5)
"""By so much, at most, a decision's id may be out of the order of time: ids are drawn before a commit."""
_BEYOND: Final = 2**63 - 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Fate(StrEnum):
    """Whether a decision changed another one, or was changed itself."""

    CHANGED = "changed"
    OVERTURNED = "overturned"


class Outcome(StrEnum):
    """What a decision did; one that is ``withdrawn`` put the comment back into the review queue."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the log; ``actor`` and ``moderator_id`` say who, ``label`` and ``reason`` why. Times are of recording."""

    site_ids: Sequence[int]
    actor: Actor | None = None
    moderator_id: int | None = None
    outcome: Outcome | None = None
    label: Label | None = None
    reason: RejectReason | None = None
    fate: Fate | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Former:
    """The decision that another one took the place of; ``verdict`` is ``None`` for one that was withdrawn."""

    verdict: Verdict | None
    actor: Actor
    who: str


@dataclass(frozen=True, slots=True)
class PastDecision:
    """One row of the log. ``former`` is what it took the place of, ``overturned_by`` who took its own."""

    id: int
    public_id: uuid.UUID
    comment_id: uuid.UUID
    site: str
    slug: str
    text: str
    verdict: Verdict | None
    labels: Sequence[str]
    reason: str | None
    actor: Actor
    who: str
    moderator_id: int | None
    standing: bool
    at: datetime
    policy_version: int | None
    """Of the policy that made it; none for a decision of a person, or of the site."""
    former: Former | None
    overturned_by: str | None


def latest(connection: Connection, wanted: Wanted, *, before: int | None, limit: int) -> list[PastDecision]:
    """The newest decisions that fit, before an id where one is given."""
    ids = statement(wanted, before=before, limit=limit).subquery("newest")
    former, former_by, former_bundle = aliased(Decision), aliased(Moderator), aliased(Bundle)
    later, later_by = aliased(Decision), aliased(Moderator)
    is_hidden = and_(former.actor == Actor.CLASSIFIER.value, _looked_at(former.comment_id))
    rows = connection.execute(
        select(
            Decision.id,
            Decision.public_id,
            Comment.public_id.label("comment_id"),
            Site.name.label("site"),
            Site.slug,
            Revision.text,
            Decision.verdict,
            Decision.labels,
            Decision.reason,
            Decision.actor,
            func.coalesce(Moderator.name, Bundle.name, Decision.site_actor, Decision.actor).label("who"),
            Decision.moderator_id,
            (Comment.standing_decision_id == Decision.id).label("standing"),
            Decision.at,
            OutcomeRow.policy_version,
            former.verdict.label("former_verdict"),
            former.actor.label("former_actor"),
            func.coalesce(former_by.name, former_bundle.name, former.site_actor, former.actor).label("former_who"),
            func.coalesce(later_by.name, later.actor).label("overturned_by"),
        )
        .select_from(ids)
        .join(Decision, Decision.id == ids.c.id)
        .join(Comment, Comment.id == Decision.comment_id)
        .join(Site, Site.id == Decision.site_id)
        .join(Revision, and_(Revision.comment_id == Comment.id, Revision.n == Decision.revision))
        .outerjoin(Moderator, Moderator.id == Decision.moderator_id)
        .outerjoin(Bundle, Bundle.id == Decision.bundle_id)
        .outerjoin(OutcomeRow, OutcomeRow.id == Decision.outcome_id)
        .outerjoin(former, and_(former.id == Decision.overturns, ~is_hidden))
        .outerjoin(former_by, former_by.id == former.moderator_id)
        .outerjoin(former_bundle, former_bundle.id == former.bundle_id)
        .outerjoin(later, and_(later.overturns == Decision.id, later.actor != Actor.CLASSIFIER.value))
        .outerjoin(later_by, later_by.id == later.moderator_id)
        .order_by(Decision.id.desc())
    )
    return [_past(dict(row._mapping)) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented name for a mapping


def _past(fields: dict[str, Any]) -> PastDecision:
    verdict, actor, who = (fields.pop(f"former_{name}") for name in ("verdict", "actor", "who"))
    former = Former(_verdict(verdict), Actor(actor), who) if actor else None
    known: Mapping[str, Any] = {
        **fields,
        "verdict": _verdict(fields["verdict"]),
        "actor": Actor(fields["actor"]),
        "standing": bool(fields["standing"]),
    }
    return PastDecision(**known, former=former)


def _verdict(written: str | None) -> Verdict | None:
    return Verdict(written) if written else None


def statement(wanted: Wanted, *, before: int | None, limit: int) -> Any:  # noqa: ANN401 - a query of ids
    """The ids of a page, for ``latest`` and for the test that asks PostgreSQL how it would go about it."""
    sites = select(func.unnest(cast(list(wanted.site_ids), ARRAY(BigInteger))).label("id")).subquery("sites")
    walk = select(Decision.id).where(Decision.site_id == sites.c.id, *_conditions(wanted))
    if before is not None:
        walk = walk.where(Decision.id < before)
    beside = walk.order_by(Decision.id.desc()).limit(limit).lateral()
    return select(beside.c.id).select_from(sites.join(beside, true())).order_by(beside.c.id.desc()).limit(limit)


def _looked_at(comment_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    return exists().where(AuditDraw.comment_id == comment_id, AuditDraw.closed_at.is_(None))


def _conditions(wanted: Wanted) -> list[Any]:
    conditions: list[Any] = [or_(Decision.actor != Actor.CLASSIFIER.value, ~_looked_at(Decision.comment_id))]
    conditions += _by_whom(wanted)
    if wanted.outcome is Outcome.WITHDRAWN:
        conditions += [Decision.verdict.is_(None), _NOT_AUTOMATIC]
    elif wanted.outcome is not None:
        conditions.append(Decision.verdict == wanted.outcome.value)
    if wanted.label is not None:
        conditions += [_HAS_LABELS, Decision.labels.op("@>")(cast([wanted.label.value], ARRAY(Text)))]
    if wanted.reason is not None:
        conditions += [_NOT_AUTOMATIC, Decision.reason == wanted.reason.value]
    conditions += _of_fate(wanted)
    return [*conditions, *_in_time(wanted)]


def _by_whom(wanted: Wanted) -> list[Any]:
    if wanted.moderator_id is not None:
        return [Decision.moderator_id == wanted.moderator_id]
    if wanted.actor is None:
        return []
    is_actor = Decision.actor == wanted.actor.value
    return [is_actor] if wanted.actor is Actor.CLASSIFIER else [_NOT_AUTOMATIC, is_actor]


def _of_fate(wanted: Wanted) -> list[Any]:
    if wanted.fate is Fate.CHANGED:
        return [_CHANGES]
    if wanted.fate is Fate.OVERTURNED:
        later = aliased(Decision)
        by_others = later.actor != Actor.CLASSIFIER.value
        return [exists().where(later.overturns == Decision.id, by_others)]
    return []


def _in_time(wanted: Wanted) -> list[Any]:
    """Bounds by public ids, which are UUIDs of version 7 and begin with the time; and by ids, along which is read."""
    bounds: list[Any] = []
    if wanted.since is not None:
        bounds += [Decision.public_id >= earliest_id(wanted.since), Decision.id >= first_after(wanted.since)]
    if wanted.until is not None:
        bounds += [Decision.public_id < earliest_id(wanted.until), Decision.id <= _first(wanted.until + _LATE)]
    return bounds


def first_after(moment: datetime) -> Any:  # noqa: ANN401 - a subquery
    """An id below which every decision was recorded before the moment."""
    return _first(moment - _LATE)


def _first(moment: datetime) -> Any:  # noqa: ANN401 - a subquery
    """The id of the first decision from the moment on; beyond all ids where there is none."""
    one = aliased(Decision)
    first = select(one.id).where(one.public_id >= earliest_id(moment)).order_by(one.public_id).limit(1)
    return func.coalesce(first.scalar_subquery(), _BEYOND)


def earliest_id(moment: datetime) -> uuid.UUID:
    """The smallest UUID of version 7 of that millisecond (RFC 9562, 5.7)."""
    milliseconds = max(0, (moment - _EPOCH) // timedelta(milliseconds=1))
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | 0x2 << 62)
