"""The rate limit lets each site have its number of requests a second, and no more."""

from hypothesis import given
from hypothesis import strategies as st

from moderation.web.webhook.rates import RateLimit


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_is_above_the_rate_is_refused_until_the_second_is_over() -> None:
    clock = _Clock()
    limit = RateLimit(2, clock)
    assert [limit.hit(1) for _ in range(3)] == [True, True, False]
    clock.now += 0.999
    assert not limit.hit(1)
    clock.now += 0.001
    assert limit.hit(1)


def test_a_busy_site_takes_nothing_from_another() -> None:
    limit = RateLimit(1, _Clock())
    assert limit.hit(1)
    assert not limit.hit(1)
    assert limit.hit(2)


@given(
    rate=st.integers(min_value=1, max_value=5),
    pauses=st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=60),
)
def test_no_two_seconds_let_more_through_than_three_windows_hold(rate: int, pauses: list[float]) -> None:
    clock = _Clock()
    limit = RateLimit(rate, clock)
    passed = []
    for pause in pauses:
        clock.now += pause
        if limit.hit(1):
            passed.append(clock.now)
    assert passed
    for start in passed:
        assert sum(start <= at < start + 2.0 for at in passed) <= 3 * rate
