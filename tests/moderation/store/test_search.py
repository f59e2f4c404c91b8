"""Search: words of either script, at least as beginnings; filters; and the index that a large table needs."""

from typing import Any

import hypothesis
import pytest
from hypothesis import strategies
from sqlalchemy import Connection, Select, insert, text

from classifiers import normalise
from moderation.domain.event import StoryFacts
from moderation.domain.vocabulary import Script, State
from moderation.store import search
from moderation.store.schema import AuditDraw, Comment, Revision
from moderation.store.search import Wanted, words_of
from tests.factories import World, make_created


def _ids(world: World, wanted: Wanted, **page: int | None) -> list[str]:
    with world.runtime.reading() as connection:
        return [one.ext_id for one in search.find(connection, wanted, before=None, limit=page.get("limit") or 25)]


def _sought(world: World, site_id: int, typed: str) -> list[str]:
    return _ids(world, Wanted([site_id], words_of(normalise(typed))))


@pytest.fixture
def site_id(world: World) -> int:
    site_id = world.make_site()
    for n, body in enumerate(
        (
            "কুত্তার বাচ্চা, তোকে মারবো!",
            "বাল্যকালের কথা মনে পড়ে।",
            "Khankir pola, dekhe nebo",
            "শা\u200cলা চোর",
            "It costs 500 taka — don't buy",
            "দেখুন https://spam.example/x",
        ),
        start=1,
    ):
        world.make_comment(site_id, f"c{n}", body)
    world.score()
    return site_id


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("কুত্তা", ["c1"]),
        ("বাচ্চা", ["c1"]),
        ("বাল্যকালের কথা", ["c2"]),
        ("পড়ে", ["c2"]),
        ("KHANKIR", ["c3"]),
        ("nebo pola", ["c3"]),
        ("শালা", ["c4"]),
        ("৫০০", ["c5"]),
        ("don't", ["c5"]),
        ("যাবো", []),
        ("pola চোর", []),
    ],
)
def test_all_words_must_occur_and_each_may_be_the_beginning_of_one(
    world: World, site_id: int, typed: str, found: list[str]
) -> None:
    assert _sought(world, site_id, typed) == found


def test_a_comment_that_was_not_scored_yet_is_found_without_words_only(world: World, site_id: int) -> None:
    world.make_comment(site_id, "c9", "এখনো অপেক্ষায়")
    assert _sought(world, site_id, "অপেক্ষায়") == []
    assert _ids(world, Wanted([site_id], state=State.WAITING)) == ["c9"]


def test_an_edit_is_found_by_its_new_words_and_no_longer_by_the_old(world: World, site_id: int) -> None:
    with world.work() as unit:
        unit.connection.execute(
            text("""INSERT INTO revisions (comment_id, n, text, normalised, written_at)
                    SELECT id, 2, 'নতুন লেখা', 'নতুন লেখা', now() FROM comments WHERE ext_id = 'c1'""")
        )
        unit.connection.execute(text("UPDATE comments SET current_revision = 2 WHERE ext_id = 'c1'"))
    assert _sought(world, site_id, "কুত্তা") == []
    assert _sought(world, site_id, "নতুন") == ["c1"]


def test_filters_narrow_down_together(world: World, site_id: int) -> None:
    other = world.make_site("other")
    world.make_held(other, "o1", author=make_created().author)
    assert _ids(world, Wanted([site_id, other], state=State.HELD)) == ["o1"]
    assert _ids(world, Wanted([site_id], state=State.HELD)) == []
    assert set(_ids(world, Wanted([site_id], author="রহি"))) == {f"c{n}" for n in range(1, 7)}
    assert _ids(world, Wanted([site_id], author="করিম")) == []
    with world.runtime.reading() as connection:
        newest = search.find(connection, Wanted([site_id]), before=None, limit=1)[0]
    assert newest.ext_id == "c6"
    assert len(_ids(world, Wanted([site_id], story_id=newest.story_id, author_id=newest.author_id))) == 6
    assert _ids(world, Wanted([site_id], since=newest.received_at)) == ["c6"]
    assert "c6" not in _ids(world, Wanted([site_id], until=newest.received_at))


def test_the_script_is_the_one_that_scoring_found(world: World, site_id: int) -> None:
    with world.runtime.reading() as connection:
        for one in search.find(connection, Wanted([site_id], script=Script.BANGLA), before=None, limit=25):
            assert one.script == "bn"


def test_pages_follow_each_other_without_a_gap(world: World, site_id: int) -> None:
    with world.runtime.reading() as connection:
        first = search.find(connection, Wanted([site_id]), before=None, limit=4)
        second = search.find(connection, Wanted([site_id]), before=first[-1].id, limit=4)
    assert [one.ext_id for one in first + second] == ["c6", "c5", "c4", "c3", "c2", "c1"]


