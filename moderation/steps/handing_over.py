"""From one shift to the next: since when somebody was away, and what colleagues leave for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from moderation.domain.errors import InvalidValueError
from moderation.store import handover, sessions
from moderation.store.unit_of_work import Work
from moderation.vault import Vault

LONGEST_NOTE: Final = 2_000
USUALLY: Final = timedelta(hours=24)
"""What somebody looks back on who was never away for long."""
FURTHEST: Final = timedelta(days=14)
COMPARED: Final = timedelta(hours=12)
"""Stories are compared over half a day at most: what heated up a week ago is no news, and twice this is read."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Since when to tell, and from when to when the person was away, where they were for long."""

    since: datetime
    left_at: datetime | None = None
    returned_at: datetime | None = None


def absence_of(work: Work, *, moderator_id: int, now: datetime) -> Absence:
    """Since the last long absence began, for as long as that was not too long ago; else the last day."""
    with work() as unit:
        left_at, returned_at = sessions.absence(unit.connection, moderator_id)
    if left_at is None or returned_at is None or now - returned_at > USUALLY:
        return Absence(now - USUALLY)
    return Absence(max(left_at, now - FURTHEST), left_at, returned_at)


def compared_since(absence: Absence, now: datetime) -> datetime:
    """From when stories are compared with as long a stretch before it."""
    return max(absence.since, now - COMPARED)


def has_returned(work: Work, vault: Vault, *, token: str) -> bool:
    """Whether the log-in that began this session ended a long absence."""
    with work() as unit:
        return sessions.ended_absence(unit.connection, vault.token_digest(token))


def leave_note(work: Work, *, moderator_id: int, site_id: int, text: str, now: datetime) -> None:
    """Leaves a note for the next shift of a site's desk.

    Raises:
        InvalidValueError: it is empty or too long.
    """
    written = text.replace("\0", "").strip()
    if not written:
        raise InvalidValueError("Write a few words for the next shift.")
    if len(written) > LONGEST_NOTE:
        raise InvalidValueError("A note has room for {n} characters. Shorten it.", n=LONGEST_NOTE)
    with work() as unit:
        handover.leave_note(unit.connection, site_id=site_id, moderator_id=moderator_id, text=written, at=now)
