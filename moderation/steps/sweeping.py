"""Re-announces what has waited too long, frees stale claims, applies events that crossed their comment on the way.

Losing every message in the broker costs one round of this step. Of several sweeps at once one works: the others find
the lease taken. It announces a job at most once a round, however much waits, since a job drains all there is.
"""

import os
import socket
from datetime import datetime, timedelta
from typing import Final

from moderation.domain.jobs import Job
from moderation.steps import admitting, receiving
from moderation.store import callbacks, claims, comments, figures, inbox, leases
from moderation.store.unit_of_work import Work

LEASE: Final = "sweep"
HEARTBEAT: Final = "sweep"
EVERY: Final = timedelta(seconds=2)
"""How often beat sweeps: also how late a callback can leave after its undo grace period."""
_MOST_EARLY: Final = 200


def sweep(work: Work, *, now: datetime) -> bool:
    """One round; false where another process is at it."""
    holder = f"{socket.gethostname()}:{os.getpid()}"
    with work() as unit:
        if not leases.take(unit.connection, LEASE, holder=holder, now=now, until=now + timedelta(seconds=30)):
            return False
    try:
        _announce_waiting(work, now)
        _apply_crossed_events(work)
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
        claims.drop_stale(unit.connection, now)
        admitting.forget_old_attempts(unit, now)
        figures.fold(unit.connection)
        leases.beat(unit.connection, HEARTBEAT, at=now)


def _apply_crossed_events(work: Work) -> None:
    with work() as unit:
        crossed = inbox.crossed(unit.connection, _MOST_EARLY)
    for site_id, comment_id in crossed:
        receiving.apply_early(work, site_id, comment_id)
