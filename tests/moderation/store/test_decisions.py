"""The stream of decisions: whoever reads it by its cursor misses none, however late a transaction commits."""

import itertools
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from moderation.domain.errors import DecisionsUnderWayError
from moderation.domain.event import Edited, Moderated
from moderation.domain.vocabulary import Actor, BodyFormat, Label, RejectReason, Role, Verdict
from moderation.steps import deciding
from moderation.store import decisions
from moderation.store.decisions import NewDecision
from tests.factories import NOW, World
from tests.moderation.outbox import row_id_of

_WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


def _new(world: World, site_id: int, comment_id: str, version: int = 1) -> NewDecision:
    row_id = row_id_of(world, site_id, comment_id)
    return NewDecision(site_id, row_id, version, 1, Verdict.APPROVE, Actor.CLASSIFIER)


def _page(world: World, site_id: int, after: int = 0) -> list[int]:
    """What the door reads: first how far the stream is complete, then the page."""
    with world.runtime.reading() as connection:
        with connection.begin():
            complete = decisions.settled_up_to(connection, site_id)
        return [row.id for row in decisions.decided_after(connection, site_id, after, 500, up_to=complete)]


def _await_a_waiter(world: World, page: Future[list[int]]) -> None:
    with world.runtime.reading() as connection:
        while not connection.scalar(_WAITING) and not page.done():
            time.sleep(0.005)


@pytest.mark.parametrize("many", [False, True], ids=["one by one", "by the batch"])
def test_a_decision_that_commits_late_with_a_smaller_id_is_not_skipped(world: World, many: bool) -> None:
    site_id = world.make_site()
    for name in ("slow", "fast"):
        world.make_comment(site_id, name)
    slow, fast = _new(world, site_id, "slow"), _new(world, site_id, "fast")

    def record(connection: Connection, new: NewDecision) -> int:
        if many:
            return decisions.record_automatic(connection, [new])[0].id
        return decisions.record(connection, new).id

    with ThreadPoolExecutor(1) as pool:
        with world.work() as unit:
            first = record(unit.connection, slow)
            with world.work() as other:
                second = record(other.connection, fast)
            page = pool.submit(_page, world, site_id)
            _await_a_waiter(world, page)
            assert not page.done(), "the page waits for the one under way"
        assert first < second
        assert page.result() == [first, second]


def test_the_readers_of_one_site_do_not_wait_for_the_deciders_of_another(world: World) -> None:
    mine, theirs = world.make_site("mine"), world.make_site("theirs")
    for site_id in (mine, theirs):
        world.make_comment(site_id)
    with world.work() as unit:
        recorded = decisions.record(unit.connection, _new(world, theirs, "c1"))
        assert _page(world, mine) == []
    assert _page(world, theirs) == [recorded.id]


def test_a_reader_that_would_wait_too_long_is_told_to_come_again_and_holds_nobody_up(world: World) -> None:
    site_id = world.make_site()
    for name in ("c1", "c2"):
        world.make_comment(site_id, name)
    with world.work() as unit:
        decisions.record(unit.connection, _new(world, site_id, "c1"))
        with pytest.raises(DecisionsUnderWayError):
            _page(world, site_id)
        with world.work() as other:
            decisions.record(other.connection, _new(world, site_id, "c2"))
    assert len(_page(world, site_id)) == 2


ROUNDS = 12


class _Crowd:
    """Everybody who decides at two sites, and who reads there what was decided."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sites = [world.make_site("one"), world.make_site("two")]
        self.moderator_id = world.make_moderator()
        self.held = {site_id: [world.make_held(site_id, f"h{n}") for n in range(ROUNDS)] for site_id in self.sites}
        for site_id, n in itertools.product(self.sites, range(ROUNDS)):
            world.make_comment(site_id, f"b{n}")
        self.seen: dict[int, list[int]] = {site_id: [] for site_id in self.sites}
        self.stop = threading.Event()

    def read(self, site_id: int) -> None:
        seen = self.seen[site_id]
        while not self.stop.is_set():
            with suppress(DecisionsUnderWayError):
                seen += _page(self.world, site_id, seen[-1] if seen else 0)

    def decide_by_the_batch(self, n: int) -> None:
        """Over both sites, in either order."""
        order = self.sites if n % 2 else self.sites[::-1]
        with self.world.work() as unit:
            new = [_new(self.world, site_id, f"b{n}") for site_id in order]
            decisions.record_automatic(unit.connection, new)

    def decide_in_person(self, n: int) -> None:
        for site_id in self.sites:
            deciding.decide(
                self.world.work,
                deciding.Judgement(self.moderator_id, Role.MODERATOR, Verdict.APPROVE),
                deciding.Seen(self.held[site_id][n], 1, 1),
                undo_seconds=20,
                now=NOW,
            )

    def decide_at_the_site(self, n: int) -> None:
        """Before the comment comes, with an edit, so that it is applied together with others."""
        ext_id = f"e{n}"
        for site_id in self.sites:
            edited = Edited(ext_id, "আরেক কথা", BodyFormat.PLAIN, NOW)
            verdict = Moderated(ext_id, Verdict.REJECT, (Label.SPAM,), RejectReason.LABELS, "desk", NOW)
            self.world.receive(site_id, edited, verdict)
            self.world.make_comment(site_id, ext_id, created_at=NOW - timedelta(minutes=1))


def test_deciders_of_several_sites_and_readers_never_wait_in_a_ring_and_miss_nothing(world: World) -> None:
    crowd = _Crowd(world)
    kinds = (crowd.decide_by_the_batch, crowd.decide_in_person, crowd.decide_at_the_site)
    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(crowd.read, site_id) for site_id in crowd.sites]
        deciders = [pool.submit(decide, n) for n in range(ROUNDS) for decide in kinds]
        failures = [error for decider in deciders if (error := decider.exception())]
        crowd.stop.set()
        for reader in readers:
            reader.result()
    assert failures == []
    for site_id, seen in crowd.seen.items():
        rest = _page(world, site_id, seen[-1] if seen else 0)
        assert len(seen + rest) == 3 * ROUNDS
        assert seen + rest == _page(world, site_id)
