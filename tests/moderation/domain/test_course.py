"""The course of a wave: equal spans of time, the first readers by name, and nothing lost at the edges."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.course import NAMED, SPANS, course_of

START = datetime(2026, 11, 25, tzinfo=UTC)


def test_bars_are_equal_spans_from_the_first_to_the_last() -> None:
    course = course_of([(START + timedelta(minutes=at), at, f"r{at}") for at in (0, 1, 15, 16)])
    assert course.bars == [1, 1, *[0] * (SPANS - 3), 2]
    assert (course.first, course.last) == (START, START + timedelta(minutes=16))


def test_comments_of_one_moment_are_one_bar() -> None:
    assert course_of([(START, 1, "a"), (START, 2, "b")]).bars == [2, *[0] * (SPANS - 1)]


def test_readers_are_named_once_in_the_order_in_which_they_came_and_namesakes_apart() -> None:
    came = [(START + timedelta(seconds=at), author, f"name {author % 3}") for at, author in enumerate([3, 1, 3, 0, 2])]
    course = course_of(came[::-1])
    assert course.authors == ["name 0", "name 1", "name 0"]
    assert course.others == 1


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 9)), min_size=1, max_size=60))
def test_every_comment_is_in_a_bar_and_every_reader_counted(came: list[tuple[int, int]]) -> None:
    course = course_of([(START + timedelta(milliseconds=at), author, str(author)) for at, author in came])
    assert sum(course.bars) == len(came)
    assert len(course.bars) == SPANS
    assert len(course.authors) + course.others == len({author for _, author in came})
    assert len(course.authors) <= NAMED
