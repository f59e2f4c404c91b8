"""Puts into the outbox what people are to be told: what happened, and states that went over a limit or came back.

``steps.sending_notices`` sends it. A notice is stored in the transaction that made it true, so nothing is lost where
the broker or the mail server is away, and a state is told once as it begins and once as it ends.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from moderation.domain.backoff import BREAKER_FAILURES
from moderation.domain.jobs import Job
from moderation.domain.notice import NEEDS, SENIOR, NoticeKind, Turn, Way, is_over, is_told
from moderation.domain.notice_text import plain
from moderation.domain.permission import permits
from moderation.store import enrolments, leases, notice_choices, notice_levels, notices
from moderation.store.notice_choices import Limits
from moderation.store.notice_levels import Receiver
from moderation.store.notices import NewNotice
from moderation.store.unit_of_work import UnitOfWork

LOOKS_EVERY: Final = timedelta(seconds=30)
KEPT: Final = timedelta(days=90)
_LOOKED: Final = "notices"
_MOST_COUNTED: Final = 1_000
"""A backlog is counted to here, or to twice its limit: how far it is over matters less than that it is."""


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told of a site. ``subject`` tells states of one kind apart; ``params`` holds what the text names.

    A duration stands in ``params`` as ``{"minutes": …}``.
    """

    site_id: int
    kind: NoticeKind
    turn: Turn
    params: Mapping[str, Any]
    subject: str = ""


def tell(unit: UnitOfWork, news: News, *, now: datetime, only: Collection[int] | None = None, desk: bool = True) -> int:
    """Makes a notice for everybody at the site who chose it and may know; returns how many.

    ``only`` narrows it to these people; ``desk`` says whether the desk's webhook gets it too. What still waits about
    the same state is cancelled: the newest word counts. An event joins one of its like that still waits.
    """
    limits = notice_choices.limits_of(unit.connection, [news.site_id])[news.site_id]
    made = [
        NewNotice(news.site_id, to, way, news.kind, news.turn, news.subject, news.params, due_at=now)
        for to, way in _addressees(unit, news, limits, only, desk=desk)
    ]
    if news.turn is Turn.EVENT:
        waiting = [one for one in made if not notices.join_waiting(unit.connection, one)]
        made = [replace(one, due_at=notices.quiet_until(unit.connection, one, limits.quiet, now)) for one in waiting]
    else:
        notices.overtake(unit.connection, site_id=news.site_id, kind=news.kind, subject=news.subject, now=now)
    notices.add(unit.connection, made, at=now)
    if made:
        unit.note(Job.SEND_NOTICES)
    return len(made)


def _addressees(
    unit: UnitOfWork, news: News, limits: Limits, only: Collection[int] | None, *, desk: bool
) -> list[tuple[int | None, Way]]:
    told: list[tuple[int | None, Way]] = [
        (one.id, way)
        for one in notice_choices.of_desk(unit.connection, news.site_id)
        if permits(one.role, NEEDS[news.kind]) and (only is None or one.id in only)
        for way in one.choice.ways_of(news.kind)
    ]
    if desk and limits.webhook is not None and news.kind in limits.kinds:
        told.append((None, Way.WEBHOOK))
    return told


def tell_escalation(
    unit: UnitOfWork, *, site_id: int, by_id: int, by_name: str, to_id: int | None, now: datetime
) -> None:
    """A comment was handed on: tells whom it is for, or everybody who is senior; not who did it."""
    params = {"who": plain(by_name), "for": "seniors" if to_id is None else "me"}
    news = News(site_id, NoticeKind.ESCALATION, Turn.EVENT, params)
    if to_id is not None:
        tell(unit, news, now=now, only={to_id} - {by_id}, desk=False)
        return
    seniors = {one.id for one in notice_choices.of_desk(unit.connection, site_id) if permits(one.role, SENIOR)}
    tell(unit, news, now=now, only=seniors - {by_id})


def tell_breaker(unit: UnitOfWork, *, site_id: int, story_id: int, title: str, tripped: bool, now: datetime) -> None:
    """A story's breaker tripped by itself, or its hold ended; told once for each, however often it is called.

    What holds a story calls this in its own transaction. That the hold ended ``watch`` notices by itself.
    """
    params = {"title": plain(title), "story_id": story_id}
    _judge(unit, _Watched(site_id, NoticeKind.STORY_BREAKER, str(story_id), params), over=tripped, now=now)


