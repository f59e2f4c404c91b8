"""Counters lose nothing, whatever is added and however often it is folded."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import func, select

from moderation.store import figures
from moderation.store.schema import Counter
from tests.factories import NOW, World
from tests.moderation import outbox


def test_amounts_add_up_by_name_and_site(world: World) -> None:
    with world.work() as unit:
        figures.add(unit.connection, {("received", 1): 2, ("received", None): 5})
        figures.add(unit.connection, {("received", 1): 3, ("scored", 1): 0})
        assert figures.totals(unit.connection) == {("received", 1): 5, ("received", None): 5}


def test_folding_leaves_one_row_a_counter_and_the_same_totals(world: World) -> None:
    with world.work() as unit:
        for n in range(30):
            figures.add(unit.connection, {("received", 1): n, ("received", None): 1, (f"rare{n}", 1): 1})
        before = figures.totals(unit.connection)
        figures.fold(unit.connection)
        assert figures.totals(unit.connection) == before
        rows = unit.connection.scalar(select(func.count()).select_from(Counter).where(Counter.name == "received"))
        assert rows == 2


@given(some.lists(some.floats(min_value=-1, max_value=1e6), min_size=1))
def test_every_latency_is_counted_in_one_bucket(seconds: list[float]) -> None:
    buckets, total = figures.histogram("x", figures.latency_buckets("x", seconds))
    counts = [count for _, count in buckets]
    assert sorted(counts) == counts
    bound, count = buckets[-1]
    assert (bound, int(count)) == ("+Inf", len(seconds))
    for bound, count in buckets[:-1]:
        assert count == sum(one <= float(bound) for one in seconds)
    assert abs(total - sum(max(0.0, one) for one in seconds)) < 0.001


def test_no_latencies_make_no_rows() -> None:
    assert figures.latency_buckets("x", []) == {}


def test_the_backlog_tells_what_waits_and_since_when(world: World) -> None:
    site_id, _ = outbox.make_hearing_site(world, "https://khobor.example/")
    with world.runtime.reading() as connection:
        assert figures.backlog(connection, NOW).waiting_since is None
    outbox.make_versions(world, site_id, count=2, due_at=NOW - timedelta(seconds=30))
    world.make_comment(site_id, "c9")

    with world.runtime.reading() as connection:
        backlog = figures.backlog(connection, NOW)

    assert (backlog.waiting, backlog.held, backlog.callbacks_due, backlog.callbacks_parked) == (2, 0, 2, 0)
    assert backlog.callbacks_due_since == NOW - timedelta(seconds=30)
