"""Comments that are alike find each other as they are scored; what stands alone, is short, or foreign does not."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from moderation.domain.event import Edited, Reported
from moderation.domain.vocabulary import BodyFormat, Role, State, Verdict
from moderation.steps import deciding, grouping
from moderation.steps.deciding import Judgement, Seen
from moderation.store.schema import LikenessBand
from tests.factories import NOW, World

WAVE = "তোকে আর তোর পুরো পরিবারকে আমরা রাস্তায় দেখে নেব, সাবধান হয়ে যা"
CHANGED = "ভাই তোকে আর তোর পুরো পরিবারকে আমরা রাস্তায় দেখে নেব!! সাবধান হয়ে যা 😡"
DISGUISED = "তোকে আর তোর পুরো\u200b পরিবারকে   আমরা রাস্তায় দেখে নেব... সাবধান হয়ে যাাাা"
OTHER = "তোকে বলছি, বাজারে চালের দাম নিয়ে একটা কথাও তো কেউ সংসদে তুলল না এবার"
BAD = (0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)


@pytest.fixture
def site_id(world: World) -> int:
    return world.make_site()


def _groups(world: World, site_id: int) -> dict[str, str]:
    """By comment: the one by whose wording its group is named."""
    query = text("""
        SELECT c.ext_id, coalesce(f.ext_id, c.ext_id) FROM comments c LEFT JOIN revisions r ON r.id = c.alike_to
        LEFT JOIN comments f ON f.id = r.comment_id WHERE c.site_id = :site_id""")
    with world.runtime.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query, {"site_id": site_id})}


def _hold(world: World, site_id: int, *bodies: str, first: int = 0) -> None:
    for at, body in enumerate(bodies, first):
        world.make_comment(site_id, f"c{at}", body)
    world.score(world.words(তোকে=BAD, kotha=BAD))


def test_small_changes_and_disguises_join_the_first_and_another_comment_does_not(world: World, site_id: int) -> None:
    _hold(world, site_id, WAVE, OTHER, CHANGED)
    _hold(world, site_id, DISGUISED, first=3)
    assert _groups(world, site_id) == {"c0": "c0", "c1": "c1", "c2": "c0", "c3": "c0"}


def test_the_first_wording_alone_has_keys(world: World, site_id: int) -> None:
    _hold(world, site_id, WAVE, *[f"{WAVE} {n}" for n in range(30)])
    with world.runtime.reading() as connection:
        firsts = connection.scalar(select(func.count(func.distinct(LikenessBand.revision_id))))
    assert firsts == 1
    assert set(_groups(world, site_id).values()) == {"c0"}


def test_short_texts_are_alike_only_letter_by_letter_and_the_shortest_never(world: World, site_id: int) -> None:
    _hold(
        world,
        site_id,
        "তোকে মারবো",
        "তোকে মারবো",
        "তোকে আজ মারবো দেখিস কিন্তু",
        "তোকে, আজ মারবো দেখিস কিন্তু!",
        "তোকে কাল মারবো দেখিস কিন্তু",
    )
    assert _groups(world, site_id) == {"c0": "c0", "c1": "c1", "c2": "c2", "c3": "c2", "c4": "c4"}


def test_romanized_and_english_comments_are_grouped_too(world: World, site_id: int) -> None:
    _hold(
        world,
        site_id,
        "ei kotha ta sobai ke janai dao bhai, amader taka ferot dite hobe ekhoni",
        "EI kotha TA Sobaike janai dao vai, amader taka ferot dite hobe ekhoni!!",
        "kotha: send this to everyone you know, our money must be paid back right now",
        "kotha, please send this to everyone you know: our money must be paid back now",
    )
    assert _groups(world, site_id) == {"c0": "c0", "c1": "c0", "c2": "c2", "c3": "c2"}


def test_an_edit_moves_a_comment_and_those_that_followed_it_stay_together(world: World, site_id: int) -> None:
    _hold(world, site_id, WAVE, CHANGED, OTHER)
    _edit(world, site_id, "c1", f"{OTHER}!")
    assert _groups(world, site_id) == {"c0": "c0", "c1": "c2", "c2": "c2"}
    _edit(world, site_id, "c2", "তোকে একেবারে অন্য কিছু একটা কথা বলে দিলাম আজকে বিকেলে")
    _hold(world, site_id, OTHER, first=3)
    with world.runtime.reading() as connection:
        followers = connection.execute(
            text("SELECT ext_id FROM comments WHERE alike_to IS NOT NULL ORDER BY ext_id")
        ).scalars()
        assert list(followers) == ["c1", "c3"]


def _edit(world: World, site_id: int, comment_id: str, body: str) -> None:
    edited_at = NOW + timedelta(minutes=world.status(site_id, comment_id).revision)
    world.receive(site_id, Edited(comment_id, body, BodyFormat.PLAIN, edited_at))
    world.score(world.words(তোকে=BAD))


def test_an_edit_that_is_published_leaves_its_group(world: World, site_id: int) -> None:
    _hold(world, site_id, WAVE, CHANGED)
    _edit(world, site_id, "c1", "আজ সারাদিন খুব সুন্দর রোদ উঠেছে আমাদের এলাকায়")
    assert world.status(site_id, "c1").state is State.PUBLISHED
    assert _groups(world, site_id) == {"c0": "c0", "c1": "c1"}


def test_sites_are_apart(world: World, site_id: int) -> None:
    other = world.make_site("other")
    _hold(world, site_id, WAVE)
    _hold(world, other, WAVE)
    assert _groups(world, other) == {"c0": "c0"}


def test_what_is_published_by_itself_is_not_grouped_until_a_person_decides_or_readers_report_it(
    world: World, site_id: int
) -> None:
    calm = "আজ সারাদিন খুব সুন্দর রোদ উঠেছে আমাদের এলাকায়, সবাই বেরিয়ে পড়েছে"
    decided = world.make_comment(site_id, "c0", calm)
    world.make_comment(site_id, "c1", f"{calm}!")
    world.make_comment(site_id, "c2", f"ভাই {calm}")
    world.score()
    with world.runtime.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(LikenessBand)) == 0
    judgement = Judgement(world.make_moderator(site_id=site_id), Role.MODERATOR, Verdict.APPROVE)
    deciding.decide(world.work, judgement, Seen(decided, 1, 1), undo_seconds=0, now=NOW)
    for reporter in range(5):
        world.receive(site_id, Reported("c2", f"r{reporter}", "abuse", NOW))
    assert world.status(site_id, "c2").state is State.HELD
    assert _groups(world, site_id) == {"c0": "c0", "c1": "c1", "c2": "c0"}


def test_batches_at_the_same_time_make_one_group(world: World, site_id: int) -> None:
    for at in range(600):
        world.make_comment(site_id, f"c{at}", f"{WAVE} {at}")
    live = world.words(তোকে=BAD)
    threads = [threading.Thread(target=world.score, args=[live]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(_groups(world, site_id).values())) == 1


def test_what_was_stored_before_there_were_groups_is_grouped_once(world: World, site_id: int) -> None:
    _hold(world, site_id, WAVE, OTHER, CHANGED, "তোকে মারবো")
    as_it_was = _groups(world, site_id)
    with world.work() as unit:
        unit.connection.execute(text("UPDATE comments SET alike_to = NULL"))
        unit.connection.execute(text("DELETE FROM likeness_bands"))
    assert list(grouping.group_earlier(world.work)) == [(4, 1)]
    assert _groups(world, site_id) == as_it_was
    assert list(grouping.group_earlier(world.work)) == [(3, 0)]
    assert _groups(world, site_id) == as_it_was
