"""Step 2: drains what waits to be scored, in batches: claim and commit, score, then route and commit.

No transaction is open while a classifier works. A candidate may score in the shadow of the live bundle: after the batch
has been routed, so that whatever it does decides nothing and keeps nobody waiting. A batch that fails is left to the
job ``score_singly``, which takes its comments one by one; what fails alone five times is held for a person.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from classifiers import Scored
from moderation.domain.audit import Lots
from moderation.domain.jobs import Job
from moderation.steps import analysing, routing, tripping
from moderation.steps.analysing import Scorer
from moderation.store import comments, policies, scores
from moderation.store.comments import Waiting
from moderation.store.unit_of_work import Work

BATCH: Final = 256
"""Comments a claim takes: most of the gain of batching, with short locks (docs/performance.md)."""
_CLAIMS_FOR: Final = 8.0
"""Seconds in which a job claims before it hands on to the next; the last batch has as long again and more."""
SOFT_LIMIT: Final = 20
HARD_LIMIT: Final = 25
"""Seconds after which Celery interrupts a job, and after which it kills it."""
_LEASE: Final = timedelta(seconds=30)
"""What a reader waits for when a worker dies; longer than the hard limit, so that it never ends under a job at work."""
_SINGLE_TRIES: Final = 5

_log = structlog.get_logger(__name__)


class LiveBundle(Protocol):
    @property
    def bundle_id(self) -> int: ...

    @property
    def bundle(self) -> Scorer: ...


Current = Callable[[], LiveBundle | None]
"""Gives the bundle that is live now, or ``None`` where there is none that can be used."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What goes on beside the way of a comment: a bundle that scores in the shadow, the lots of the audit sample."""

    shadow: Current = lambda: None
    lots: Lots | None = None


_NOTHING: Final = Aside()


def score_comments(work: Work, current: Current, *, now: Callable[[], datetime], aside: Aside = _NOTHING) -> int:
    """Scores and routes fresh comments until none waits, or enough was done for one job; returns how many.

    Where more waits than one batch, two are under way at a time: one is scored while PostgreSQL stores the other.
    """
    first = _claim(work, BATCH, single=False)
    if len(first) < BATCH:
        return _score_batch(work, current(), first, now(), aside) if first else 0
    with ThreadPoolExecutor(1, "beside") as pool:
        beside = pool.submit(_drain, work, current, now, aside)
        done = _score_batch(work, current(), first, now(), aside) + _drain(work, current, now, aside)
        return done + beside.result()


def _drain(work: Work, current: Current, now: Callable[[], datetime], aside: Aside) -> int:
    done = 0
    ends = time.monotonic() + _CLAIMS_FOR
    while time.monotonic() < ends:
        batch = _claim(work, BATCH, single=False)
        if not batch:
            return done
        done += _score_batch(work, current(), batch, now(), aside)
    with work() as unit:
        unit.note(Job.SCORE_COMMENTS)
    return done


def score_singly(work: Work, current: Current, *, now: Callable[[], datetime], aside: Aside = _NOTHING) -> int:
    """Scores, one at a time, comments whose batch failed or died with its worker; returns how many were tried."""
    tried = 0
    ends = time.monotonic() + _CLAIMS_FOR
    while (in_time := time.monotonic() < ends) and (claimed := _claim(work, 1, single=True)):
        given_up = claimed[0].attempts > 1 + _SINGLE_TRIES
        _score_batch(work, None if given_up else current(), claimed, now(), aside, failed=given_up)
        tried += 1
    if not in_time:
        with work() as unit:
            unit.note(Job.SCORE_SINGLY)
    return tried


def _claim(work: Work, most: int, *, single: bool) -> list[Waiting]:
    with work() as unit:
        return comments.claim_waiting(unit.connection, most=most, single=single, lease=_LEASE)


def _score_batch(
    work: Work,
    live: LiveBundle | None,
    batch: Sequence[Waiting],
    now: datetime,
    aside: Aside = _NOTHING,
    *,
    failed: bool = False,
) -> int:
    """Scores a claimed batch and routes it; without a usable bundle, or given up on, it is held unscored."""
    found: Sequence[Scored | None] = [None] * len(batch)
    if live is not None:
        try:
            found = analysing.score(live.bundle, batch)
        except Exception:  # noqa: BLE001 - whatever a hostile text provokes must cost neither its neighbours nor the worker
            _log.exception("scoring_failed", comments=[str(waiting.public_id) for waiting in batch[:5]], of=len(batch))
            _leave_to_single_job(work, batch)
            return 0
    with work() as unit:
        rules = policies.rules_of(unit.connection, sorted({waiting.site_id for waiting in batch}))
        analysed = [
            analysing.analyse(waiting, scored, rules[waiting.site_id], now=now, failed=failed)
            for waiting, scored in zip(batch, found, strict=True)
        ]
        used = routing.UsedBundle(live.bundle_id, live.bundle.name) if live else None
        hot = routing.route(unit, analysed, rules, used=used, now=now, lots=aside.lots)
    tripping.trip(work, hot, now=now)
    if live is not None:
        _score_in_the_shadow(work, live, aside.shadow, batch)
    return len(batch)


def _score_in_the_shadow(work: Work, live: LiveBundle, shadow: Current, batch: Sequence[Waiting]) -> None:
    """Stores what another bundle makes of comments that are decided already; its failure is logged, and that is all."""
    try:
        other = shadow()
        if other is None or other.bundle_id == live.bundle_id:
            return
        found = analysing.score(other.bundle, batch)
        with work() as unit:
            rows = [
                scores.Scored(waiting.revision_id, one.normalised, one.script, one.scores)
                for waiting, one in zip(batch, found, strict=True)
            ]
            scores.record_shadow(unit.connection, other.bundle_id, rows)
    except Exception:  # noqa: BLE001 - a candidate is on trial; what it provokes must not reach the comments
        _log.exception("shadow_failed", comments=[str(waiting.public_id) for waiting in batch[:5]], of=len(batch))


def _leave_to_single_job(work: Work, batch: Sequence[Waiting]) -> None:
    with work() as unit:
        comments.release(unit.connection, [waiting.id for waiting in batch])
        unit.note(Job.SCORE_SINGLY)
