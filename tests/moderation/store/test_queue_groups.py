"""Comments that are alike stand in the review queue as one row, in every view and order, and none is lost by it."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import text

from moderation.domain.event import AuthorFacts, Deleted, StoryFacts
from moderation.domain.vocabulary import Label, Role, Verdict
from moderation.steps import deciding, reviewing, undoing
from moderation.steps.deciding import Judgement, Seen
from moderation.store import alike_groups, queue_rows
from moderation.store.queue_parts import Cursor, Sort, View
from moderation.store.queue_rows import QueueRow
from tests.factories import NOW, World

WAVE = "তোকে আর তোর পুরো পরিবারকে আমরা রাস্তায় দেখে নেব, সাবধান হয়ে যা"
SPAM = "casino bonus for everybody, open an account today and double your money at once"
ALONE = "তোকে বলছি, বাজারে চালের দাম নিয়ে একটা কথাও তো কেউ সংসদে তুলল না এবার"
SCORES = {"তোকে": (0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0), "casino": (0.7, 0.0, 0.0, 0.0, 0.0, 0.0, 0.8)}


@pytest.fixture
def site_id(world: World) -> int:
    return world.make_site()


@pytest.fixture
def made(world: World, site_id: int) -> list[uuid.UUID]:
    """Four of one wave on two stories, one alone, two of a spam wave, in order of arrival."""
    bodies = [WAVE, ALONE, f"ভাই {WAVE}", SPAM, f"{WAVE}!", f"{SPAM} friends", f"{WAVE} 😡"]
    ids = [
        world.make_comment(
            site_id,
            f"c{at}",
            body,
            author=AuthorFacts(f"a{at}", f"Reader {at}"),
            story=StoryFacts(f"s{at % 2}", "https://khobor.example/s", "শিরোনাম", "জাতীয়"),
        )
        for at, body in enumerate(bodies)
    ]
    world.score(world.words(**SCORES))
    return ids


def _walk(world: World, view: View, size: int = 2) -> list[QueueRow]:
    rows: list[QueueRow] = []
    with world.runtime.reading() as connection:
        while True:
            after = Cursor(rows[-1].priority, rows[-1].id) if rows else None
            page = queue_rows.page(connection, view, after=after, limit=size, now=NOW)
            if not page:
                return rows
            rows += page


def _sizes(world: World, view: View) -> dict[uuid.UUID, int]:
    return {row.public_id: row.alike for row in _walk(world, view)}


@pytest.mark.parametrize(
    ("sort", "shown"),
    [(Sort.PRIORITY, (0, 1, 3)), (Sort.OLDEST, (0, 1, 3)), (Sort.NEWEST, (6, 1, 5)), (Sort.ALIKE, (2, 1, 5))],
)
def test_each_wave_is_one_row_in_every_order(
    world: World, site_id: int, made: list[uuid.UUID], sort: Sort, shown: tuple[int, int, int]
) -> None:
    rows = _walk(world, View(0, [site_id], sort))
    wave, alone, spam = (made[at] for at in shown)
    assert {row.public_id: row.alike for row in rows} == {wave: 4, alone: 1, spam: 2}
    assert len(rows) == 3


def test_the_most_urgent_of_a_wave_stands_for_it_where_the_order_is_by_priority(
    world: World, site_id: int, made: list[uuid.UUID]
) -> None:
    with world.work() as unit:
        unit.connection.execute(text("UPDATE comments SET priority = priority + 1 WHERE ext_id = 'c4'"))
    assert _sizes(world, View(0, [site_id])) == {made[4]: 4, made[1]: 1, made[3]: 2}


def test_the_largest_waves_stand_first_where_the_order_is_by_likeness(
    world: World, site_id: int, made: list[uuid.UUID]
) -> None:
    rows = _walk(world, View(0, [site_id], Sort.ALIKE), 1)
    assert [(row.public_id, row.alike) for row in rows] == [(made[2], 4), (made[5], 2), (made[1], 1)]


def test_in_a_narrower_view_a_wave_is_what_the_view_has_of_it(
    world: World, site_id: int, made: list[uuid.UUID]
) -> None:
    with world.runtime.reading() as connection:
        odd = next(
            row.story_id for row in queue_rows.page(connection, View(0, [site_id], Sort.OLDEST), limit=9, now=NOW)[1:]
        )
    assert _sizes(world, View(0, [site_id], story_id=odd)) == {made[1]: 1, made[3]: 2}
    assert _sizes(world, View(0, [site_id], label=Label.THREAT)) == {made[0]: 4, made[1]: 1}


def test_while_its_first_is_skipped_decided_or_deleted_the_next_one_stands_for_the_wave(
    world: World, site_id: int, made: list[uuid.UUID]
) -> None:
    nasrin = world.make_moderator("Nasrin", site_id=site_id)
    reviewing.skip(world.work, moderator_id=nasrin, public_id=made[0], now=NOW)
    assert _sizes(world, View(nasrin, [site_id])) == {made[1]: 1, made[2]: 3, made[3]: 2}
    assert _sizes(world, View(0, [site_id])) == {made[0]: 4, made[1]: 1, made[3]: 2}
    judgement = Judgement(nasrin, Role.MODERATOR, Verdict.REJECT, [Label.THREAT])
    decided = deciding.decide(world.work, judgement, Seen(made[0], 1, 1), undo_seconds=20, now=NOW)
    assert _sizes(world, View(0, [site_id]))[made[2]] == 3
    undoing.undo(world.work, moderator_id=nasrin, decision_id=decided.decision_id, now=NOW)
    assert _sizes(world, View(0, [site_id]))[made[0]] == 4
    world.receive(site_id, Deleted("c2", NOW), Deleted("c4", NOW), Deleted("c0", NOW))
    assert _sizes(world, View(0, [site_id])) == {made[6]: 1, made[1]: 1, made[3]: 2}


def test_a_row_by_itself_knows_its_wave_too(world: World, site_id: int, made: list[uuid.UUID]) -> None:
    with world.runtime.reading() as connection:
        rows = [queue_rows.one(connection, View(0, [site_id]), one, NOW) for one in made]
    assert [row.alike for row in rows if row] == [4, 1, 4, 2, 4, 2, 4]
    assert len({row.group_id for row in rows if row}) == 3


def test_members_are_what_waits_in_order_and_page_by_page(world: World, site_id: int, made: list[uuid.UUID]) -> None:
    with world.runtime.reading() as connection:
        group_id = _walk(world, View(0, [site_id], Sort.ALIKE))[0].group_id
        found = alike_groups.members(connection, site_id, group_id, moderator_id=0, now=NOW, most=3)
        rest = alike_groups.members(connection, site_id, group_id, moderator_id=0, now=NOW, after=found[-1].id, most=3)
        assert [one.public_id for one in (*found, *rest)] == [made[0], made[2], made[4], made[6]]
        assert [one.author for one in found] == ["Reader 0", "Reader 2", "Reader 4"]
        assert alike_groups.size(connection, site_id, group_id) == 4
        came = alike_groups.arrivals(connection, [(group_id, site_id)])
        assert [one.author for one in came[group_id]] == ["Reader 0", "Reader 2", "Reader 4", "Reader 6"]
        assert alike_groups.members(connection, site_id + 1, group_id, moderator_id=0, now=NOW, most=3) == []


def test_members_tell_which_of_them_a_colleague_has_open(world: World, site_id: int, made: list[uuid.UUID]) -> None:
    karim = world.make_moderator("Karim", site_id=site_id)
    reviewing.claim(world.work, moderator_id=karim, public_id=made[2], now=NOW)
    with world.runtime.reading() as connection:
        group_id = _walk(world, View(0, [site_id], Sort.ALIKE))[0].group_id
        for moderator_id, names in ((0, [None, "Karim", None, None]), (karim, [None] * 4)):
            found = alike_groups.members(
                connection, site_id, group_id, moderator_id=moderator_id, now=NOW + timedelta(minutes=1), most=9
            )
            assert [one.claimed_by for one in found] == names
