"""The review queue as a list: its orders, its filters, whom it is for, and what is new in it."""

import uuid
from datetime import timedelta

import pytest

from moderation.domain.audit import Lot
from moderation.domain.event import StoryFacts
from moderation.domain.vocabulary import Label, Script
from moderation.steps import reviewing, scoring
from moderation.steps.scoring import Aside
from moderation.store import queue_rows
from moderation.store.queue_parts import Cursor, HandedOn, Sort, View
from tests.factories import NOW, World

SCORES = {"তোকে": (0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0), "casino": (0.7, 0.0, 0.0, 0.0, 0.0, 0.0, 0.8)}


@pytest.fixture
def site_id(world: World) -> int:
    return world.make_site()


def _fill(world: World, site_id: int, n: int) -> list[uuid.UUID]:
    """Comments of two labels and two stories, in order of arrival."""
    made = [
        world.make_comment(
            site_id,
            f"{site_id}-{i}",
            "তোকে মারবো" if i % 2 else "casino bonus",
            story=StoryFacts(f"s{i % 3}", "https://khobor.example/s", "শিরোনাম", "জাতীয়"),
        )
        for i in range(n)
    ]
    world.score(world.words(**SCORES))
    return made


def _walk(world: World, view: View, size: int = 3) -> list[uuid.UUID]:
    """All pages of a view, one after the other."""
    rows: list[queue_rows.QueueRow] = []
    with world.runtime.reading() as connection:
        while True:
            after = Cursor(rows[-1].priority, rows[-1].id) if rows else None
            page = queue_rows.page(connection, view, after=after, limit=size, now=NOW)
            if not page:
                return [row.public_id for row in rows]
            rows += page


def test_the_newest_and_the_oldest_stand_by_arrival_over_all_sites(world: World, site_id: int) -> None:
    other = world.make_site("other")
    made = [*_fill(world, site_id, 5), *_fill(world, other, 5)]
    assert _walk(world, View(0, [site_id, other], Sort.OLDEST)) == made
    assert _walk(world, View(0, [site_id, other], Sort.NEWEST)) == made[::-1]
    assert _walk(world, View(0, [site_id], Sort.OLDEST)) == made[:5]
    assert _walk(world, View(0, [], Sort.OLDEST)) == []


def test_pages_by_priority_lose_and_repeat_nothing_over_several_sites(world: World, site_id: int) -> None:
    other = world.make_site("other")
    made = [*_fill(world, site_id, 5), *_fill(world, other, 5)]
    walked = _walk(world, View(0, [site_id, other]))
    assert len(walked) == 10
    assert set(walked) == set(made)


@pytest.mark.parametrize("sort", Sort)
def test_label_story_and_script_narrow_the_list_in_every_order(world: World, site_id: int, sort: Sort) -> None:
    made = _fill(world, site_id, 6)
    with world.runtime.reading() as connection:
        story = queue_rows.page(connection, View(0, [site_id], Sort.OLDEST), limit=1, now=NOW)[0].story_id
    assert set(_walk(world, View(0, [site_id], sort, label=Label.THREAT), 2)) == set(made[1::2])
    assert set(_walk(world, View(0, [site_id], sort, story_id=story), 2)) == {made[0], made[3]}
    every_script = [set(_walk(world, View(0, [site_id], sort, script=one), 2)) for one in Script]
    assert set().union(*every_script) == set(made)
    assert sum(map(len, every_script)) == 6


def test_what_somebody_skipped_is_hidden_from_them_alone(world: World, site_id: int) -> None:
    nasrin, karim = world.make_moderator("Nasrin"), world.make_moderator("Karim")
    made = _fill(world, site_id, 2)
    reviewing.skip(world.work, moderator_id=nasrin, public_id=made[0], now=NOW)
    assert _walk(world, View(nasrin, [site_id])) == [made[1]]
    assert set(_walk(world, View(karim, [site_id]))) == set(made)


def test_what_was_handed_on_is_found_by_whom_it_is_for(world: World, site_id: int) -> None:
    nasrin, karim = world.make_moderator("Nasrin"), world.make_moderator("Karim")
    made = _fill(world, site_id, 3)
    reviewing.escalate(world.work, moderator_id=nasrin, public_id=made[0], to_id=karim, note="দেখুন", now=NOW)
    reviewing.escalate(world.work, moderator_id=nasrin, public_id=made[1], to_id=None, note="বড়দের", now=NOW)
    assert _walk(world, View(karim, [site_id], handed_on=HandedOn.ME)) == [made[0]]
    assert _walk(world, View(nasrin, [site_id], handed_on=HandedOn.ME)) == []
    assert _walk(world, View(nasrin, [site_id], handed_on=HandedOn.SENIORS)) == [made[1]]
    with world.runtime.reading() as connection:
        row = queue_rows.one(connection, View(karim, [site_id]), made[0], NOW)
    assert row is not None
    assert (row.handed_by, row.note) == ("Nasrin", "দেখুন")


def test_news_are_what_came_since_and_what_others_have_open(world: World, site_id: int) -> None:
    nasrin, karim = world.make_moderator("Nasrin"), world.make_moderator("Karim")
    (old,) = _fill(world, site_id, 1)
    with world.runtime.reading() as connection:
        since = queue_rows.clock(connection)
    fresh = world.make_held(site_id, "fresh")
    reviewing.claim(world.work, moderator_id=karim, public_id=old, now=NOW)
    reviewing.claim(world.work, moderator_id=nasrin, public_id=fresh, now=NOW)
    view = View(nasrin, [site_id])
    with world.runtime.reading() as connection:
        news = queue_rows.news(connection, view, since=since, now=NOW)
        later = queue_rows.news(connection, view, since=since, now=NOW + timedelta(hours=1))
    assert list(news.fresh) == [fresh]
    assert news.open_at == {old: "Karim"}
    assert later.open_at == {}


def test_a_draw_of_the_audit_sample_is_news_and_a_row_like_any_but_in_no_list_by_label(
    world: World, site_id: int
) -> None:
    with world.runtime.reading() as connection:
        since = queue_rows.clock(connection)
    drawn = world.make_comment(site_id, "drawn", "শুভ সকাল")
    scoring.score_comments(
        world.work, world.words(**SCORES).current, now=lambda: NOW, aside=Aside(lots=lambda _: Lot(0.0, 0.0, 0.5))
    )
    with world.runtime.reading() as connection:
        assert list(queue_rows.news(connection, View(0, [site_id]), since=since, now=NOW).fresh) == [drawn]
    for sort in Sort:
        assert _walk(world, View(0, [site_id], sort)) == [drawn]
    assert all(_walk(world, View(0, [site_id], label=label)) == [] for label in Label)
