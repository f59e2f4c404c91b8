"""The breaker of a story: too much flagged turns it on, once; it ends by itself, and does not flap."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from moderation.domain.event import AuthorFacts, StoryFacts
from moderation.domain.vocabulary import Mode, State
from moderation.steps import enrolling, scoring, setting_rules, tending, tripping
from moderation.store import breakers
from moderation.store.breakers import Pulse, Tripped
from moderation.store.schema import AuditEntry, Story, StoryBreaker, StoryPulse
from tests.factories import NOW, World

MINUTE = timedelta(minutes=1)
POLICY = {"breaker": {"share": 0.5, "least": 6, "minutes": 30, "hold_minutes": 20}}


class Hot:
    """A site whose stories trip from six comments on, half of them flagged, within half an hour."""

    def __init__(self, world: World, mode: Mode = Mode.PUBLISH_FIRST) -> None:
        self.world = world
        self.site_id = world.make_site(mode=mode)
        setting_rules.set_policy(world.work, site_slug="khobor", document=POLICY)
        self.live = world.words(তোকে=(0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0))
        self._n = 0

    def come(self, *, bad: int, good: int, at: datetime, story: str = "s1", authors: int = 3) -> list[str]:
        """Comments that arrive and are scored at one time; their ids."""
        ids = []
        for n in range(bad + good):
            self._n += 1
            body = f"তোকে মারবো {self._n}#" if n < bad else f"শুভ সকাল {self._n}#"
            facts = StoryFacts(story, f"https://khobor.example/{story}", "খবর", "জাতীয়")
            author = AuthorFacts(f"a{self._n % authors}", "রহিম")
            self.world.make_comment(self.site_id, f"c{self._n}", body, story=facts, author=author)
            ids.append(f"c{self._n}")
        self.world.score(self.live, now=at)
        return ids

    def states(self, ids: list[str]) -> set[State]:
        return {self.world.status(self.site_id, one).state for one in ids}

    def rules(self, comment_id: str) -> list[str]:
        return [reason["rule"] for reason in self.world.status(self.site_id, comment_id).reasons]

    def story_id(self, ext_id: str = "s1") -> int:
        with self.world.runtime.reading() as connection:
            return connection.execute(select(Story.id).where(Story.ext_id == ext_id)).scalar_one()

    def tripped(self) -> list[Tripped]:
        with self.world.runtime.reading() as connection:
            return breakers.of_story(connection, self.story_id(), limit=99)


@pytest.fixture
def hot(world: World) -> Hot:
    return Hot(world)


def test_a_hot_story_holds_everything_for_its_time_and_then_no_more(hot: Hot) -> None:
    hot.come(bad=3, good=3, at=NOW)
    (during,) = hot.come(bad=0, good=1, at=NOW + 19 * MINUTE)
    assert hot.states([during]) == {State.HELD}
    assert hot.rules(during) == ["story_held"]
    after = hot.come(bad=0, good=1, at=NOW + 20 * MINUTE)
    assert hot.states(after) == {State.PUBLISHED}
    (tripped,) = hot.tripped()
    assert (tripped.comments, tripped.flagged, tripped.share) == (6, 3, 0.5)
    assert (tripped.at, tripped.until) == (NOW, NOW + 20 * MINUTE)


@pytest.mark.parametrize(("bad", "good"), [(2, 3), (5, 0), (2, 5)])
def test_too_few_comments_or_too_small_a_share_trip_nothing(hot: Hot, bad: int, good: int) -> None:
    hot.come(bad=bad, good=good, at=NOW)
    assert hot.tripped() == []


def test_other_stories_go_on_as_before(hot: Hot) -> None:
    hot.come(bad=6, good=0, at=NOW)
    assert hot.states(hot.come(bad=0, good=1, at=NOW + MINUTE, story="s2")) == {State.PUBLISHED}


def test_what_came_before_the_window_does_not_count(hot: Hot) -> None:
    hot.come(bad=3, good=0, at=NOW)
    hot.come(bad=3, good=0, at=NOW + 31 * MINUTE)
    assert hot.tripped() == []
    hot.come(bad=3, good=0, at=NOW + 32 * MINUTE)
    assert len(hot.tripped()) == 1


def test_what_the_hold_holds_does_not_prolong_it_nor_turn_it_on_again(hot: Hot) -> None:
    hot.come(bad=6, good=0, at=NOW)
    hot.come(bad=20, good=20, at=NOW + 10 * MINUTE)
    hot.come(bad=5, good=0, at=NOW + 20 * MINUTE)
    assert len(hot.tripped()) == 1, "only five have come since the hold ended"
    hot.come(bad=1, good=0, at=NOW + 21 * MINUTE)
    newest, first = hot.tripped()
    assert (newest.at, newest.comments) == (NOW + 21 * MINUTE, 6)
    assert first.ended_at == first.until


def test_comments_that_only_the_circumstances_held_are_not_flagged(world: World) -> None:
    hot = Hot(world)
    hot.come(bad=0, good=1, at=NOW)
    enrolling.hold_everything(world.work, site_slug="khobor", until=NOW + 60 * MINUTE)
    hot.come(bad=0, good=30, at=NOW + MINUTE)
    assert hot.tripped() == []


def test_who_lifts_the_hold_is_not_overruled_for_a_while(hot: Hot) -> None:
    hot.come(bad=6, good=0, at=NOW)
    tending.lift(hot.world.work, hot.story_id(), by="moderator 7", now=NOW + MINUTE)
    hot.come(bad=9, good=0, at=NOW + 2 * MINUTE)
    (tripped,) = hot.tripped()
    assert tripped.ended_at == NOW + MINUTE
    rested = NOW + MINUTE + tending.RESTS
    hot.come(bad=5, good=0, at=rested)
    assert len(hot.tripped()) == 1
    hot.come(bad=1, good=0, at=rested + MINUTE)
    assert len(hot.tripped()) == 2


def test_one_or_two_authors_alone_cannot_shut_a_story(hot: Hot) -> None:
    hot.come(bad=20, good=0, at=NOW, authors=2)
    assert hot.tripped() == []
    hot.come(bad=3, good=0, at=NOW + MINUTE, authors=5)
    assert len(hot.tripped()) == 1


def test_a_persons_hold_is_left_alone_and_counting_begins_at_its_end(hot: Hot) -> None:
    hot.come(bad=1, good=0, at=NOW)
    tending.hold(hot.world.work, hot.story_id(), hours=1, reason="দাঙ্গা", by="moderator 7", now=NOW)
    hot.come(bad=9, good=0, at=NOW + MINUTE)
    hot.come(bad=1, good=0, at=NOW + 61 * MINUTE)
    assert hot.tripped() == []


def test_many_at_once_make_one_hold(hot: Hot) -> None:
    hot.come(bad=5, good=0, at=NOW)
    story_id = hot.story_id()
    with hot.world.work() as unit:
        breakers.add_pulses(unit.connection, [Pulse(story_id, NOW, 1, 1)])
    together = threading.Barrier(6)
    came: list[list[int]] = []

    def trip() -> None:
        together.wait()
        came.append(tripping.trip(hot.world.work, [story_id], now=NOW))

    threads = [threading.Thread(target=trip) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == [[], [], [], [], [], [story_id]]
    assert len(hot.tripped()) == 1


def test_batches_scored_at_once_trip_once_and_lose_no_comment(hot: Hot) -> None:
    ids = []
    for n in range(40):
        hot.world.make_comment(hot.site_id, f"x{n}", f"তোকে মারবো {n}#", author=AuthorFacts(f"a{n}", "রহিম"))
        ids.append(f"x{n}")
    threads = [
        threading.Thread(
            target=scoring._score_batch,
            args=(hot.world.work, hot.live.current(), scoring._claim(hot.world.work, 5, single=False), NOW),
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hot.states(ids) == {State.HELD}
    assert len(hot.tripped()) == 1
    with hot.world.runtime.reading() as connection:
        assert connection.scalar(select(func.sum(StoryPulse.comments))) == 40


def test_an_observed_site_and_a_policy_without_a_breaker_hold_nothing(world: World) -> None:
    hot = Hot(world, Mode.OBSERVE)
    hot.come(bad=6, good=0, at=NOW)
    enrolling.set_mode(world.work, site_slug="khobor", mode=Mode.PUBLISH_FIRST)
    setting_rules.set_policy(world.work, site_slug="khobor", document={"breaker": None})
    hot.come(bad=40, good=0, at=NOW + MINUTE)
    assert hot.tripped() == []


def test_turning_on_is_on_record_with_its_counts(hot: Hot) -> None:
    hot.come(bad=6, good=0, at=NOW)
    with hot.world.runtime.reading() as connection:
        query = select(AuditEntry.actor, AuditEntry.details).where(AuditEntry.act == "story.breaker_on")
        actor, details = connection.execute(query).one()
    assert (actor, details["comments"], details["flagged"]) == ("breaker", 6, 6)


def test_counts_are_folded_by_the_minute_and_forgotten_after_a_day(hot: Hot) -> None:
    hot.come(bad=1, good=0, at=NOW)
    story_id = hot.story_id()
    old = [Pulse(story_id, NOW - timedelta(hours=25), 9, 9)]
    with hot.world.work() as unit:
        breakers.add_pulses(unit.connection, old + [Pulse(story_id, NOW + n * MINUTE / 60, 2, 1) for n in range(30)])
        breakers.tidy(unit.connection, now=NOW + 5 * MINUTE, since=NOW - 20 * MINUTE)
        rows = unit.connection.execute(select(StoryPulse.at, StoryPulse.comments, StoryPulse.flagged)).all()
    assert [tuple(row) for row in rows] == [(NOW, 61, 31)]


def test_the_counts_of_a_window_are_read_off_an_index(hot: Hot) -> None:
    hot.come(bad=1, good=0, at=NOW)
    values = {"rows": '[{"story_id": 1, "share": 0.5, "least": 6, "since": "2026-01-01T00:00:00Z"}]', "now": NOW}
    with hot.world.runtime.reading() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explained = connection.execute(text(f"EXPLAIN {breakers._OVER.text}"), values)
        plan = "\n".join(str(line) for (line,) in explained)
        assert connection.scalar(select(func.count()).select_from(StoryBreaker)) == 0
    assert "ix_story_pulses_story" in plan
