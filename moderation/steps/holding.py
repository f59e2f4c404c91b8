"""Everything at a site is held for a time: on an election night, say. It ends by itself, or when somebody ends it."""

from datetime import datetime, timedelta
from typing import Final

from moderation.domain.errors import InvalidValueError
from moderation.store import audit_log, enrolments
from moderation.store.unit_of_work import Work

HOURS: Final = (1, 6, 12, 24)
LONGEST_REASON: Final = 200


def hold(work: Work, site_id: int, slug: str, *, hours: int, reason: str, by: str, now: datetime) -> datetime:
    """Holds each comment of the site that is scored until then; returns when that is.

    Raises:
        InvalidValueError: not one of HOURS, or no reason, or too long a one.
    """
    if hours not in HOURS:
        raise InvalidValueError("Choose for how long: 1, 6, 12 or 24 hours.")
    told = reason.strip()
    if not 0 < len(told) <= LONGEST_REASON:
        raise InvalidValueError("Say why, in at most {n} characters: your colleagues will read it.", n=LONGEST_REASON)
    until = now + timedelta(hours=hours)
    with work() as unit:
        enrolments.hold_everything(unit.connection, site_id, until, told)
        details = {"until": until.isoformat(), "reason": told}
        audit_log.record(unit.connection, actor=by, act="hold_everything.set", subject=slug, details=details)
    return until


def lift(work: Work, site_id: int, slug: str, *, by: str) -> None:
    """Ends the hold now; what was held meanwhile waits in the review queue."""
    with work() as unit:
        enrolments.hold_everything(unit.connection, site_id, None)
        audit_log.record(unit.connection, actor=by, act="hold_everything.set", subject=slug, details={"until": None})
