"""The circuit breaker of a story: it holds everything on it for a time, by itself, when too much of it is flagged.

What is counted are comments as they are routed, and among them those flagged for what they say; what a hold holds does
not count as flagged, or a hold would prolong itself. After a hold, of a breaker or of a person, counting begins afresh
at its end: a story trips again only when as many new comments came, and as many of them are bad. So it cannot flap.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from moderation.domain.vocabulary import Mode
from moderation.steps import noticing
from moderation.store import audit_log, breakers, policies, stories
from moderation.store.breakers import Over, Pulse
from moderation.store.policies import SiteRules
from moderation.store.unit_of_work import UnitOfWork, Work

LEAST_AUTHORS: Final = 3
"""Of so many authors comments must have been flagged: one alone must not be able to shut a story to all others."""
ACTOR: Final = "breaker"
"""Who acts, in the audit log."""

_log = structlog.get_logger(__name__)


def count(
    unit: UnitOfWork, routed: Sequence[tuple[int, int, bool]], rules: Mapping[int, SiteRules], *, now: datetime
) -> list[int]:
    """Counts routed comments, given as (site, story, flagged); returns the stories that are over their limit now.

    Takes no lock, so two at once may both see a story over its limit: ``trip`` makes one hold of that.
    """
    site_of = {story_id: site_id for site_id, story_id, _ in routed if _counts(rules[site_id])}
    if not site_of:
        return []
    tally = {story_id: [0, 0] for story_id in site_of}
    for _, story_id, flagged in routed:
        if story_id in tally:
            tally[story_id][0] += 1
            tally[story_id][1] += flagged
    breakers.add_pulses(unit.connection, [Pulse(one, now, *tally[one]) for one in sorted(tally)])
    limits = [(one, rules[site_of[one]].policy.breaker) for one, (_, flagged) in tally.items() if flagged]
    asked = [(one, breaker) for one, breaker in limits if breaker is not None]
    return [one.story_id for one in breakers.over_limit(unit.connection, asked, now)] if asked else []


def _counts(rules: SiteRules) -> bool:
    return rules.policy.breaker is not None and rules.mode is not Mode.OBSERVE


def trip(work: Work, story_ids: Sequence[int], *, now: datetime) -> list[int]:
    """Holds everything on those of the stories that are over their limit still; returns which these were.

    Each in a transaction of its own, under the story's lock: of several at once, one holds it.
    """
    return [story_id for story_id in story_ids if _trip(work, story_id, now)]


def _trip(work: Work, story_id: int, now: datetime) -> bool:
    with work() as unit:
        story = stories.lock(unit.connection, story_id)
        if story is None:
            return False
        breaker = policies.rules_of(unit.connection, [story.site_id])[story.site_id].policy.breaker
        over = breakers.over_limit(unit.connection, [(story_id, breaker)], now) if breaker else []
        if breaker is None or not over or breakers.authors_flagged(unit.connection, over[0]) < LEAST_AUTHORS:
            return False
        until = now + timedelta(minutes=breaker.hold_minutes)
        breakers.add(unit.connection, over[0], site_id=story.site_id, at=now, until=until, share=breaker.share)
        stories.change(unit.connection, story_id, held_until=until, held_reason=None, breaker_from=until)
        _record(unit, f"{story.slug} story {story_id}", over[0], until)
        noticing.tell_breaker(unit, site_id=story.site_id, story_id=story_id, title=story.title, tripped=True, now=now)
    _log.warning("story_breaker_on", story=story_id, site=story.slug, until=until.isoformat())
    return True


def _record(unit: UnitOfWork, subject: str, over: Over, until: datetime) -> None:
    details = {"until": until.isoformat(), "comments": over.comments, "flagged": over.flagged}
    audit_log.record(unit.connection, actor=ACTOR, act="story.breaker_on", subject=subject, details=details)
