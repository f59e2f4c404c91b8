"""Comments taken out as a file: in pages, up to a bound, on record before the first of them leaves."""

from sqlalchemy import select

from moderation.steps import exporting
from moderation.store.schema import AuditEntry
from moderation.store.search import Wanted
from tests.factories import World


def _acts(world: World) -> list[tuple[str, str]]:
    with world.runtime.reading() as connection:
        rows = connection.execute(select(AuditEntry.actor, AuditEntry.act))
        return [(row.actor, row.act) for row in rows]


def test_it_is_on_record_before_the_first_comment_leaves(world: World) -> None:
    site_id = world.make_site()
    exporting.export(world.work, Wanted([site_id]), by="moderator 7")
    assert _acts(world) == [("moderator 7", "comments.exported")]


def test_pages_bring_each_comment_once_and_one_beyond_the_bound(world: World) -> None:
    site_id = world.make_site()
    for n in range(7):
        world.make_comment(site_id, f"c{n}")
    everything = [one.ext_id for page in exporting.export(world.work, Wanted([site_id]), by="x") for one in page]
    assert everything == [f"c{n}" for n in reversed(range(7))]
    bounded = [one.ext_id for page in exporting.export(world.work, Wanted([site_id]), by="x", most=3) for one in page]
    assert bounded == ["c6", "c5", "c4", "c3"]


def test_nothing_found_is_no_page(world: World) -> None:
    assert list(exporting.export(world.work, Wanted([world.make_site()]), by="x")) == []
