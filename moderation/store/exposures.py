"""What a person's own decisions say of the abuse that they have read; nobody else is ever told."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from moderation.domain.exposure import Exposure, Made, exposure
from moderation.domain.vocabulary import Label, Verdict
from moderation.store import decision_log
from moderation.store.schema import Decision, Membership, Site

_MOST: Final = 2_000
"""So many of a person's newest decisions are looked at: more than anybody makes in a day."""
_LONGEST: Final = timedelta(hours=6)
"""A sitting that began before midnight is followed back so far."""
_ABUSE: Final = frozenset(label.value for label in Label) - {Label.SPAM.value}


def of(connection: Connection, moderator_id: int, *, now: datetime) -> Exposure:
    """Counted from the index of a person's decisions, as far back as midnight at their first site, or six hours."""
    midnight = _midnight(connection, moderator_id, now)
    since = min(midnight, now - _LONGEST)
    rows = connection.execute(
        select(Decision.at, Decision.verdict, Decision.labels)
        .where(Decision.moderator_id == moderator_id, Decision.id >= decision_log.first_after(since))
        .order_by(Decision.id.desc())
        .limit(_MOST)
    )
    made = [Made(row.at, row.verdict == Verdict.REJECT.value and not _ABUSE.isdisjoint(row.labels)) for row in rows]
    return exposure(made, midnight=midnight, now=now)


def _midnight(connection: Connection, moderator_id: int, now: datetime) -> datetime:
    zone = connection.scalar(
        select(Site.time_zone)
        .join(Membership, (Membership.site_id == Site.id) | Membership.site_id.is_(None))
        .where(Membership.moderator_id == moderator_id)
        .order_by(func.coalesce(Membership.site_id, 0).desc(), Site.id)
        .limit(1)
    )
    return now.astimezone(ZoneInfo(zone or "UTC")).replace(hour=0, minute=0, second=0, microsecond=0)
