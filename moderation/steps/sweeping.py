"""Re-announces what has waited too long, frees stale claims, applies events that crossed their comment on the way.

Events whose comment never came are dropped after ``EARLY_FOR``.

Losing every message in the broker costs one round of this step. Of several sweeps at once one works: the others find
the lease taken. It announces a job at most once a round, however much waits, since a job drains all there is.
"""

import os
import socket
from datetime import datetime, timedelta
from typing import Final

import structlog

from moderation.domain.jobs import Job
from moderation.steps import braking, noticing, receiving
from moderation.store import (
    audit_sample,
    breakers,
    callbacks,
    claims,
    comments,
    drift,
    figures,
    inbox,
    leases,
    notices,
    score_tallies,
)
from moderation.store.unit_of_work import UnitOfWork, Work

LEASE: Final = "sweep"
HEARTBEAT: Final = "sweep"
EVERY: Final = timedelta(seconds=2)
"""How often beat sweeps: also how late a callback can leave after its undo grace period."""
EARLY_FOR: Final = timedelta(days=30)
"""How long an event waits for its comment; one that has not come by then was never sent, or is gone at the site too."""
_MOST_EARLY: Final = 200
_FOLDED: Final = "score_tallies"
_FOLDS_EVERY: Final = timedelta(seconds=30)
_TIDIED: Final = "audit_sample"
_TIDIES_EVERY: Final = timedelta(minutes=10)
LOOKS_WITHIN: Final = timedelta(days=14)
"""How long a draw of the audit sample waits for its look; then it is given up, or a busy desk would drown in them."""

_log = structlog.get_logger(__name__)


def sweep(work: Work, *, now: datetime) -> bool:
    """One round; false where another process is at it."""
    holder = f"{socket.gethostname()}:{os.getpid()}"
    with work() as unit:
        if not leases.take(unit.connection, LEASE, holder=holder, now=now, until=now + timedelta(seconds=30)):
            return False
    try:
        _announce_waiting(work, now)
        with work() as unit:
            noticing.watch(unit, now=now)
        _apply_crossed_events(work)
        _drop_early_events(work, now)
    finally:
        with work() as unit:
            leases.drop(unit.connection, LEASE, holder=holder)
    return True


def _announce_waiting(work: Work, now: datetime) -> None:
    with work() as unit:
        fresh, suspects = comments.waiting_counts(unit.connection)
        if fresh:
            unit.note(Job.SCORE_COMMENTS)
        if suspects:
            unit.note(Job.SCORE_SINGLY)
        if callbacks.any_due(unit.connection, now):
            unit.note(Job.DELIVER_CALLBACKS)
        if notices.any_due(unit.connection, now):
            unit.note(Job.SEND_NOTICES)
        if drift.is_due(unit.connection, now):
            unit.note(Job.MEASURE_DRIFT)
        _tidy(unit, now)
        claims.drop_stale(unit.connection, now)
        braking.forget_old_attempts(unit, now)
        figures.fold(unit.connection)
        _fold_score_tallies(unit, now)
        leases.beat(unit.connection, HEARTBEAT, at=now)


def _tidy(unit: UnitOfWork, now: datetime) -> None:
    """Now and then: a lease that nobody drops says when it was done last."""
    if leases.take(unit.connection, _TIDIED, holder=now.isoformat(), now=now, until=now + _TIDIES_EVERY):
        audit_sample.close_unanswerable(unit.connection, drawn_before=now - LOOKS_WITHIN)
        breakers.tidy(unit.connection, now=now, since=now - 2 * _TIDIES_EVERY)


def _fold_score_tallies(unit: UnitOfWork, now: datetime) -> None:
    if leases.take(unit.connection, _FOLDED, holder=now.isoformat(), now=now, until=now + _FOLDS_EVERY):
        score_tallies.fold(unit.connection)


def _apply_crossed_events(work: Work) -> None:
    with work() as unit:
        crossed = inbox.crossed(unit.connection, _MOST_EARLY)
    for site_id, comment_id in crossed:
        receiving.apply_early(work, site_id, comment_id)


def _drop_early_events(work: Work, now: datetime) -> None:
    with work() as unit:
        count = inbox.drop_early_before(unit.connection, now - EARLY_FOR)
    if count:
        _log.warning("early_events_dropped", count=count)
