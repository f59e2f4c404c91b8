"""Step 3: scores and the site's policy → decided now, or held for a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from moderation.domain import attribution
from moderation.domain.audit import Lots
from moderation.domain.lifecycle import state_of_action
from moderation.domain.policy import Check, Outcome, is_flagged
from moderation.domain.vocabulary import Action, Actor, Mode, State, Verdict
from moderation.steps import announcing, auditing, grouping, tripping
from moderation.steps.analysing import Analysed
from moderation.store import comments, decisions, figures, score_tallies, scores
from moderation.store.comments import Known, Routed
from moderation.store.decisions import NewDecision
from moderation.store.likenesses import Wording
from moderation.store.policies import SiteRules
from moderation.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class UsedBundle:
    """Which bundle scored a batch."""

    id: int
    name: str


_VERDICT_OF: Final = {Action.PUBLISH: Verdict.APPROVE, Action.REJECT: Verdict.REJECT}


def route(
    unit: UnitOfWork,
    analysed: Sequence[Analysed],
    rules: Mapping[int, SiteRules],
    *,
    used: UsedBundle | None,
    now: datetime,
    lots: Lots | None = None,
) -> Sequence[int]:
    """Stores scores and outcomes of a claimed batch and moves each comment that still waits under that claim.

    With ``lots`` some of the automatic outcomes are drawn for the audit sample. Returns the ids of stories whose
    breaker should turn on (``steps.tripping``), once this is committed.
    """
    still = comments.lock_waiting(unit.connection, [one.waiting for one in analysed])
    settled = [one for one in analysed if one.waiting.id in still]
    if not settled:
        return []
    bundle_id = used.id if used else None
    _record_scores(unit, settled, bundle_id)
    outcome_ids = scores.record_outcomes(
        unit.connection,
        [(one.waiting.revision_id, one.outcome, not _observes(rules, one)) for one in settled],
    )
    applied = [one for one in settled if not _observes(rules, one)]
    made = _decide(unit, applied, outcome_ids, bundle_id)
    joined = grouping.group(unit, _held_wordings(applied))
    comments.settle(unit.connection, [_routed(rules, one, made, joined) for one in settled])
    announcing.announce(unit, [_news(rules, one, made, used, now) for one in applied], due_at=now)
    counted = auditing.draw(unit, applied, rules, lots) if lots else {}
    figures.add(unit.connection, {**_amounts(rules, settled, now), **counted})
    hot = tripping.count(
        unit, [(one.waiting.site_id, one.waiting.story_id, is_flagged(one.outcome)) for one in applied], rules, now=now
    )
    score_tallies.add_scored(unit.connection, [_tallied(one) for one in settled])
    # Last, so that a batch with the same authors waits no longer than this transaction's commit.
    comments.count_verdicts(
        unit.connection, [(one.waiting.author_id, State.WAITING, _state(rules, one)) for one in settled]
    )
    return hot


def _observes(rules: Mapping[int, SiteRules], one: Analysed) -> bool:
    return rules[one.waiting.site_id].mode is Mode.OBSERVE


def _state(rules: Mapping[int, SiteRules], one: Analysed) -> State:
    """In observe mode a comment stands as the site has it; its outcome says what would have happened."""
    return State.PUBLISHED if _observes(rules, one) else state_of_action(one.outcome.action)


def _record_scores(unit: UnitOfWork, settled: Sequence[Analysed], bundle_id: int | None) -> None:
    if bundle_id is None:
        return
    rows = [
        scores.Scored(one.waiting.revision_id, one.scored.normalised, one.scored.script, one.scored.scores)
        for one in settled
        if one.scored is not None
    ]
    if rows:
        scores.record(unit.connection, bundle_id, rows)


def _decide(
    unit: UnitOfWork, applied: Iterable[Analysed], outcome_ids: Mapping[int, int], bundle_id: int | None
) -> Mapping[int, decisions.Recorded]:
    """Records the decisions that need no person; returns them by comment."""
    new = [
        NewDecision(
            site_id=one.waiting.site_id,
            comment_id=one.waiting.id,
            version=one.waiting.version + 1,
            revision=one.waiting.revision,
            verdict=_VERDICT_OF[one.outcome.action],
            actor=Actor.CLASSIFIER,
            labels=one.outcome.labels if one.outcome.action is Action.REJECT else (),
            bundle_id=bundle_id,
            outcome_id=outcome_ids[one.waiting.revision_id],
        )
        for one in applied
        if one.outcome.action is not Action.HOLD
    ]
    return {recorded.comment_id: recorded for recorded in decisions.record_automatic(unit.connection, new)}


def _held_wordings(applied: Iterable[Analysed]) -> list[Wording]:
    return [
        Wording(one.waiting.revision_id, one.waiting.site_id, one.scored.normalised)
        for one in applied
        if one.outcome.action is Action.HOLD and one.scored is not None
    ]


def _routed(
    rules: Mapping[int, SiteRules], one: Analysed, made: Mapping[int, decisions.Recorded], joined: Mapping[int, int]
) -> Routed:
    observed = _observes(rules, one)
    decision = made.get(one.waiting.id)
    decisive = next(iter(one.outcome.fired[:1]), None)
    return Routed(
        id=one.waiting.id,
        state=_state(rules, one),
        priority=one.priority,
        version=one.waiting.version + (0 if observed else 1),
        decision_id=decision.id if decision else None,
        script=one.scored.script if one.scored else None,
        label=decisive.label if decisive else None,
        label_score=decisive.value if decisive and decisive.label else None,
        alike_to=joined.get(one.waiting.revision_id),
    )


def _news(
    rules: Mapping[int, SiteRules],
    one: Analysed,
    made: Mapping[int, decisions.Recorded],
    used: UsedBundle | None,
    now: datetime,
) -> announcing.News:
    decision = made.get(one.waiting.id)
    reasons = [scores.check_document(check) for check in one.outcome.fired]
    return announcing.News(
        site_id=one.waiting.site_id,
        slug=rules[one.waiting.site_id].slug,
        comment_id=one.waiting.id,
        public_id=one.waiting.public_id,
        ext_id=one.waiting.ext_id,
        revision=one.waiting.revision,
        version=one.waiting.version + 1,
        state=state_of_action(one.outcome.action),
        verdict=_VERDICT_OF.get(one.outcome.action),
        labels=one.outcome.labels,
        reasons=reasons,
        decided_by=attribution.by_reasons(reasons, used.name if used else None),
        decision=decision,
        at=now,
    )


def _tallied(one: Analysed) -> tuple[int, str | None, Sequence[Check]]:
    return one.waiting.site_id, one.scored.script if one.scored else None, one.outcome.checks


def _amounts(
    rules: Mapping[int, SiteRules], settled: Sequence[Analysed], now: datetime
) -> dict[tuple[str, int | None], int]:
    amounts: dict[tuple[str, int | None], int] = {}
    for one in settled:
        site_id = one.waiting.site_id
        for name in ("scored", _state(rules, one).value):
            amounts[name, site_id] = amounts.get((name, site_id), 0) + 1
    waited = [(now - one.waiting.received_at).total_seconds() for one in settled]
    for name, count in figures.latency_buckets("scored_seconds", waited).items():
        amounts[name, None] = count
    return amounts


def hold_if_reported(unit: UnitOfWork, known: Known, rules: SiteRules, count: int) -> State:
    """Brings a published comment back to the review queue once enough different readers reported it."""
    limit = rules.policy.hold_reports_from
    if limit is None or count < limit or rules.mode is Mode.OBSERVE:
        return known.state
    check = Check("reports", Action.HOLD, value=count, threshold=limit)
    _hold(unit, known, rules, check)
    comments.count_verdicts(unit.connection, [(known.author_id, known.state, State.HELD)])
    return State.HELD


def _hold(unit: UnitOfWork, known: Known, rules: SiteRules, check: Check) -> None:
    wording = comments.wording(unit.connection, known.id, known.revision)
    outcome = Outcome(Action.HOLD, (check,), rules.policy.version)
    scores.record_outcomes(unit.connection, [(wording.id, outcome, True)])
    comments.advance(
        unit.connection,
        known.id,
        State.HELD,
        standing_decision_id=known.standing_decision_id,
        version=known.version + 1,
    )
    grouping.group_one(unit, known)
    figures.add(unit.connection, {("held", known.site_id): 1})
    announcing.announce_hold(unit, known, rules.slug, version=known.version + 1, reasons=[scores.check_document(check)])


def tell_edited(unit: UnitOfWork, known: Known, rules: SiteRules) -> None:
    """Tells a site that holds first that an edited comment must not stand until it is decided anew."""
    check = Check("edited", Action.HOLD)
    comments.advance(
        unit.connection,
        known.id,
        State.WAITING,
        standing_decision_id=known.standing_decision_id,
        version=known.version + 1,
    )
    announcing.announce_hold(
        unit,
        known,
        rules.slug,
        version=known.version + 1,
        reasons=[scores.check_document(check)],
        revision=known.revision + 1,
    )
