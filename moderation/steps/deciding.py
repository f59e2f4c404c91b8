"""Step 5: a verdict is recorded, or overturned, and the site is told.

Decisions are only added; ``steps.undoing`` takes them back.
"""

import operator
import uuid
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import uuid_utils.compat

from moderation.domain import attribution
from moderation.domain.errors import (
    ClaimedByAnotherError,
    ConflictError,
    InvalidValueError,
    ModerationError,
    NotFoundError,
    NotPermittedError,
    StaleDecisionError,
)
from moderation.domain.event import Moderated
from moderation.domain.lifecycle import DECIDABLE, state_of_verdict
from moderation.domain.vocabulary import Actor, Label, Mode, RejectReason, Role, State, Verdict
from moderation.steps import announcing, grouping
from moderation.store import (
    audit_sample,
    claims,
    comments,
    decisions,
    deliveries,
    escalations,
    figures,
    policies,
    score_tallies,
    skips,
)
from moderation.store.comments import Known
from moderation.store.decisions import NewDecision, Recorded, Recurring
from moderation.store.unit_of_work import UnitOfWork, Work

LARGEST_BULK: Final = 200
"""Comments that a person may decide on in one act: about what a page shows."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as recorded; ``again`` where it had arrived before, and nothing was recorded anew."""

    decision_id: uuid.UUID
    public_id: uuid.UUID
    state: State
    version: int
    undo_until: datetime
    again: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person says of a comment, and who says it; checked as it is made.

    Raises:
        InvalidValueError: a rejection names neither a label nor another reason.
    """

    moderator_id: int
    role: Role
    verdict: Verdict
    labels: Sequence[Label] = ()
    reason: RejectReason | None = None

    def __post_init__(self) -> None:
        if self.rejects and not self.labels and self.reason in {None, RejectReason.LABELS}:
            raise InvalidValueError("Tick at least one label, or choose another reason, to reject a comment.")

    @property
    def rejects(self) -> bool:
        return self.verdict is Verdict.REJECT


@dataclass(frozen=True, slots=True)
class Seen:
    """A comment as the person saw it who decides on it."""

    public_id: uuid.UUID
    revision: int
    version: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A comment of a bulk that was not decided, and why: somebody was faster, or has it open."""

    public_id: uuid.UUID
    error: ModerationError


@dataclass(frozen=True, slots=True)
class Bulk:
    """What one act on many comments did; ``bulk_id`` takes it back as a whole."""

    bulk_id: uuid.UUID
    decided: Sequence[Decided]
    refused: Sequence[Refused]
    undo_until: datetime


def decide(work: Work, judgement: Judgement, seen: Seen, *, undo_seconds: int, now: datetime) -> Decided:
    """A person's verdict on the very revision and version that they saw.

    Where it answers a draw of the audit sample and agrees with what stands already, the site has nothing to hear. One
    that arrives again, since its answer was lost on the way, is told as it was recorded the first time.

    Raises:
        NotFoundError: there is no such comment.
        StaleDecisionError: the comment was decided, edited or deleted since; the message says by whom.
        ClaimedByAnotherError: a colleague has the comment open.
    """
    with work() as unit:
        known = _lock(unit, seen)
        if same := _recorded_before(unit, judgement, known, seen):
            return same
        _check(unit, judgement.moderator_id, known, seen, now)
        decided = _record(unit, judgement, known, undo_until=now + timedelta(seconds=undo_seconds), now=now)
        count(unit, [(known, decided.state)])
        return decided


def decide_many(
    work: Work,
    judgement: Judgement,
    seen: Sequence[Seen],
    *,
    undo_seconds: int,
    now: datetime,
    roles: Mapping[int, Role] | None = None,
) -> Bulk:
    """One verdict on exactly these comments, as they were seen; those that went on since are told, the others decided.

    ``roles`` are the person's at the sites where they decide, if these are not one; comments of others are refused.
    What an act that arrives again decided the first time is told as recorded then, and goes on under the same mark.

    Raises:
        InvalidValueError: there are none, or more than LARGEST_BULK.
    """
    if not 0 < len(seen) <= LARGEST_BULK:
        raise InvalidValueError("Tick between 1 and {n} comments to decide on them together.", n=LARGEST_BULK)
    until = now + timedelta(seconds=undo_seconds)
    with work() as unit:
        bulk_id, again = _made_before(unit, judgement, seen)
        made = {one.public_id for one in again}
        if made >= {one.public_id for one in seen}:
            return Bulk(bulk_id, again, [], again[0].undo_until)
        left = [one for one in seen if one.public_id not in made]
        locked, refused = _lock_all(unit, judgement.moderator_id, left, now, roles)
        take_part(unit, locked)
        decided = [
            _record(unit, _at(judgement, known, roles), known, undo_until=until, now=now, bulk_id=bulk_id)
            for known in locked
        ]
        count(unit, [(known, one.state) for known, one in zip(locked, decided, strict=True)])
    return Bulk(bulk_id, [*again, *decided], refused, until)


