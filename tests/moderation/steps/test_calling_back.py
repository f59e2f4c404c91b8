"""Callbacks travel to a real receiver on loopback; every failure ends where the schedule says."""

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Protocol

import pytest
from sqlalchemy import update

from moderation.addresses import AllowList
from moderation.callback_client import CallbackClient, Delivered
from moderation.domain.backoff import CALLBACK_SCHEDULE, DISABLED_AFTER
from moderation.domain.jobs import Job
from moderation.signing import SignatureError
from moderation.steps import calling_back
from moderation.store import callbacks, deliveries, figures
from moderation.store.schema import Callback, Endpoint
from tests.factories import NOW, World
from tests.moderation import outbox
from tests.moderation.receivers import Receiver, running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running(Receiver()) as server:
        yield server


class Deliver(Protocol):
    def __call__(self, *, later: timedelta = timedelta(0)) -> int: ...


@pytest.fixture
def deliver(world: World, receiver: Receiver) -> Deliver:
    """Runs the job as at a time after NOW, with a client that may reach the receiver and nothing else inside."""
    client = CallbackClient(AllowList.parse(f"127.0.0.1:{receiver.server_port}"), allow_http=True, timeout=5.0)

    def run(*, later: timedelta = timedelta(0)) -> int:
        return calling_back.deliver_due(
            world.work, client, world.runtime.vault, now=lambda: NOW + later, jitter=lambda: 0.5
        )

    return run


def test_a_due_callback_arrives_signed_and_whole(deliver: Deliver, world: World, receiver: Receiver) -> None:
    site_id, secret = outbox.make_hearing_site(world, receiver.url)
    (callback_id,) = outbox.make_callbacks(world, site_id)

    assert deliver() == 1

    (request,) = receiver.got
    assert outbox.verified(request, [secret], NOW) == outbox.callback(world, callback_id).webhook_id
    body = json.loads(request.body)
    assert (body["type"], body["data"]["note"]) == ("comment.decided", "বাংলা")
    assert outbox.callback(world, callback_id).state == "delivered"
    assert outbox.attempts(world, callback_id) == [(200, None)]


def test_what_is_delivered_is_not_sent_again(deliver: Deliver, world: World, receiver: Receiver) -> None:
    site_id, _ = outbox.make_hearing_site(world, receiver.url)
    outbox.make_callbacks(world, site_id, count=20)

    assert deliver() == 20
    assert deliver(later=timedelta(days=1)) == 0
    assert sorted(outbox.heard(receiver)) == list(range(1, 21))


def test_a_callback_waits_for_its_time(deliver: Deliver, world: World, receiver: Receiver) -> None:
    site_id, _ = outbox.make_hearing_site(world, receiver.url)
    outbox.make_callbacks(world, site_id, due_at=NOW + timedelta(seconds=20))

    assert deliver(later=timedelta(seconds=19)) == 0
    assert deliver(later=timedelta(seconds=20)) == 1


def test_while_secrets_are_rotated_either_verifies_and_an_expired_one_does_not(
    deliver: Deliver, world: World, receiver: Receiver
) -> None:
    site_id, old = outbox.make_hearing_site(world, receiver.url)
    new = outbox.make_secret(world, site_id)
    expired = outbox.make_secret(world, site_id, valid_to=NOW - timedelta(seconds=1))
    outbox.make_callbacks(world, site_id)

    deliver()

    (request,) = receiver.got
    assert outbox.verified(request, [old], NOW) == outbox.verified(request, [new], NOW)
    with pytest.raises(SignatureError):
        outbox.verified(request, [expired], NOW)


def test_a_failed_attempt_is_made_again_by_the_schedule_with_the_same_id(
    deliver: Deliver, world: World, receiver: Receiver
) -> None:
    site_id, secret = outbox.make_hearing_site(world, receiver.url)
    (callback_id,) = outbox.make_callbacks(world, site_id)
    receiver.status = 500

    assert deliver() == 1
    assert outbox.callback(world, callback_id).due_at == NOW + timedelta(seconds=CALLBACK_SCHEDULE[1])
    receiver.status = 204
    assert deliver(later=timedelta(seconds=5)) == 1

    first, second = receiver.got
    assert first.body == second.body
    assert outbox.verified(first, [secret], NOW) == outbox.verified(second, [secret], NOW)
    assert outbox.attempts(world, callback_id) == [(500, "receiver_failed"), (204, None)]
    assert outbox.endpoint(world, site_id).failures == 0


