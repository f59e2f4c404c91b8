import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.backoff import CALLBACK_SCHEDULE, DAY, SLOW_FLOOR, breaker_open_for, next_attempt_delay

MIDDLE = 0.5
jitters = st.floats(0.0, 1.0, exclude_max=True)


def test_ten_attempts_follow_the_published_schedule_and_then_the_callback_is_parked() -> None:
    delays = [next_attempt_delay(made, retry_after=None, slow=False, jitter=MIDDLE) for made in range(12)]
    assert delays[:10] == pytest.approx([0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400])
    assert delays[10:] == [None, None]
    assert sum(CALLBACK_SCHEDULE) / 3_600 == pytest.approx(75.6, abs=0.1)


def test_the_first_attempt_leaves_at_once_whatever_the_jitter_and_the_kind_of_failure() -> None:
    assert next_attempt_delay(0, retry_after=None, slow=True, jitter=0.99) == 0.0


@given(made=st.integers(1, 9), jitter=jitters)
def test_jitter_moves_a_delay_by_a_fifth_at_most(made: int, jitter: float) -> None:
    delay = next_attempt_delay(made, retry_after=None, slow=False, jitter=jitter)
    assert delay is not None
    assert 0.8 * CALLBACK_SCHEDULE[made] <= delay <= 1.2 * CALLBACK_SCHEDULE[made]


def test_jitter_reaches_both_ends_of_its_spread() -> None:
    assert next_attempt_delay(1, retry_after=None, slow=False, jitter=0.0) == pytest.approx(4.0)
    assert next_attempt_delay(1, retry_after=None, slow=False, jitter=0.999999) == pytest.approx(6.0, abs=1e-3)


@given(made=st.integers(0, 9), jitter=jitters, asked=st.floats(1.0, DAY))
def test_nobody_is_asked_again_sooner_than_he_wished(made: int, jitter: float, asked: float) -> None:
    delay = next_attempt_delay(made, retry_after=asked, slow=False, jitter=jitter)
    assert delay is not None
    assert delay >= asked


def test_a_short_wish_does_not_burn_the_attempts_faster_than_the_schedule() -> None:
    assert next_attempt_delay(5, retry_after=1.0, slow=False, jitter=MIDDLE) == pytest.approx(18_000)


@given(made=st.integers(0, 9), jitter=jitters, asked=st.floats(allow_nan=True, allow_infinity=True), slow=st.booleans())
def test_no_wish_however_wild_makes_the_delay_negative_infinite_or_longer_than_a_day_and_a_fifth(
    made: int, jitter: float, asked: float, slow: bool
) -> None:
    delay = next_attempt_delay(made, retry_after=asked, slow=slow, jitter=jitter)
    assert delay is not None
    assert math.isfinite(delay)
    assert 0.0 <= delay <= 1.2 * DAY


def test_a_refusal_is_retried_slower_and_never_more_often_than_the_schedule() -> None:
    slow = [next_attempt_delay(made, retry_after=None, slow=True, jitter=MIDDLE) for made in range(1, 11)]
    assert slow[:3] == pytest.approx([SLOW_FLOOR] * 3)
    assert slow[3:9] == pytest.approx([7_200, 18_000, 36_000, 50_400, 72_000, 86_400])
    assert slow[9] is None


@pytest.mark.parametrize(("made", "jitter"), [(-1, 0.0), (1, 1.0), (1, -0.1), (1, math.nan)])
def test_impossible_arguments_are_refused(made: int, jitter: float) -> None:
    with pytest.raises(ValueError, match="jitter"):
        next_attempt_delay(made, retry_after=None, slow=False, jitter=jitter)


def test_the_breaker_opens_at_the_fourth_failure_for_a_minute_and_doubles_to_a_day() -> None:
    assert [breaker_open_for(failures) for failures in (0, 1, 3)] == [0.0, 0.0, 0.0]
    assert [breaker_open_for(failures) for failures in (4, 5, 6, 7)] == [60.0, 120.0, 240.0, 480.0]
    assert breaker_open_for(14) == 61_440.0
    assert breaker_open_for(15) == DAY
    assert breaker_open_for(1_000_000) == DAY