def _at(judgement: Judgement, known: Known, roles: Mapping[int, Role] | None) -> Judgement:
    """The judgement with the role that the person has at the comment's site."""
    return judgement if roles is None else replace(judgement, role=roles[known.site_id])


def _lock_all(
    unit: UnitOfWork, moderator_id: int, seen: Sequence[Seen], now: datetime, roles: Mapping[int, Role] | None
) -> tuple[list[Known], list[Refused]]:
    """Locks in one order, so that two bulks with the same comments never wait for each other."""
    locked: list[Known] = []
    refused: list[Refused] = []
    for one in _in_order(seen):
        try:
            known = _lock(unit, one)
            if roles is not None and known.site_id not in roles:
                raise NotPermittedError("Your role may read this comment but not decide. Ask an administrator.")
            _check(unit, moderator_id, known, one, now)
            locked.append(known)
        except (ConflictError, NotFoundError, NotPermittedError) as error:
            refused.append(Refused(one.public_id, error))
    return locked, refused


def _in_order(seen: Sequence[Seen]) -> list[Seen]:
    return sorted(set(seen), key=operator.attrgetter("public_id"))


def _made_before(unit: UnitOfWork, judgement: Judgement, seen: Sequence[Seen]) -> tuple[uuid.UUID, list[Decided]]:
    """What this very person's same act has decided of these comments already, and its mark; else a new mark.

    A part of an act may have been refused the first time; what was not must not be told to be lost. All of them are
    locked here, in order.
    """
    made: list[Decided] = []
    bulk_id: uuid.UUID | None = None
    for one in _in_order(seen):
        known = comments.lock_public(unit.connection, one.public_id)
        same = _same(unit, judgement, known, one) if known else None
        if same is not None and same.bulk_id is not None and bulk_id in {None, same.bulk_id}:
            bulk_id = same.bulk_id
            made.append(_again(same, one.public_id, judgement))
    return bulk_id or uuid_utils.compat.uuid7(), made


def take_part(unit: UnitOfWork, locked: Sequence[Known]) -> None:
    """The locks of all sites concerned, after the comments' and before the first decision (``store.decisions``)."""
    for site_id in sorted({known.site_id for known in locked}):
        decisions.take_part(unit.connection, site_id)


def _record(
    unit: UnitOfWork,
    judgement: Judgement,
    known: Known,
    *,
    undo_until: datetime,
    now: datetime,
    bulk_id: uuid.UUID | None = None,
) -> Decided:
    recorded = decisions.record(
        unit.connection,
        NewDecision(
            site_id=known.site_id,
            comment_id=known.id,
            version=known.version + 1,
            revision=known.revision,
            verdict=judgement.verdict,
            actor=Actor.MODERATOR,
            labels=judgement.labels if judgement.rejects else (),
            reason=judgement.reason.value if judgement.reason and judgement.rejects else None,
            moderator_id=judgement.moderator_id,
            overturns=known.standing_decision_id,
            undo_until=undo_until,
            bulk_id=bulk_id,
        ),
    )
    state = state_of_verdict(judgement.verdict)
    blind = audit_sample.answer(
        unit.connection, known.id, known.revision, recorded.id, blind=known.state is not State.HELD
    )
    move(unit, known, state, recorded.id, now=now)
    if known.state is not State.HELD:
        grouping.group_one(unit, known)  # what was held is grouped already; what stood becomes a precedent now
    claims.drop(unit.connection, known.id)
    if not (blind and state is known.state):
        _tell_decision(unit, known, judgement, recorded, now=now, due_at=undo_until)
    return Decided(recorded.public_id, known.public_id, state, known.version + 1, undo_until)


def _lock(unit: UnitOfWork, seen: Seen) -> Known:
    known = comments.lock_public(unit.connection, seen.public_id)
    if known is None:
        raise NotFoundError("There is no such comment.")
    return known