def test_a_receiver_that_asks_for_time_gets_it(deliver: Deliver, world: World, receiver: Receiver) -> None:
    site_id, _ = outbox.make_hearing_site(world, receiver.url)
    (callback_id,) = outbox.make_callbacks(world, site_id)
    receiver.status, receiver.answer_headers = 429, {"Retry-After": "3600"}

    deliver()

    assert outbox.callback(world, callback_id).due_at >= NOW + timedelta(hours=1)


def test_after_the_last_attempt_a_callback_is_parked_and_counted(
    deliver: Deliver, world: World, receiver: Receiver
) -> None:
    site_id, _ = outbox.make_hearing_site(world, receiver.url)
    (callback_id,) = outbox.make_callbacks(world, site_id)
    outbox.spend_attempts(world, callback_id, len(CALLBACK_SCHEDULE) - 1)
    receiver.status = 500

    deliver()

    assert outbox.callback(world, callback_id).state == "parked"
    assert deliver(later=timedelta(days=30)) == 0
    with world.runtime.reading() as connection:
        assert figures.totals(connection)["parked", site_id] == 1


def test_410_disables_the_endpoint_and_parks_all_that_waits_for_it(
    deliver: Deliver, world: World, receiver: Receiver
) -> None:
    site_id, _ = outbox.make_hearing_site(world, receiver.url)
    waiting = outbox.make_callbacks(world, site_id, count=12)
    receiver.status = 410

    assert 1 <= deliver() <= 8

    assert {outbox.callback(world, one).state for one in waiting} == {"parked"}
    assert outbox.endpoint(world, site_id).disabled_reason is not None
    assert {attempt for one in waiting for attempt in outbox.attempts(world, one)} == {(410, "gone")}


FIVE_DAYS = timedelta(seconds=DISABLED_AFTER)


@pytest.mark.parametrize(
    ("failures", "failing_for", "disabled"),
    [(3, FIVE_DAYS, True), (3, FIVE_DAYS - timedelta(seconds=1), False), (2, 30 * FIVE_DAYS, False)],
    ids=["five days", "almost five days", "so few failures may be as old as they like"],
)
def test_an_endpoint_that_failed_for_five_days_gets_nothing_more_and_all_that_waits_is_parked(
    deliver: Deliver, world: World, receiver: Receiver, failures: int, failing_for: timedelta, disabled: bool
) -> None:
    site_id, _ = outbox.make_hearing_site(world, receiver.url)
    ids = outbox.make_callbacks(world, site_id, count=2)
    with world.work() as unit:
        unit.connection.execute(update(Endpoint).values(failures=failures, failing_since=NOW - failing_for))
        unit.connection.execute(update(Callback).where(Callback.id == ids[1]).values(due_at=NOW + timedelta(days=9)))
    receiver.status = 500

    assert deliver() == 1

    endpoint = outbox.endpoint(world, site_id)
    assert (endpoint.disabled_at is not None) is disabled
    assert {outbox.callback(world, one).state for one in ids} == {"parked" if disabled else "pending"}
    with world.runtime.reading() as connection:
        told = deliveries.disabled_endpoints(connection)
    assert [one.site for one in told] == (["khobor"] if disabled else [])


def test_one_success_ends_the_count_of_days(deliver: Deliver, world: World, receiver: Receiver) -> None:
    site_id, _ = outbox.make_hearing_site(world, receiver.url)
    outbox.make_callbacks(world, site_id, count=2)
    with world.work() as unit:
        unit.connection.execute(update(Endpoint).values(failures=9, failing_since=NOW - FIVE_DAYS))

    deliver()

    assert (outbox.endpoint(world, site_id).failures, outbox.endpoint(world, site_id).failing_since) == (0, None)


def test_a_replay_switches_a_disabled_endpoint_on_and_brings_what_it_missed_meanwhile(
    deliver: Deliver, world: World, receiver: Receiver
) -> None:
    site_id, _ = outbox.make_hearing_site(world, receiver.url)
    with world.work() as unit:
        unit.connection.execute(update(Endpoint).values(disabled_at=NOW, disabled_reason="gone", failing_since=NOW))
    assert calling_back.replay(world.work, site_id, now=NOW) == 0
    assert outbox.endpoint(world, site_id).disabled_at is None, "also where nothing was parked"

    with world.work() as unit:
        unit.connection.execute(update(Endpoint).values(disabled_at=NOW, disabled_reason="gone"))
    outbox.make_callbacks(world, site_id, count=3)
    assert deliver() == 0
    assert calling_back.replay(world.work, site_id, now=NOW) == 3
    assert deliver() == 3
    assert outbox.endpoint(world, site_id).failing_since is None


