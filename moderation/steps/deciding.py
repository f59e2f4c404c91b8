"""Step 5: a verdict is recorded, or overturned, and the site is told.

Decisions are only added. Undoing one adds a row that withdraws it; while its callback has not left, nothing is sent,
and after that a compensating callback tells the site.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from moderation.domain import attribution
from moderation.domain.errors import (
    ClaimedByAnotherError,
    InvalidValueError,
    NotFoundError,
    NotPermittedError,
    StaleDecisionError,
    UndoTooLateError,
)
from moderation.domain.event import Moderated
from moderation.domain.lifecycle import DECIDABLE, may_become, state_of_verdict
from moderation.domain.vocabulary import Actor, Label, Mode, RejectReason, Role, State, Verdict
from moderation.steps import announcing
from moderation.store import audit_sample, callbacks, claims, comments, decisions, deliveries, figures, policies
from moderation.store.comments import Known
from moderation.store.decisions import NewDecision, Recorded, Standing
from moderation.store.unit_of_work import UnitOfWork, Work

_LONG_UNDO: Final = timedelta(days=1)
"""How long a person may take back a decision of their own; within the grace period nothing has left the house."""


@dataclass(frozen=True, slots=True)
class Decided:
    decision_id: uuid.UUID
    state: State
    version: int
    undo_until: datetime


def decide(
    work: Work,
    *,
    moderator_id: int,
    role: Role,
    public_id: uuid.UUID,
    revision: int,
    version: int,
    verdict: Verdict,
    labels: Sequence[Label],
    reason: RejectReason | None,
    undo_seconds: int,
    now: datetime,
) -> Decided:
    """A person's verdict on the very revision and version that they saw.

    Where it answers a draw of the audit sample and agrees with what stands already, the site has nothing to hear.

    Raises:
        NotFoundError: there is no such comment.
        StaleDecisionError: the comment was decided, edited or deleted since; the message says by whom.
        ClaimedByAnotherError: a colleague has the comment open.
        InvalidValueError: a rejection names neither a label nor another reason.
    """
    _check_reason(verdict, labels, reason)
    undo_until = now + timedelta(seconds=undo_seconds)
    with work() as unit:
        known = _lock_for_decision(unit, public_id, moderator_id, revision, version, now)
        before = known.state
        recorded = decisions.record(
            unit.connection,
            NewDecision(
                site_id=known.site_id,
                comment_id=known.id,
                version=known.version + 1,
                revision=known.revision,
                verdict=verdict,
                actor=Actor.MODERATOR,
                labels=labels if verdict is Verdict.REJECT else (),
                reason=reason.value if reason and verdict is Verdict.REJECT else None,
                moderator_id=moderator_id,
                overturns=known.standing_decision_id,
                undo_until=undo_until,
            ),
        )
        state = state_of_verdict(verdict)
        blind = audit_sample.answer(
            unit.connection, known.id, known.revision, recorded.id, blind=before is not State.HELD
        )
        _move(unit, known, before, state, recorded.id, known.version + 1)
        claims.drop(unit.connection, known.id)
        if blind and state is before:
            return Decided(recorded.public_id, state, known.version + 1, undo_until)
        _tell_decision(unit, known, state, verdict, labels, reason, role, recorded, now=now, due_at=undo_until)
        return Decided(recorded.public_id, state, known.version + 1, undo_until)


def _check_reason(verdict: Verdict, labels: Sequence[Label], reason: RejectReason | None) -> None:
    if verdict is Verdict.REJECT and not labels and reason in {None, RejectReason.LABELS}:
        raise InvalidValueError("Tick at least one label, or choose another reason, to reject a comment.")


def _lock_for_decision(
    unit: UnitOfWork, public_id: uuid.UUID, moderator_id: int, revision: int, version: int, now: datetime
) -> Known:
    known = comments.lock_public(unit.connection, public_id)
    if known is None:
        raise NotFoundError("There is no such comment.")
    if known.revision != revision:
        raise StaleDecisionError("The author edited this comment after you opened it. Read the new wording and decide.")
    if known.version != version or known.state not in DECIDABLE:
        raise _somebody_was_faster(unit, known, now)
    holder = claims.holder(unit.connection, known.id, now)
    if holder is not None and holder.moderator_id != moderator_id:
        raise ClaimedByAnotherError("{name} has this comment open. Take the next one.", name=holder.name)
    return known


def _somebody_was_faster(unit: UnitOfWork, known: Known, now: datetime) -> StaleDecisionError:
    if known.state is State.DELETED:
        return StaleDecisionError("The comment was deleted at the site. There is nothing left to decide.")
    newest = decisions.newest_of(unit.connection, known.id)
    if known.state is State.WAITING or newest is None:
        return StaleDecisionError("The comment changed after you opened it. Load it again.")
    values = {"state": known.state, "seconds": max(0, round((now - newest.at).total_seconds()))}
    if newest.moderator_name:
        return StaleDecisionError(
            "This comment is {state} now: {name} decided {seconds} s ago. Nothing of yours was stored.",
            name=newest.moderator_name,
            **values,
        )
    if newest.actor is Actor.SITE:
        return StaleDecisionError(
            "This comment is {state} now: the site decided {seconds} s ago. Nothing of yours was stored.", **values
        )
    return StaleDecisionError(
        "This comment is {state} now: the classifier decided {seconds} s ago. Nothing of yours was stored.", **values
    )


def _move(unit: UnitOfWork, known: Known, before: State, state: State, decision_id: int | None, version: int) -> None:
    comments.advance(unit.connection, known.id, state, standing_decision_id=decision_id, version=version)
    comments.count_verdicts(unit.connection, [(known.author_id, before, state)])
    figures.add(unit.connection, {("decided", known.site_id): 1})


def _tell_decision(
    unit: UnitOfWork,
    known: Known,
    state: State,
    verdict: Verdict,
    labels: Sequence[Label],
    reason: RejectReason | None,
    role: Role,
    recorded: Recorded,
    *,
    now: datetime,
    due_at: datetime,
) -> None:
    rules = policies.rules_of(unit.connection, [known.site_id])[known.site_id]
    if rules.mode is Mode.OBSERVE:
        return
    rejected = verdict is Verdict.REJECT
    news = announcing.News(
        site_id=known.site_id,
        slug=rules.slug,
        comment_id=known.id,
        public_id=known.public_id,
        ext_id=known.ext_id,
        revision=known.revision,
        version=known.version + 1,
        state=state,
        verdict=verdict,
        labels=labels if rejected else (),
        reasons=[{"rule": "moderator", "detail": (reason or RejectReason.LABELS).value}] if rejected else [],
        decided_by=attribution.by_moderator(role),
        decision=recorded,
        at=now,
    )
    announcing.announce(unit, [news], due_at=due_at)


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
        decision, known = _lock_for_undo(unit, decision_id, moderator_id, now)
        version = known.version + 1
        if audit_sample.reopen(unit.connection, decision.id) and (former := _automatic(unit, decision)):
            return _reinstate(unit, known, decision, former, now)
        decisions.record(
            unit.connection,
            NewDecision(
                site_id=known.site_id,
                comment_id=known.id,
                version=version,
                revision=known.revision,
                verdict=None,
                actor=Actor.MODERATOR,
                moderator_id=moderator_id,
                overturns=decision.id,
            ),
        )
        _move(unit, known, known.state, State.HELD, None, version)
        if callbacks.cancel_pending(unit.connection, decision.id) == 0:
            rules = policies.rules_of(unit.connection, [known.site_id])[known.site_id]
            if rules.mode is not Mode.OBSERVE:
                reasons = [{"rule": attribution.UNDONE}]
                announcing.announce_hold(unit, known, rules.slug, version=version, reasons=reasons)
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
    _move(unit, known, known.state, state, recorded.id, version)
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


def _lock_for_undo(
    unit: UnitOfWork, decision_id: uuid.UUID, moderator_id: int, now: datetime
) -> tuple[Standing, Known]:
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
    if now - decision.at > _LONG_UNDO:
        raise UndoTooLateError("This decision is more than a day old. Open the comment and decide anew.")
    return decision, known


def record_site_verdict(unit: UnitOfWork, known: Known, event: Moderated) -> None:
    """Somebody decided at the site itself: it stands, and the site needs no callback about it.

    What was still to be told of the comment is not sent any more; what is under way has a lower version than the one
    that the site is answered with. Of the site's own verdicts the one that was made last stands, however they arrive;
    one that is older than the present wording changes nothing.
    """
    if _overtaken(unit, known, event) or _about_an_older_wording(unit, known, event):
        return
    state = state_of_verdict(event.verdict)
    version = known.version + 1
    recorded = decisions.record(
        unit.connection,
        NewDecision(
            site_id=known.site_id,
            comment_id=known.id,
            version=version,
            revision=known.revision,
            verdict=event.verdict,
            actor=Actor.SITE,
            labels=event.labels if event.verdict is Verdict.REJECT else (),
            reason=event.reason.value if event.verdict is Verdict.REJECT else None,
            site_actor=event.actor,
            overturns=known.standing_decision_id,
            at=event.moderated_at,
        ),
    )
    audit_sample.answer(unit.connection, known.id, known.revision, recorded.id, blind=False)
    _move(unit, known, known.state, state, recorded.id, version)
    claims.drop(unit.connection, known.id)
    deliveries.withdraw(unit.connection, known.id)


def _overtaken(unit: UnitOfWork, known: Known, event: Moderated) -> bool:
    if known.standing_decision_id is None:
        return False
    standing = decisions.by_id(unit.connection, known.standing_decision_id)
    return standing.actor is Actor.SITE and standing.at > event.moderated_at


def _about_an_older_wording(unit: UnitOfWork, known: Known, event: Moderated) -> bool:
    """Whether the author wrote the present wording after the site decided: nobody has judged that one yet."""
    if known.revision == 1:
        return False
    return event.moderated_at < comments.wording(unit.connection, known.id, known.revision).written_at
