"""When a state is told, and what a notice says: harmless in a header, in a mail and in a chat."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain import notice_text
from moderation.domain.notice import BACK_BELOW, NoticeKind, Turn, is_over, is_told

NOW = datetime(2026, 11, 25, tzinfo=UTC)
QUIET = timedelta(hours=1)
EXAMPLES = {
    "n": 3,
    "limit": timedelta(hours=2),
    "age": timedelta(minutes=190),
    "host": "khobor.example",
    "who": "রহিম",
    "title": "বাজেট",
    "site": "খবর",
}


def test_a_value_between_the_two_marks_stays_what_it_was() -> None:
    assert [is_over(value, 100, was_over=False) for value in (80, 100, 101)] == [False, False, True]
    assert [is_over(value, 100, was_over=True) for value in (101, 90, 100 * BACK_BELOW)] == [True, True, False]
    assert not is_over(10**9, None, was_over=True), "what is not watched is never over"


def test_a_state_is_told_as_it_changes_and_again_only_after_the_quiet_time() -> None:
    def told(*, over: bool, told_over: bool, ago: timedelta | None) -> bool:
        told_at = None if ago is None else NOW - ago
        return is_told(over=over, told_over=told_over, told_at=told_at, now=NOW, quiet=QUIET)

    assert told(over=True, told_over=False, ago=None)
    assert not told(over=True, told_over=True, ago=2 * QUIET)
    assert told(over=False, told_over=True, ago=timedelta(0)), "good news does not wait"
    assert not told(over=True, told_over=False, ago=QUIET / 2)
    assert told(over=True, told_over=False, ago=QUIET)


@given(st.lists(st.floats(0, 200), max_size=60))
def test_however_a_value_moves_over_and_back_are_told_in_turn(values: list[float]) -> None:
    over, told_over, told_at, told = False, False, None, []
    for minute, value in enumerate(values):
        now = NOW + timedelta(minutes=minute)
        over = is_over(value, 100, was_over=over)
        if is_told(over=over, told_over=told_over, told_at=told_at, now=now, quiet=timedelta(minutes=10)):
            told.append((over, minute))
            told_over, told_at = over, now if over else told_at
    assert [one for one, _ in told] == [place % 2 == 0 for place in range(len(told))]
    starts = [minute for one, minute in told if one]
    assert all(later - earlier >= 10 for earlier, later in itertools.pairwise(starts))


@pytest.mark.parametrize("language", ["bn", "en"])
@pytest.mark.parametrize(("kind", "turn"), notice_text.TEXTS, ids=str)
def test_every_notice_has_words_in_both_languages(kind: NoticeKind, turn: object, language: str) -> None:
    text = notice_text.text_of(kind, turn, EXAMPLES, language)  # type: ignore[arg-type]
    written = "\n".join((text.subject, *text.lines))
    assert text.subject.startswith("খবর: ")
    assert "{" not in written
    if language == "bn":
        assert not any(digit in written for digit in "0123456789")


def test_one_and_several_and_durations_are_told_as_people_say_them() -> None:
    one = notice_text.text_of(NoticeKind.ESCALATION, Turn.EVENT, {"who": "Rahim", "n": 1}, "en")
    several = notice_text.text_of(NoticeKind.ESCALATION, Turn.EVENT, {"who": "Rahim", "n": 3}, "en")
    assert (one.subject, several.subject) == ("One comment was handed on", "3 comments were handed on")
    oldest = notice_text.text_of(NoticeKind.OLDEST, Turn.OVER, EXAMPLES, "bn")
    assert "৩ ঘণ্টা ১০ মিনিট" in oldest.subject


@given(st.text(max_size=200))
def test_a_name_becomes_one_short_line_that_hides_and_reorders_nothing(written: str) -> None:
    line = notice_text.plain(written)
    assert len(line) <= notice_text.LONGEST_NAME
    assert not set(line) & set("\r\n\t\0\x1b\u202e\u2066\u200b\ufeff\u2028")


def test_bangla_keeps_its_joiners() -> None:
    assert notice_text.plain("র‍্যাব") == "র‍্যাব"


def test_nothing_links_or_pings_in_a_chat() -> None:
    assert notice_text.for_slack("<!channel> & <https://evil.example|click>") == (
        "&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;"
    )
