"""What a desk does about a story: watches it, holds everything on it for a time, closes it and opens it again.

A hold ends by itself. The site is told of a closing and a reopening, since it is the site that shows the form.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from moderation.domain import attribution
from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError
from moderation.domain.jobs import Job
from moderation.domain.vocabulary import CallbackType, Mode, Role
from moderation.store import audit_log, breakers, callbacks, policies, stories
from moderation.store.callbacks import NewCallback
from moderation.store.stories import StoryPlace
from moderation.store.unit_of_work import UnitOfWork, Work

HOURS: Final = (1, 6, 24)
"""For how long a story can be held at a time."""
LONGEST_REASON: Final = 200
RESTS: Final = timedelta(hours=1)
"""For how long the breaker leaves a story alone of which a person has lifted a hold."""


def watch(work: Work, story_id: int, *, on: bool, by: str) -> None:
    """Puts a story on the list of those to keep an eye on, or takes it off.

    Raises:
        NotFoundError: there is no such story.
    """
    with work() as unit:
        story = _locked(unit, story_id)
        stories.change(unit.connection, story.id, watched=on)
        _record(unit, story, "story.watched" if on else "story.unwatched", by)


def hold(work: Work, story_id: int, *, hours: int, reason: str, by: str, now: datetime) -> datetime:
    """Holds each comment on the story that is scored until then; returns when that is.

    Raises:
        InvalidValueError: not one of HOURS, or no reason, or too long a one.
        NotFoundError: there is no such story.
    """
    if hours not in HOURS:
        raise InvalidValueError("Choose for how long: 1, 6 or 24 hours.")
    told = reason.strip()
    if not 0 < len(told) <= LONGEST_REASON:
        raise InvalidValueError("Say why, in at most {n} characters: your colleagues will read it.", n=LONGEST_REASON)
    until = now + timedelta(hours=hours)
    with work() as unit:
        story = _locked(unit, story_id)
        breakers.end(unit.connection, story.id, by=by, at=now)
        stories.change(unit.connection, story.id, held_until=until, held_reason=told, breaker_from=until)
        _record(unit, story, "story.held", by, until=until.isoformat(), reason=told)
    return until


def lift(work: Work, story_id: int, *, by: str, now: datetime) -> None:
    """Ends a hold before its time. What was held meanwhile waits in the review queue.

    Whoever lifts it has looked, so the story's breaker rests for a while, and counts afresh after that.

    Raises:
        NotFoundError: there is no such story.
    """
    with work() as unit:
        story = _locked(unit, story_id)
        breakers.end(unit.connection, story.id, by=by, at=now)
        stories.change(unit.connection, story.id, held_until=None, held_reason=None, breaker_from=now + RESTS)
        _record(unit, story, "story.released", by)


def close(work: Work, story_id: int, *, by: str, role: Role, now: datetime) -> None:
    """Asks the site to take no more comments on the story.

    Raises:
        NotFoundError: there is no such story.
        ConflictError: it is closed already.
        InvalidValueError: the site is only observed, so nothing is told to it.
    """
    _open_or_close(work, story_id, CallbackType.STORY_CLOSED, by=by, role=role, now=now)


def reopen(work: Work, story_id: int, *, by: str, role: Role, now: datetime) -> None:
    """Lets the site take comments on the story again.

    Raises:
        NotFoundError: there is no such story.
        ConflictError: it is open already.
        InvalidValueError: the site is only observed, so nothing is told to it.
    """
    _open_or_close(work, story_id, CallbackType.STORY_REOPENED, by=by, role=role, now=now)


def _open_or_close(work: Work, story_id: int, kind: CallbackType, *, by: str, role: Role, now: datetime) -> None:
    closes = kind is CallbackType.STORY_CLOSED
    with work() as unit:
        story = _locked(unit, story_id)
        if closes is (story.closed_at is not None):
            raise ConflictError("A colleague did that already. Load the page again.")
        rules = policies.rules_of(unit.connection, [story.site_id])[story.site_id]
        if rules.mode is Mode.OBSERVE:
            raise InvalidValueError("This site is only observed at present: it is told nothing. Change its mode first.")
        stories.change(unit.connection, story.id, closed_at=now if closes else None, version=story.version + 1)
        _record(unit, story, kind.value, by)
        payload = {
            "site": story.slug,
            "story_id": story.ext_id,
            "version": story.version + 1,
            "closed": closes,
            "decided_by": attribution.by_moderator(role),
            "decided_at": now,
        }
        new = NewCallback(
            site_id=story.site_id,
            comment_id=None,
            story_id=story.id,
            decision_id=None,
            type=kind,
            version=story.version + 1,
            payload=payload,
            due_at=now,
        )
        if callbacks.insert_many(unit.connection, [new]):
            unit.note(Job.DELIVER_CALLBACKS)


def _locked(unit: UnitOfWork, story_id: int) -> StoryPlace:
    story = stories.lock(unit.connection, story_id)
    if story is None:
        raise NotFoundError("There is no such story.")
    return story


def _record(unit: UnitOfWork, story: StoryPlace, act: str, by: str, **details: Any) -> None:
    audit_log.record(unit.connection, actor=by, act=act, subject=f"{story.slug} story {story.id}", details=details)
