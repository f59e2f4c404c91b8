"""Once a day: how far the comments of a day lie from what the live bundle is used to.

It is compared with what it was trained on where its metrics have that, else with the first comments that it scored
here. No transaction is open while comments are counted or the picture is drawn.
"""

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import numpy as np
import structlog

from classifiers import LEAST_PROFILED, Bundle, compare_profiles, profile_of, read_profile
from moderation.domain.vocabulary import Label
from moderation.store import drift, leases
from moderation.store.drift import Measured, ScoredText
from moderation.store.unit_of_work import Work

LEASE: Final = "drift"
_LEASE_TIME: Final = timedelta(minutes=5)
MOST: Final = 5_000
"""Comments of a day that are looked at, the newest: a share among them is true to a percent or so."""
TRAINING: Final = "training"
FIRST_COMMENTS: Final = "first_comments"

_log = structlog.get_logger(__name__)

Draw = Callable[[Mapping[str, Any]], str]
"""Makes an SVG of a measurement's documents."""


class LiveBundle(Protocol):
    @property
    def bundle_id(self) -> int: ...
    @property
    def bundle(self) -> Bundle: ...


def measure_drift(work: Work, current: Callable[[], LiveBundle | None], draw: Draw, *, now: datetime) -> int:
    """Measures and keeps the drift if it is due; returns how many comments were looked at."""
    holder = f"{socket.gethostname()}:{os.getpid()}"
    live = current()
    if live is None:
        return 0
    with work() as unit:
        if not drift.is_due(unit.connection, now):
            return 0
        if not leases.take(unit.connection, LEASE, holder=holder, now=now, until=now + _LEASE_TIME):
            return 0
        texts = drift.recent(unit.connection, live.bundle_id, since=now - drift.EVERY, most=MOST)
        kept = drift.reference_of(unit.connection, live.bundle_id)
    measured = _measured(live, texts, kept, now)
    picture = _drawn(draw, measured)
    with work() as unit:
        if measured.origin == FIRST_COMMENTS and measured.reference:
            drift.keep_reference(unit.connection, live.bundle_id, measured.reference)
        drift.record(unit.connection, measured, picture)
        leases.drop(unit.connection, LEASE, holder=holder)
    return len(texts)


def _measured(live: LiveBundle, texts: Sequence[ScoredText], kept: Mapping[str, Any] | None, now: datetime) -> Measured:
    scores = np.array([one.scores for one in texts], dtype=np.float64).reshape(-1, len(Label))
    today = profile_of(live.bundle, [one.normalised for one in texts], [one.script for one in texts], scores)
    found = Measured(
        live.bundle.name, live.bundle_id, len(texts), None, today.to_dict(), reference=None, drift=None, at=now
    )
    trained_on = read_profile(live.bundle.metrics.get("reference"))
    known = trained_on or read_profile(kept)
    enough = len(texts) >= LEAST_PROFILED
    if known is not None:
        compared = compare_profiles(known, today).to_dict() if enough else None
        origin = TRAINING if trained_on else FIRST_COMMENTS
        return replace(found, origin=origin, reference=known.to_dict(), drift=compared)
    return replace(found, origin=FIRST_COMMENTS, reference=today.to_dict()) if enough else found


def _drawn(draw: Draw, measured: Measured) -> str | None:
    """The picture, where there is something to compare; numbers without a picture are better than neither."""
    if measured.drift is None or measured.reference is None:
        return None
    try:
        return draw({"profile": measured.profile, "reference": measured.reference})
    except (OSError, ValueError) as error:
        _log.warning("drift_not_drawn", error=str(error))
        return None
