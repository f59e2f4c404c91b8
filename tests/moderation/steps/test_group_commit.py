"""Comments that arrive together are stored together, and none suffers for another."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from moderation.domain.event import Delivery, Receipt
from moderation.domain.vocabulary import State
from moderation.steps.group_commit import GroupCommit
from moderation.store.schema import Comment, Counter
from moderation.store.unit_of_work import UnitOfWork, Work
from tests.factories import World, make_created, make_delivery

UNSTORABLE = "PostgreSQL keeps no \0 in a text"


class Gate:
    """Lets units of work end only when it is opened, and tells when the first has begun."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.begun = Event()
        self.opened = Event()

    @contextmanager
    def work(self, *, one_statement: bool = False) -> Iterator[UnitOfWork]:
        with self._work(one_statement=one_statement) as unit:
            yield unit
            self.begun.set()
            assert self.opened.wait(20)


class Crowd:
    """Senders that arrive while the first of them is being stored."""

    def __init__(self, world: World, pool: ThreadPoolExecutor) -> None:
        self.gate = Gate(world.work)
        self.group_commit = GroupCommit(self.gate.work)
        self._pool = pool

    def send(self, site_id: int, deliveries: list[Delivery]) -> list[Future[Receipt]]:
        first = self._pool.submit(self.group_commit.receive, site_id, deliveries[0])
        assert self.gate.begun.wait(20)
        others = [self._pool.submit(self.group_commit.receive, site_id, one) for one in deliveries[1:]]
        while self.group_commit.waiting < len(others):
            time.sleep(0.001)
        self.gate.opened.set()
        return [first, *others]


@pytest.fixture
def crowd(world: World) -> Iterator[Crowd]:
    with ThreadPoolExecutor(12) as pool:
        yield Crowd(world, pool)


def _transactions_and_comments(world: World) -> tuple[int, int]:
    """Each transaction that takes comments in adds one row to the counter ``received``."""
    with world.runtime.reading() as connection:
        transactions = connection.scalar(select(func.count()).where(Counter.name == "received"))
        stored = connection.scalar(select(func.count()).select_from(Comment))
    return transactions or 0, stored or 0


def test_those_who_come_while_one_is_stored_share_the_next_transaction(world: World, crowd: Crowd) -> None:
    site_id = world.make_site()
    sent = crowd.send(site_id, [make_delivery(make_created(f"c{n}")) for n in range(9)])
    assert [receipt.result().comment_id for receipt in sent] == [f"c{n}" for n in range(9)]
    assert all(receipt.result().state is State.WAITING for receipt in sent)
    assert _transactions_and_comments(world) == (2, 9)


def test_the_sites_of_a_crowd_are_stored_each_for_itself(world: World) -> None:
    here, there = world.make_site("here"), world.make_site("there")
    with ThreadPoolExecutor(8) as pool:
        group_commit = GroupCommit(world.work)
        sent = [
            pool.submit(group_commit.receive, site_id, make_delivery(make_created("same"), f"msg_{n}"))
            for n, site_id in enumerate([here, there] * 10)
        ]
        ids = {receipt.result().public_id for receipt in sent}
    assert len(ids) == 2
    assert world.status(here, "same").public_id != world.status(there, "same").public_id


def test_a_comment_that_cannot_be_stored_fails_alone(world: World, crowd: Crowd) -> None:
    site_id = world.make_site()
    bodies = ["first", "second", UNSTORABLE, "fourth"]
    sent = crowd.send(site_id, [make_delivery(make_created(f"c{n}", body=body)) for n, body in enumerate(bodies)])
    assert isinstance(sent[2].exception(), DBAPIError)
    assert [sent[n].result().state for n in (0, 1, 3)] == [State.WAITING] * 3
    assert _transactions_and_comments(world)[1] == 3


def test_a_lone_comment_meets_its_own_error_once(world: World) -> None:
    site_id = world.make_site()
    begun: list[UnitOfWork] = []

    @contextmanager
    def counting(*, one_statement: bool = False) -> Iterator[UnitOfWork]:
        with world.work(one_statement=one_statement) as unit:
            begun.append(unit)
            yield unit

    with pytest.raises(DBAPIError):
        GroupCommit(counting).receive(site_id, make_delivery(make_created(body=UNSTORABLE)))
    assert len(begun) == 1


def test_after_a_failure_the_next_is_stored(world: World) -> None:
    site_id = world.make_site()
    group_commit = GroupCommit(world.work)
    with pytest.raises(DBAPIError):
        group_commit.receive(site_id, make_delivery(make_created(body=UNSTORABLE)))
    assert group_commit.receive(site_id, make_delivery(make_created("c2"))).state is State.WAITING
