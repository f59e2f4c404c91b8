"""How much abuse somebody has read today and in this sitting, from their own decisions."""

from datetime import datetime, timedelta

from moderation.domain.exposure import Exposure, Made, exposure
from tests.factories import NOW

_MIDNIGHT = NOW - timedelta(hours=6)


def _made(*minutes_ago: float, abusive: bool = True) -> list[Made]:
    return [Made(NOW - timedelta(minutes=n), abusive) for n in minutes_ago]


def _of(made: list[Made], now: datetime = NOW) -> Exposure:
    return exposure(made, midnight=_MIDNIGHT, now=now)


def test_a_sitting_goes_back_to_the_first_pause_and_today_to_midnight() -> None:
    found = _of(_made(1, 5, 12, 24, 60, 70, 60 * 7))
    assert found == Exposure(today=6, sitting=4, minutes=24)


def test_what_was_published_counts_for_the_sitting_but_is_no_abuse() -> None:
    found = _of(_made(1) + _made(10, abusive=False))
    assert found == Exposure(today=1, sitting=1, minutes=10)


def test_after_a_pause_nothing_runs_and_no_break_is_due() -> None:
    found = _of(_made(16, 20, 90))
    assert found == Exposure(today=3, sitting=0, minutes=0)
    assert not found.break_due(25)
    assert _of([]) == Exposure()


def test_a_break_is_suggested_to_those_who_want_it_once_their_time_is_up() -> None:
    found = _of(_made(1, 12, 24, 36, 46))
    assert [found.break_due(after) for after in (0, 25, 45, 60)] == [False, True, True, False]