def test_a_comment_drawn_for_the_audit_sample_looks_held_and_undecided(world: World, site_id: int) -> None:
    with world.work() as unit:
        row = unit.connection.execute(
            text("SELECT c.id, r.id FROM comments c JOIN revisions r ON r.comment_id = c.id WHERE c.ext_id = 'c5'")
        ).one()
        draw = {"draw": "audit", "script": "en", "action": "publish", "propensity": 0.5, "priority": 0.1}
        unit.connection.execute(
            insert(AuditDraw).values(site_id=site_id, comment_id=row[0], revision_id=row[1], **draw)
        )
    assert "c5" not in _ids(world, Wanted([site_id], state=State.PUBLISHED))
    with world.runtime.reading() as connection:
        (shown,) = search.find(connection, Wanted([site_id], state=State.HELD), before=None, limit=9)
    assert (shown.ext_id, shown.verdict, shown.actor, shown.decided_at) == ("c5", None, None, None)


@hypothesis.settings(
    max_examples=80, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture], deadline=None
)
@hypothesis.given(
    typed=strategies.text(max_size=60) | strategies.sampled_from(["' & !x", "\\'", "a:*|b", "%:s", "<->"])
)
def test_whatever_is_typed_is_words_and_never_syntax(world: World, typed: str) -> None:
    with world.runtime.reading() as connection:
        search.find(connection, Wanted([1], words_of(normalise(typed))), before=None, limit=1)


def _fill(connection: Connection) -> None:
    """Twenty thousand comments, one in a thousand with a rare word, beside the one that is there."""
    connection.execute(
        text("""
        INSERT INTO comments (public_id, site_id, ext_id, story_id, author_id, state, created_at)
        SELECT gen_random_uuid(), c.site_id, 'many' || n, c.story_id, c.author_id, 'published', now()
        FROM comments c, generate_series(1, 20000) n WHERE c.ext_id = 'c1'""")
    )
    connection.execute(
        text("""
        INSERT INTO revisions (comment_id, n, text, normalised, script, written_at)
        SELECT id, 1, 'x', 'ভালো লেখা ' || id || CASE WHEN id % 1000 = 0 THEN ' বিরলশব্দ' ELSE '' END, 'bn', now()
        FROM comments WHERE ext_id LIKE 'many%'""")
    )
    connection.execute(text("ANALYZE"))


def _plan(connection: Connection, wanted: Wanted, after: int | None = None) -> str:
    return _explained(connection, search.statement(wanted, before=None, limit=26, after=after))


def _explained(connection: Connection, query: Select[Any]) -> str:
    compiled = query.compile(connection, compile_kwargs={"render_postcompile": True})
    return "\n".join(connection.exec_driver_sql(f"EXPLAIN {compiled}", compiled.params).scalars())


def test_among_many_comments_words_are_looked_up_in_their_index(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    with world.work() as unit:
        _fill(unit.connection)
    wanted = [Wanted([site_id], words_of(typed)) for typed in ("বিরলশ", "লেখা")]
    with world.runtime.reading() as connection:
        newest = [_plan(connection, one, after=20_001 - search.RECENT) for one in wanted]
        search.plan_for_few(connection)
        all_there_are = [_plan(connection, one) for one in wanted]
        all_there_are += [_explained(connection, search.newest_hits(one, before=None)) for one in wanted]
    assert all("ix_revisions_words" in plan for plan in all_there_are)
    for plan in newest + all_there_are:
        assert f"Seq Scan on {Revision.__tablename__}" not in plan
        assert f"Seq Scan on {Comment.__tablename__}" not in plan


def test_a_rare_word_is_found_far_back_and_a_common_one_page_by_page(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    with world.work() as unit:
        _fill(unit.connection)
    assert len(_sought(world, site_id, "বিরলশব্দ")) == 20
    wanted = Wanted([site_id], words_of("লেখা"))
    with world.runtime.reading() as connection:
        first = search.find(connection, wanted, before=None, limit=26)
        second = search.find(connection, wanted, before=first[-1].id, limit=26)
    ids = [one.id for one in first + second]
    assert ids == list(range(ids[0], ids[0] - 52, -1))


def test_other_conditions_that_leave_few_of_the_newest_hits_lose_none_of_the_older(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "RECENT", 2)
    monkeypatch.setattr(search, "MOST_HITS", 3)
    site_id = world.make_site()
    for n in range(12):
        story = StoryFacts(f"s{n % 4}", f"https://khobor.example/s{n % 4}", "খবর", "জাতীয়")
        world.make_comment(site_id, f"c{n}", f"লেখা ভালো {n}", story=story)
    world.score()
    with world.runtime.reading() as connection:
        story_id = connection.scalar(text("SELECT id FROM stories WHERE ext_id = 's1'"))
    words = words_of("লেখা")
    assert _ids(world, Wanted([site_id], words, story_id=story_id)) == ["c9", "c5", "c1"]
    assert _ids(world, Wanted([site_id], words)) == [f"c{n}" for n in reversed(range(12))]
    assert _ids(world, Wanted([site_id], words), limit=3) == ["c11", "c10", "c9"]
    with world.runtime.reading() as connection:
        before = connection.scalar(text("SELECT id FROM comments WHERE ext_id = 'c6'"))
        older = search.find(connection, Wanted([site_id], words), before=before, limit=3)
    assert [one.ext_id for one in older] == ["c5", "c4", "c3"]
