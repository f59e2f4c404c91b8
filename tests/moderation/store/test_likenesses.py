"""Alike wordings among many are looked up by their keys, whatever else is stored."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, event, text

from classifiers import normalise, sketch
from moderation.store import alike_groups, likenesses, queue_rows
from moderation.store.likenesses import Keyed
from moderation.store.queue_parts import View
from tests.factories import NOW, World

WAVE = "তোকে আর তোর পুরো পরিবারকে আমরা রাস্তায় দেখে নেব, সাবধান হয়ে যা"
BANDS = sketch(normalise(WAVE)).bands()


def _fill(connection: Connection) -> None:
    """Twenty thousand comments beside the one that is there; one in ten is held, half of these in its group."""
    for statement in (
        """INSERT INTO comments (public_id, site_id, ext_id, story_id, author_id, state, created_at, alike_to)
           SELECT gen_random_uuid(), c.site_id, 'many' || i, c.story_id, c.author_id,
                  CASE WHEN i % 10 = 0 THEN 'held' ELSE 'published' END, now(), CASE WHEN i % 20 = 0 THEN r.id END
           FROM comments c JOIN revisions r ON r.comment_id = c.id, generate_series(1, 20000) i""",
        """INSERT INTO revisions (comment_id, n, text, normalised, script, written_at)
           SELECT id, 1, 'x', 'ভালো লেখা ' || id, 'bn', now() FROM comments WHERE ext_id LIKE 'many%'""",
        """INSERT INTO likeness_bands SELECT c.site_id, (random() * 1e15)::bigint, r.id
           FROM comments c JOIN revisions r ON r.comment_id = c.id, generate_series(1, 5)
           WHERE c.state = 'held' AND c.alike_to IS NULL""",
        "ANALYZE",
    ):
        connection.execute(text(statement))


def _plans(connection: Connection, act: Callable[[], object]) -> str:
    sent: list[tuple[str, dict[str, object]]] = []
    listener = lambda _connection, _cursor, statement, values, *_: sent.append((statement, values))  # noqa: E731
    event.listen(connection, "before_cursor_execute", listener)
    act()
    event.remove(connection, "before_cursor_execute", listener)
    explained = [connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars() for statement, values in sent]
    return "\n".join(line for plan in explained for line in plan)


@pytest.fixture
def site_id(world: World) -> int:
    site_id = world.make_site()
    world.make_held(site_id, "c1", WAVE)
    with world.work() as unit:
        _fill(unit.connection)
    return site_id


def test_no_look_up_reads_a_large_table_as_a_whole(world: World, site_id: int) -> None:
    with world.runtime.reading() as connection:
        (first,) = likenesses.propose(connection, [Keyed(0, site_id, BANDS)])
        acts: list[Callable[[], object]] = [
            lambda: likenesses.propose(connection, [Keyed(0, site_id, BANDS)]),
            lambda: likenesses.precedents(connection, site_id, 0, BANDS),
            lambda: queue_rows.page(connection, View(0, [site_id]), limit=26, now=NOW),
            lambda: alike_groups.arrivals(connection, [(first.first_id, site_id)]),
            lambda: alike_groups.members(connection, site_id, first.first_id, moderator_id=0, now=NOW, most=101),
        ]
        plans = "\n".join(_plans(connection, act) for act in acts)
    for table in ("comments", "revisions", "likeness_bands"):
        assert f"Seq Scan on {table}" not in plans
    assert {"pk_likeness_bands", "ix_comments_held_alike", "ix_comments_settled_alike"} <= set(plans.split())


def test_a_key_that_many_share_proposes_the_oldest_few(world: World, site_id: int) -> None:
    with world.work() as unit:
        likenesses.lead(unit.connection, [Keyed(at, site_id, BANDS) for at in range(2, 60)])
        found = likenesses.propose(unit.connection, [Keyed(0, site_id, BANDS), Keyed(1, site_id, BANDS[:1])])
    assert [one.first_id for one in found if one.revision_id == 0] == [1, 2, 3, 4, 5]
    assert [one.first_id for one in found if one.revision_id == 1] == [1, 2, 3, 4, 5]