def _recorded_before(unit: UnitOfWork, judgement: Judgement, known: Known, seen: Seen) -> Decided | None:
    same = _same(unit, judgement, known, seen)
    return _again(same, known.public_id, judgement) if same else None


def _again(same: Recurring, public_id: uuid.UUID, judgement: Judgement) -> Decided:
    state = state_of_verdict(judgement.verdict)
    return Decided(same.public_id, public_id, state, same.version, same.undo_until, again=True)


def _same(unit: UnitOfWork, judgement: Judgement, known: Known, seen: Seen) -> Recurring | None:
    """This person's same decision on what they saw, if it stands: its answer was lost, and the page sent it again."""
    if known.version != seen.version + 1 or known.standing_decision_id is None:
        return None
    made = decisions.recurring(unit.connection, known.standing_decision_id, judgement.moderator_id)
    labels = set(judgement.labels) if judgement.rejects else set()
    reason = judgement.reason.value if judgement.reason and judgement.rejects else None
    wanted = (judgement.verdict, labels, reason, seen.revision, known.version)
    is_same = made and wanted == (made.verdict, set(made.labels), made.reason, made.revision, made.version)
    return made if is_same else None


def _check(unit: UnitOfWork, moderator_id: int, known: Known, seen: Seen, now: datetime) -> None:
    if known.revision != seen.revision:
        raise StaleDecisionError("The author edited this comment after you opened it. Read the new wording and decide.")
    if known.version != seen.version or known.state not in DECIDABLE:
        raise _somebody_was_faster(unit, known, now)
    holder = claims.holder(unit.connection, known.id, now)
    if holder is not None and holder.moderator_id != moderator_id:
        raise ClaimedByAnotherError("{name} has this comment open. Take the next one.", name=holder.name)


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


def move(unit: UnitOfWork, known: Known, state: State, decision_id: int | None, *, now: datetime) -> None:
    """To its new state and next version; what the desk had arranged about it (skips, an escalation) is settled so."""
    skips.forget(unit.connection, known.id)
    escalations.end(unit.connection, known.id, now)
    comments.advance(unit.connection, known.id, state, standing_decision_id=decision_id, version=known.version + 1)


def count(unit: UnitOfWork, moved: Sequence[tuple[Known, State]]) -> None:
    """Keeps authors' counts and the figures true to moves; once a transaction and last (``store.decisions``)."""
    score_tallies.add_decided(unit.connection, [known.id for known, _ in moved])
    comments.count_verdicts(unit.connection, [(known.author_id, known.state, state) for known, state in moved])
    by_site = Tally(known.site_id for known, _ in moved)
    figures.add(unit.connection, {("decided", site_id): n for site_id, n in by_site.items()})


def _tell_decision(
    unit: UnitOfWork, known: Known, judgement: Judgement, recorded: Recorded, *, now: datetime, due_at: datetime
) -> None:
    rules = policies.rules_of(unit.connection, [known.site_id])[known.site_id]
    if rules.mode is Mode.OBSERVE:
        return
    reason = {"rule": "moderator", "detail": (judgement.reason or RejectReason.LABELS).value}
    news = announcing.News(
        site_id=known.site_id,
        slug=rules.slug,
        comment_id=known.id,
        public_id=known.public_id,
        ext_id=known.ext_id,
        revision=known.revision,
        version=known.version + 1,
        state=state_of_verdict(judgement.verdict),
        verdict=judgement.verdict,
        labels=judgement.labels if judgement.rejects else (),
        reasons=[reason] if judgement.rejects else [],
        decided_by=attribution.by_moderator(judgement.role),
        decision=recorded,
        at=now,
    )
    announcing.announce(unit, [news], due_at=due_at)


def record_site_verdict(unit: UnitOfWork, known: Known, event: Moderated) -> None:
    """Somebody decided at the site itself: it stands, and the site needs no callback about it.

    What was still to be told of the comment is not sent any more; what is under way has a lower version than the one
    that the site is answered with. Of the site's own verdicts the one that was made last stands, however they arrive;
    one that is older than the present wording changes nothing.
    """
    if _overtaken(unit, known, event) or _about_an_older_wording(unit, known, event):
        return
    state = state_of_verdict(event.verdict)
    recorded = decisions.record(
        unit.connection,
        NewDecision(
            site_id=known.site_id,
            comment_id=known.id,
            version=known.version + 1,
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
    move(unit, known, state, recorded.id, now=event.moderated_at)
    claims.drop(unit.connection, known.id)
    deliveries.withdraw(unit.connection, known.id)
    count(unit, [(known, state)])


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
