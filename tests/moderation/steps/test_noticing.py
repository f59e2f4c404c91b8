"""What is put into the outbox for whom: once as a state begins, once as it ends, and nothing to who may not know."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import OperationalError

from moderation.domain.event import AuthorFacts
from moderation.domain.jobs import Job
from moderation.domain.notice import NoticeKind, Turn, Way
from moderation.domain.vocabulary import Role
from moderation.steps import noticing, reviewing, setting_rules
from moderation.store import notice_choices, notice_levels
from moderation.store.notice_choices import Choice, Limits
from moderation.store.schema import Comment, Endpoint, Notice, Story
from moderation.store.unit_of_work import UnitOfWork, Work
from tests.factories import NOW, World

MINUTE = timedelta(minutes=1)
EVERYTHING = Choice(frozenset((kind, Way.EMAIL) for kind in NoticeKind))


def choose(world: World, moderator_id: int, choice: Choice = EVERYTHING) -> None:
    with world.work() as unit:
        notice_choices.save_person(unit.connection, moderator_id, choice)


def limit(world: World, site_id: int, **values: Any) -> None:
    with world.work() as unit:
        notice_choices.save_limits(unit.connection, site_id, Limits(**{"quiet": 60 * MINUTE, **values}))


def watch(world: World, at: datetime) -> None:
    with world.work() as unit:
        assert noticing.watch(unit, now=at)


def told(world: World) -> list[tuple[str, str, int | None]]:
    with world.runtime.reading() as connection:
        rows = connection.execute(select(Notice.kind, Notice.turn, Notice.moderator_id).order_by(Notice.id))
        return [(kind, turn, person) for kind, turn, person in rows]


@pytest.fixture
def site(world: World) -> int:
    return world.make_site()


def _hold(world: World, site_id: int, *ids: str) -> list[uuid.UUID]:
    return [world.make_held(site_id, one) for one in ids]


def _decide(world: World, site_id: int, *ids: str) -> None:
    with world.work() as unit:
        unit.connection.execute(
            update(Comment).where(Comment.site_id == site_id, Comment.ext_id.in_(ids)).values(state="published")
        )


def test_a_backlog_is_told_once_as_it_grows_and_once_as_it_is_worked_off(
    world: World, announced: list[Job], site: int
) -> None:
    nasrin = world.make_moderator()
    choose(world, nasrin)
    limit(world, site, held_over=4, waits_over=None)
    _hold(world, site, "c1", "c2", "c3", "c4")
    watch(world, NOW)
    assert told(world) == []
    _hold(world, site, "c5")
    for minute in (1, 2, 3):
        watch(world, NOW + minute * MINUTE)
    assert told(world) == [("backlog", "over", nasrin)]
    assert Job.SEND_NOTICES in announced
    _decide(world, site, "c1")
    watch(world, NOW + 4 * MINUTE)
    assert len(told(world)) == 1, "four are still above the lower mark"
    _decide(world, site, "c2")
    watch(world, NOW + 5 * MINUTE)
    watch(world, NOW + 6 * MINUTE)
    assert told(world)[1:] == [("backlog", "back", nasrin)]


def test_a_backlog_that_comes_and_goes_is_told_again_only_after_the_quiet_time(world: World, site: int) -> None:
    choose(world, world.make_moderator())
    limit(world, site, held_over=1, waits_over=None)
    _hold(world, site, "c1", "c2")
    watch(world, NOW)
    _decide(world, site, "c1", "c2")
    watch(world, NOW + MINUTE)
    _hold(world, site, "c3", "c4")
    watch(world, NOW + 2 * MINUTE)
    assert [turn for _, turn, _ in told(world)] == ["over", "back"]
    watch(world, NOW + 60 * MINUTE)
    assert [turn for _, turn, _ in told(world)] == ["over", "back", "over"], "it is over still, so it is not lost"


def test_the_oldest_wait_is_told(world: World, site: int) -> None:
    choose(world, world.make_moderator())
    limit(world, site, held_over=None, waits_over=60 * MINUTE)
    _hold(world, site, "c1")
    watch(world, NOW - 60 * MINUTE)
    assert told(world) == [], "the clock of the database stands before NOW"
    watch(world, NOW + 24 * 60 * MINUTE)
    assert [kind for kind, _, _ in told(world)] == ["oldest"]


def test_only_one_of_two_looks_at_the_same_time(world: World) -> None:
    watch(world, NOW)
    with world.work() as unit:
        assert not noticing.watch(unit, now=NOW + timedelta(seconds=5))


def test_a_receiver_that_is_down_is_told_to_those_who_see_deliveries_until_something_arrives(
    world: World, site: int
) -> None:
    editor, moderator = world.make_moderator("Editor", Role.EDITOR), world.make_moderator()
    choose(world, editor)
    choose(world, moderator)
    world.make_endpoint(site)

    def failures(n: int) -> None:
        with world.work() as unit:
            unit.connection.execute(update(Endpoint).values(failures=n, failing_since=NOW if n else None))

    failures(3)
    watch(world, NOW)
    assert told(world) == []
    failures(4)
    watch(world, NOW + MINUTE)
    failures(1)
    watch(world, NOW + 2 * MINUTE)
    assert told(world) == [("receiver_down", "over", editor)]
    failures(0)
    watch(world, NOW + 3 * MINUTE)
    assert told(world) == [("receiver_down", "over", editor), ("receiver_down", "back", editor)]


def _escalate(world: World, by: int, public_id: uuid.UUID, to: int | None, at: datetime = NOW) -> None:
    reviewing.escalate(world.work, moderator_id=by, public_id=public_id, to_id=to, note="দেখুন", now=at)


def test_who_a_comment_is_handed_to_is_told_without_choosing_anything(world: World, site: int) -> None:
    nasrin, karim = world.make_moderator("Nasrin"), world.make_moderator("Karim")
    (public_id,) = _hold(world, site, "c1")
    _escalate(world, nasrin, public_id, karim)
    assert told(world) == [("escalation", "event", karim)]
    _escalate(world, nasrin, public_id, nasrin)
    assert len(told(world)) == 1, "nobody is told what they did themselves"
    with world.runtime.reading() as connection:
        params = connection.scalar(select(Notice.params))
    assert params == {"who": "Nasrin", "for": "me"}, "neither the note nor the comment"


def test_what_is_handed_to_seniors_is_told_to_them_and_to_the_desk(world: World, site: int) -> None:
    nasrin, editor = world.make_moderator("Nasrin"), world.make_moderator("Editor", Role.EDITOR)
    limit(world, site, webhook=b"sealed")
    (public_id,) = _hold(world, site, "c1")
    _escalate(world, nasrin, public_id, None)
    assert told(world) == [("escalation", "event", editor), ("escalation", "event", None)]


def test_several_that_are_handed_on_while_one_waits_make_one_notice(world: World, site: int) -> None:
    nasrin, karim = world.make_moderator("Nasrin"), world.make_moderator("Karim")
    for public_id in _hold(world, site, "c1", "c2", "c3"):
        _escalate(world, nasrin, public_id, karim)
    with world.runtime.reading() as connection:
        assert connection.execute(select(Notice.n, Notice.moderator_id)).all() == [(3, karim)]


def test_after_one_was_sent_the_next_waits_for_the_quiet_time(world: World, site: int) -> None:
    nasrin, karim = world.make_moderator("Nasrin"), world.make_moderator("Karim")
    first, second = _hold(world, site, "c1", "c2")
    _escalate(world, nasrin, first, karim)
    with world.work() as unit:
        unit.connection.execute(update(Notice).values(state="sent", done_at=NOW))
    _escalate(world, nasrin, second, karim, NOW + MINUTE)
    with world.runtime.reading() as connection:
        assert connection.scalars(select(Notice.due_at).order_by(Notice.id)).all() == [NOW, NOW + 60 * MINUTE]


def test_what_is_chosen_is_what_comes(world: World, site: int) -> None:
    nasrin, karim, mitu = (world.make_moderator(name) for name in ("Nasrin", "Karim", "Mitu"))
    choose(world, nasrin, Choice(frozenset()))
    choose(world, karim, Choice(frozenset({(NoticeKind.STORY_BREAKER, Way.WEBHOOK)}), webhook=b"sealed"))
    choose(world, mitu, Choice(frozenset({(NoticeKind.STORY_BREAKER, Way.WEBHOOK)})))
    with world.work() as unit:
        noticing.tell_breaker(unit, site_id=site, story_id=7, title="বাজেট", tripped=True, now=NOW)
    assert told(world) == [("story_breaker", "over", karim)], "without an address nothing goes to a webhook"


def test_a_breaker_is_told_once_however_often_it_says_so_and_another_desk_hears_nothing(
    world: World, work: Work, site: int
) -> None:
    other = world.make_site("other")
    nasrin = world.make_moderator("Nasrin", site_id=site)
    stranger = world.make_moderator("Stranger", site_id=other)
    choose(world, nasrin)
    choose(world, stranger)
    for tripped in (True, True, False, False):
        with work() as unit:
            noticing.tell_breaker(unit, site_id=site, story_id=7, title="বাজেট", tripped=tripped, now=NOW)
    assert told(world) == [("story_breaker", Turn.OVER, nasrin), ("story_breaker", Turn.BACK, nasrin)]


def test_a_breaker_that_trips_while_its_end_is_looked_at_waits_and_is_told_after_it(world: World, site: int) -> None:
    nasrin = world.make_moderator("Nasrin", site_id=site)
    choose(world, nasrin)
    world.make_comment(site)
    with world.runtime.reading() as connection:
        story_id = connection.execute(select(Story.id)).scalar_one()

    def tell(unit: UnitOfWork, *, tripped: bool) -> None:
        noticing.tell_breaker(unit, site_id=site, story_id=story_id, title="বাজেট", tripped=tripped, now=NOW)

    def trip_without_waiting() -> None:
        with world.work() as unit:
            unit.connection.execute(text("SET LOCAL lock_timeout = '20ms'"))
            tell(unit, tripped=True)

    with world.work() as unit:
        tell(unit, tripped=True)
    with world.work() as watching:
        assert [one.story_id for one in notice_levels.tripped_stories(watching.connection)] == [story_id]
        with pytest.raises(OperationalError, match="lock timeout"):
            trip_without_waiting()
        tell(watching, tripped=False)
    with world.work() as unit:
        tell(unit, tripped=True)
    assert [turn for _, turn, _ in told(world)] == [Turn.OVER, Turn.BACK, Turn.OVER]


def test_a_story_whose_breaker_trips_is_told_to_who_chose_so(world: World, site: int) -> None:
    setting_rules.set_policy(
        world.work,
        site_slug="khobor",
        document={"breaker": {"share": 0.5, "least": 6, "minutes": 30, "hold_minutes": 20}},
    )
    nasrin = world.make_moderator("Nasrin", site_id=site)
    choose(world, nasrin)
    for n in range(6):
        world.make_comment(site, f"c{n}", f"তোকে মারবো {n}#", author=AuthorFacts(f"a{n % 3}", "রহিম"))
    world.score(world.words(তোকে=(0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)), now=NOW)
    assert told(world) == [("story_breaker", Turn.OVER, nasrin)]


def test_what_was_not_sent_yet_gives_way_to_the_newer_word(world: World, site: int) -> None:
    choose(world, world.make_moderator())
    for tripped in (True, False):
        with world.work() as unit:
            noticing.tell_breaker(unit, site_id=site, story_id=7, title="বাজেট", tripped=tripped, now=NOW)
    with world.runtime.reading() as connection:
        assert connection.scalars(select(Notice.state).order_by(Notice.id)).all() == ["cancelled", "pending"]


def test_old_notices_go_and_what_waits_stays(world: World, site: int) -> None:
    old = {"site_id": site, "way": "email", "kind": "backlog", "turn": "over", "params": {}, "due_at": NOW}
    with world.work() as unit:
        unit.connection.execute(
            insert(Notice),
            [{**old, "state": state, "created_at": NOW - timedelta(days=91)} for state in ("sent", "pending")],
        )
    watch(world, NOW)
    with world.runtime.reading() as connection:
        assert connection.scalars(select(Notice.state)).all() == ["pending"]
