"""The outbox in PostgreSQL: one row an endpoint, a clean undo, a log for people."""

from datetime import timedelta

from sqlalchemy import insert, update

from moderation.domain.vocabulary import CallbackType, Verdict
from moderation.store import callbacks, deliveries
from moderation.store.callbacks import NewCallback
from moderation.store.deliveries import Claimed
from moderation.store.schema import Decision, Endpoint
from tests.factories import NOW, World
from tests.moderation import outbox


def claim(world: World, *, most: int = 8, most_each: int = 4, busy: dict[int, int] | None = None) -> list[Claimed]:
    with world.work() as unit:
        return deliveries.claim_due(
            unit.connection,
            now=NOW,
            lease_until=NOW + timedelta(seconds=90),
            most=most,
            most_each=most_each,
            wary_from=4,
            busy=busy or {},
        )


def make_decision(world: World, site_id: int) -> tuple[int, int]:
    """A recorded decision and the row id of its comment."""
    comment_id = outbox.row_id_of(world, site_id, f"c{site_id}")
    with world.work() as unit:
        decision_id = unit.connection.execute(
            insert(Decision)
            .values(
                public_id="0190b5d8-0000-7000-8000-000000000001",
                site_id=site_id,
                comment_id=comment_id,
                version=1,
                revision=1,
                verdict=Verdict.APPROVE.value,
                labels=[],
                actor="moderator",
            )
            .returning(Decision.id)
        ).scalar_one()
    return decision_id, comment_id


def tell(world: World, site_id: int) -> tuple[int, list[int]]:
    """A decision told to the site in the future; returns its id and the callbacks' ids."""
    outbox.make_callbacks(world, site_id, count=0)
    decision_id, comment_id = make_decision(world, site_id)
    new = NewCallback(site_id, comment_id, decision_id, CallbackType.DECIDED, 1, {"version": 1}, NOW)
    with world.work() as unit:
        callbacks.insert_many(unit.connection, [new])
        logged = callbacks.recent(unit.connection, [site_id])
    return decision_id, [one.id for one in logged]


def test_each_endpoint_of_the_site_gets_a_row_of_its_own_parked_where_it_is_disabled(world: World) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id, "https://one.example/")
    world.make_endpoint(site_id, "https://two.example/")
    dead = world.make_endpoint(site_id, "https://dead.example/")
    with world.work() as unit:
        deliveries.disable_endpoint(unit.connection, dead, reason="gone", now=NOW)

    ids = outbox.make_callbacks(world, site_id)

    told = sorted((outbox.callback(world, one) for one in ids), key=lambda one: one.endpoint_id)
    assert [one.state for one in told] == ["pending", "pending", "parked"]
    assert [one.endpoint_id for one in told][-1] == dead
    assert len({one.webhook_id for one in told}) == 3


def test_a_site_without_an_endpoint_gets_no_callbacks(world: World) -> None:
    assert outbox.make_callbacks(world, world.make_site()) == []


def test_an_undone_decision_that_nobody_heard_of_is_taken_back(world: World) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id)
    decision_id, (callback_id,) = tell(world, site_id)

    with world.work() as unit:
        assert callbacks.cancel_pending(unit.connection, decision_id) == 1

    assert outbox.callback(world, callback_id).state == "cancelled"
    assert claim(world) == []


def test_a_decision_that_one_endpoint_may_have_heard_of_is_not_taken_back(world: World) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id, "https://one.example/")
    world.make_endpoint(site_id, "https://two.example/")
    decision_id, ids = tell(world, site_id)
    (under_way,) = claim(world, most=1)

    with world.work() as unit:
        assert callbacks.cancel_pending(unit.connection, decision_id) == 0

    assert under_way.id in ids
    assert {outbox.callback(world, one).state for one in ids} == {"pending"}


def test_a_decision_that_went_out_before_a_replay_is_not_taken_back(world: World) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id)
    decision_id, (callback_id,) = tell(world, site_id)
    (tried,) = claim(world)
    with world.work() as unit:
        deliveries.record_parked(unit.connection, tried, deliveries.Attempt(status=500), now=NOW)
        callbacks.replay(unit.connection, site_id, None, now=NOW)

    with world.work() as unit:
        assert callbacks.cancel_pending(unit.connection, decision_id) == 0
    assert outbox.callback(world, callback_id).state == "pending"


def test_two_claims_at_once_share_what_is_due_and_never_overlap(world: World) -> None:
    site_id, _ = outbox.make_hearing_site(world, "https://khobor.example/")
    outbox.make_callbacks(world, site_id, count=6)

    first, second = claim(world), claim(world)

    assert (len(first), len(second)) == (4, 2)
    assert not {one.id for one in first} & {one.id for one in second}


def test_a_claim_gives_an_endpoint_no_more_than_its_share_together_with_what_is_under_way(world: World) -> None:
    site_id, _ = outbox.make_hearing_site(world, "https://khobor.example/")
    outbox.make_callbacks(world, site_id, count=10)
    endpoint_id = outbox.endpoint(world, site_id).id

    assert len(claim(world, busy={endpoint_id: 3})) == 1
    assert claim(world, busy={endpoint_id: 9}) == []


def test_an_endpoint_that_was_failing_is_tried_with_a_single_callback(world: World) -> None:
    site_id, _ = outbox.make_hearing_site(world, "https://khobor.example/")
    outbox.make_callbacks(world, site_id, count=5)
    with world.work() as unit:
        unit.connection.execute(update(Endpoint).values(failures=4, open_until=NOW - timedelta(seconds=1)))

    assert len(claim(world)) == 1


def test_nothing_is_due_while_the_endpoint_is_left_alone(world: World) -> None:
    site_id, _ = outbox.make_hearing_site(world, "https://khobor.example/")
    outbox.make_callbacks(world, site_id)
    with world.work() as unit:
        assert callbacks.any_due(unit.connection, NOW)
        deliveries.open_breaker(unit.connection, outbox.endpoint(world, site_id).id, until=NOW + timedelta(minutes=1))
        assert not callbacks.any_due(unit.connection, NOW)
        assert callbacks.any_due(unit.connection, NOW + timedelta(minutes=1))


def test_the_log_goes_backwards_page_by_page_with_the_latest_failure(world: World) -> None:
    site_id, _ = outbox.make_hearing_site(world, "https://khobor.example/")
    ids = outbox.make_callbacks(world, site_id, count=3)
    (first,) = claim(world, most=1)
    with world.work() as unit:
        attempt = deliveries.Attempt(status=500, code="receiver_failed", detail="The receiver answered 500.")
        deliveries.record_parked(unit.connection, first, attempt, now=NOW)

    with world.runtime.reading() as connection:
        newest = callbacks.recent(connection, [site_id], limit=2)
        rest = callbacks.recent(connection, [site_id], before=newest[-1].id)
        assert callbacks.recent(connection, []) == []

    assert [one.id for one in [*newest, *rest]] == ids[::-1]
    assert (rest[0].state, rest[0].status, rest[0].code) == ("parked", 500, "receiver_failed")
    assert newest[0].code is None