def test_four_failures_in_a_row_leave_the_endpoint_alone_then_one_callback_tries_it(
    deliver: Deliver, world: World, receiver: Receiver
) -> None:
    site_id, _ = outbox.make_hearing_site(world, receiver.url)
    outbox.make_callbacks(world, site_id, count=30)
    receiver.status = 500

    made = deliver()
    assert 4 <= made <= 8
    assert outbox.endpoint(world, site_id).open_until is not None
    assert deliver(later=timedelta(seconds=30)) == 0

    receiver.status = 200
    assert deliver(later=timedelta(days=2)) == 30
    assert sorted(set(outbox.heard(receiver))) == list(range(1, 31))


class Swallows:
    """A client whose posts to the black hole hang until so many others have left."""

    def __init__(self, others: int) -> None:
        self._left = others
        self._lock = threading.Lock()
        self.all_left = threading.Event()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Delivered:
        assert body
        assert headers
        if "black-hole" in url:
            assert self.all_left.wait(20)
        else:
            with self._lock:
                self._left -= 1
                if self._left == 0:
                    self.all_left.set()
        return Delivered(200, 1)


def test_an_endpoint_that_swallows_requests_leaves_room_for_the_others(world: World) -> None:
    hole, _ = outbox.make_hearing_site(world, "https://black-hole.example/", "hole")
    good, _ = outbox.make_hearing_site(world, "https://good.example/", "good")
    outbox.make_callbacks(world, hole, count=20, due_at=NOW - timedelta(minutes=1))
    outbox.make_callbacks(world, good, count=20)
    client = Swallows(others=20)

    made = calling_back.deliver_due(world.work, client, world.runtime.vault, now=lambda: NOW, jitter=lambda: 0.5)

    assert client.all_left.is_set()
    assert made == 40
    assert outbox.endpoint(world, hole).failures == 0


def test_an_address_that_must_not_be_reached_parks_the_callback_at_once(deliver: Deliver, world: World) -> None:
    site_id, _ = outbox.make_hearing_site(world, "https://10.0.0.1/callback")
    (callback_id,) = outbox.make_callbacks(world, site_id)

    deliver()

    assert outbox.callback(world, callback_id).state == "parked"
    ((status, code),) = outbox.attempts(world, callback_id)
    assert status is None
    assert code


def test_without_a_valid_secret_nothing_is_sent_and_the_log_says_so(
    deliver: Deliver, world: World, receiver: Receiver
) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id, receiver.url)
    (callback_id,) = outbox.make_callbacks(world, site_id)

    deliver()

    assert receiver.got == []
    assert outbox.attempts(world, callback_id) == [(None, "no_callback_secret")]


def test_a_replay_sends_what_was_parked_once_with_its_old_id(
    deliver: Deliver, world: World, receiver: Receiver, announced: list[Job]
) -> None:
    site_id, _ = outbox.make_hearing_site(world, receiver.url)
    (callback_id,) = outbox.make_callbacks(world, site_id)
    before = outbox.callback(world, callback_id).webhook_id
    receiver.status = 410
    deliver()
    receiver.status = 200

    assert calling_back.replay(world.work, site_id, [callback_id], now=NOW) == 1
    assert announced[-1] is Job.DELIVER_CALLBACKS
    assert calling_back.replay(world.work, site_id, [callback_id], now=NOW) == 0
    assert deliver() == 1
    assert outbox.callback(world, callback_id).state == "delivered"
    assert outbox.callback(world, callback_id).webhook_id == before


def test_a_replay_leaves_the_callbacks_of_other_sites_alone(deliver: Deliver, world: World, receiver: Receiver) -> None:
    site_id, _ = outbox.make_hearing_site(world, receiver.url)
    (callback_id,) = outbox.make_callbacks(world, site_id)
    receiver.status = 410
    deliver()
    other = world.make_site("other")

    assert calling_back.replay(world.work, other, [callback_id], now=NOW) == 0
    assert outbox.callback(world, callback_id).state == "parked"


def test_a_crash_between_post_and_record_repeats_the_same_id(
    deliver: Deliver, world: World, receiver: Receiver
) -> None:
    site_id, secret = outbox.make_hearing_site(world, receiver.url)
    outbox.make_callbacks(world, site_id)
    with world.work() as unit:
        (lost,) = deliveries.claim_due(
            unit.connection, now=NOW, lease_until=NOW + calling_back.LEASE, most=8, most_each=4, wary_from=4, busy={}
        )

    assert deliver() == 0
    assert deliver(later=calling_back.LEASE) == 1
    (request,) = receiver.got
    assert outbox.verified(request, [secret], NOW + calling_back.LEASE) == lost.webhook_id
    with world.work() as unit:
        attempt = deliveries.Attempt(status=500)
        assert not deliveries.record_parked(unit.connection, lost, attempt, now=NOW), "the late record is refused"
        assert not callbacks.any_due(unit.connection, NOW)
