"""Step 5, taken back: a person's own decision is withdrawn, and the comment returns to the review queue.

Undoing adds a row that withdraws the decision. While its callback has not left, nothing is sent; after that a
compensating callback tells the site.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from moderation.domain import attribution
from moderation.domain.errors import (
    ConflictError,
    NotFoundError,
    NotPermittedError,
    StaleDecisionError,
    UndoTooLateError,
)
from moderation.domain.lifecycle import may_become, state_of_verdict
from moderation.domain.vocabulary import Actor, Mode, State
from moderation.steps import announcing, deciding
from moderation.store import audit_sample, callbacks, comments, decisions, policies
from moderation.store.comments import Known
from moderation.store.decisions import NewDecision, Standing
from moderation.store.unit_of_work import UnitOfWork, Work

_LONGEST: Final = timedelta(days=1)
"""How long a person may take back a decision of their own; within the grace period nothing has left the house."""


@dataclass(frozen=True, slots=True)
class Undone:
    """How many decisions of a bulk were taken back, and how many not, since their comments went on."""

    undone: int
    kept: int


def undo(work: Work, *, moderator_id: int, decision_id: uuid.UUID, now: datetime) -> State:
    """Withdraws one's own decision; the comment goes back to the review queue.

    A draw of the audit sample waits there as before: while it does, what was decided automatically stands again.

    Raises:
        NotFoundError: there is no such decision.
        NotPermittedError: it is somebody else's.
        StaleDecisionError: the comment went on since: decided again, edited or deleted.
        UndoTooLateError: it is older than a day; decide anew instead.
    """
    with work() as unit:
        decision, known = _lock(unit, decision_id, moderator_id, now)
        state = _withdraw(unit, decision, known, now)
        deciding.count(unit, [(known, state)])
        return state


def undo_many(work: Work, *, moderator_id: int, bulk_id: uuid.UUID, now: datetime) -> Undone:
    """Withdraws all of a bulk's decisions that still stand.

    Raises:
        NotFoundError: this person made no such bulk.
    """
    with work() as unit:
        of_bulk = decisions.of_bulk(unit.connection, bulk_id, moderator_id)
        if not of_bulk:
            raise NotFoundError("There is no such decision.")
        locked = list(_standing(unit, of_bulk, moderator_id, now))
        deciding.take_part(unit, [known for _, known in locked])
        deciding.count(unit, [(known, _withdraw(unit, decision, known, now)) for decision, known in locked])
    return Undone(len(locked), len(of_bulk) - len(locked))


def _standing(
    unit: UnitOfWork, of_bulk: Sequence[uuid.UUID], moderator_id: int, now: datetime
) -> Iterator[tuple[Standing, Known]]:
    for decision_id in of_bulk:
        with suppress(ConflictError):
            yield _lock(unit, decision_id, moderator_id, now)


def _withdraw(unit: UnitOfWork, decision: Standing, known: Known, now: datetime) -> State:
    if audit_sample.reopen(unit.connection, decision.id) and (former := _automatic(unit, decision)):
        return _reinstate(unit, known, decision, former, now)
    version = known.version + 1
    decisions.record(
        unit.connection,
        NewDecision(
            site_id=known.site_id,
            comment_id=known.id,
            version=version,
            revision=known.revision,
            verdict=None,
            actor=Actor.MODERATOR,
            moderator_id=decision.moderator_id,
            overturns=decision.id,
        ),
    )
    deciding.move(unit, known, State.HELD, None, now=now)
    if not callbacks.cancel_pending(unit.connection, decision.id):
        rules = policies.rules_of(unit.connection, [known.site_id])[known.site_id]
        if rules.mode is not Mode.OBSERVE:
            announcing.announce_hold(unit, known, rules.slug, version=version, reasons=[{"rule": attribution.UNDONE}])
    return State.HELD


def _automatic(unit: UnitOfWork, decision: Standing) -> Standing | None:
    """The automatic decision that this one overturned, if it did."""
    former = decisions.by_id(unit.connection, decision.overturns) if decision.overturns else None
    return former if former and former.actor is Actor.CLASSIFIER and former.verdict else None


def _reinstate(unit: UnitOfWork, known: Known, undone: Standing, former: Standing, now: datetime) -> State:
    """The automatic decision stands again, as a new row; the site hears of it only if it heard of the other."""
    assert former.verdict is not None  # noqa: S101 - _automatic gives no other
    version = known.version + 1
    recorded, labels = decisions.reinstate(unit.connection, former.id, version=version, overturns=undone.id)
    state = state_of_verdict(former.verdict)
    deciding.move(unit, known, state, recorded.id, now=now)
    rules = policies.rules_of(unit.connection, [known.site_id])[known.site_id]
    if callbacks.cancel_pending(unit.connection, undone.id) or state is known.state or rules.mode is Mode.OBSERVE:
        return state
    reasons = [{"rule": attribution.UNDONE}]
    news = announcing.News(
        site_id=known.site_id,
        slug=rules.slug,
        comment_id=known.id,
        public_id=known.public_id,
        ext_id=known.ext_id,
        revision=known.revision,
        version=version,
        state=state,
        verdict=former.verdict,
        labels=labels,
        reasons=reasons,
        decided_by=attribution.by_reasons(reasons),
        decision=recorded,
        at=now,
    )
    announcing.announce(unit, [news], due_at=now)
    return state


def _lock(unit: UnitOfWork, decision_id: uuid.UUID, moderator_id: int, now: datetime) -> tuple[Standing, Known]:
    decision = decisions.by_public_id(unit.connection, decision_id)
    if decision is None:
        raise NotFoundError("There is no such decision.")
    if decision.moderator_id != moderator_id:
        raise NotPermittedError("Only the person who decided can undo. Open the comment and decide anew.")
    known = comments.lock_by_id(unit.connection, decision.comment_id)
    if (
        known.standing_decision_id != decision.id
        or known.state is State.WAITING
        or not may_become(known.state, State.HELD)
    ):
        raise StaleDecisionError("The comment went on since your decision. Open it and decide anew.")
    if now - decision.at > _LONGEST:
        raise UndoTooLateError("This decision is more than a day old. Open the comment and decide anew.")
    return decision, known