def watch(unit: UnitOfWork, *, now: datetime) -> bool:
    """Looks at every site's backlog and addresses and tells what changed; false where that was done just now."""
    if not leases.take(unit.connection, _LOOKED, holder=now.isoformat(), now=now, until=now + LOOKS_EVERY):
        return False
    site_ids = [one.id for one in enrolments.sites(unit.connection)]
    limits = notice_choices.limits_of(unit.connection, site_ids)
    for site_id in site_ids:
        _watch_backlog(unit, site_id, limits[site_id], now)
    for receiver in notice_levels.receivers(unit.connection, site_ids):
        _watch_receiver(unit, receiver, limits[receiver.site_id], now)
    for story in notice_levels.tripped_stories(unit.connection):
        held = story.held_until is not None and story.held_until > now
        tell_breaker(unit, site_id=story.site_id, story_id=story.story_id, title=story.title, tripped=held, now=now)
    notices.forget_before(unit.connection, now - KEPT)
    return True


@dataclass(frozen=True, slots=True)
class _Watched:
    """A state of a site; ``params`` are what a notice of it names."""

    site_id: int
    kind: NoticeKind
    subject: str
    params: Mapping[str, Any]


def _watch_backlog(unit: UnitOfWork, site_id: int, limits: Limits, now: datetime) -> None:
    most = _MOST_COUNTED if limits.held_over is None else max(_MOST_COUNTED, 2 * limits.held_over)
    held = notice_levels.held(unit.connection, site_id, most=most)
    backlog = _Watched(site_id, NoticeKind.BACKLOG, "", {"n": held.count, "limit": limits.held_over or 0})
    _judge_amount(unit, backlog, held.count, limits.held_over, limits.quiet, now)
    age = max(timedelta(0), now - held.since) if held.since else timedelta(0)
    limit = limits.waits_over
    oldest = _Watched(site_id, NoticeKind.OLDEST, "", {"age": _minutes(age), "limit": _minutes(limit or age)})
    _judge_amount(unit, oldest, age.total_seconds(), limit.total_seconds() if limit else None, limits.quiet, now)


def _judge_amount(
    unit: UnitOfWork, watched: _Watched, value: float, limit: float | None, quiet: timedelta, now: datetime
) -> None:
    known = notice_levels.lock(unit.connection, watched.site_id, watched.kind, watched.subject)
    _judge(unit, watched, over=is_over(value, limit, was_over=known.over), now=now, quiet=quiet)


def _watch_receiver(unit: UnitOfWork, receiver: Receiver, limits: Limits, now: datetime) -> None:
    down = receiver.disabled_at is not None or receiver.failures >= BREAKER_FAILURES
    since = receiver.failing_since or receiver.disabled_at or now
    params = {"host": urlsplit(receiver.url).hostname or "", "age": _minutes(max(timedelta(0), now - since))}
    watched = _Watched(receiver.site_id, NoticeKind.RECEIVER_DOWN, str(receiver.endpoint_id), params)
    known = notice_levels.lock(unit.connection, watched.site_id, watched.kind, watched.subject)
    # One failure less is no mending: it is back only once something arrived, or somebody switched it on anew.
    _judge(unit, watched, over=down or (known.over and receiver.failures > 0), now=now, quiet=limits.quiet)


def _judge(unit: UnitOfWork, watched: _Watched, *, over: bool, now: datetime, quiet: timedelta = timedelta(0)) -> None:
    """Keeps what a state has come to, and tells it where that differs from what was told last."""
    known = notice_levels.lock(unit.connection, watched.site_id, watched.kind, watched.subject)
    tells = is_told(over=over, told_over=known.told_over, told_at=known.told_at, now=now, quiet=quiet)
    if tells:
        turn = Turn.OVER if over else Turn.BACK
        tell(unit, News(watched.site_id, watched.kind, turn, watched.params, watched.subject), now=now)
    level = replace(
        known,
        over=over,
        told_over=over if tells else known.told_over,
        told_at=now if tells and over else known.told_at,
    )
    if level != known:
        notice_levels.save(unit.connection, watched.site_id, watched.kind, watched.subject, level)


def _minutes(span: timedelta) -> dict[str, int]:
    return {"minutes": round(span.total_seconds() / 60)}
