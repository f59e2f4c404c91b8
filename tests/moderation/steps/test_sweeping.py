"""Events whose comment never comes wait for it a long time, but not for ever."""

from datetime import timedelta

from sqlalchemy import func, select

from moderation.domain.event import Deleted, Reported
from moderation.domain.vocabulary import State
from moderation.steps import sweeping
from moderation.steps.sweeping import EARLY_FOR
from moderation.store import inbox
from moderation.store.schema import EarlyEvent
from tests.factories import NOW, World, make_created


def _waiting(world: World) -> int:
    with world.runtime.reading() as connection:
        return connection.scalar(select(func.count()).select_from(EarlyEvent)) or 0


def _sweep_in(world: World, pause: timedelta) -> None:
    assert sweeping.sweep(world.work, now=world.runtime.now() + pause)


def test_an_early_event_waits_for_its_comment_and_is_dropped_after_that(world: World) -> None:
    site_id = world.make_site()
    world.receive(site_id, Deleted("never", NOW), Reported("never", "reader-9", "rude", NOW))
    _sweep_in(world, EARLY_FOR - timedelta(hours=1))
    assert _waiting(world) == 2
    _sweep_in(world, EARLY_FOR + timedelta(hours=1))
    assert _waiting(world) == 0


def test_a_comment_that_comes_after_its_dropped_events_is_taken_in_without_them(world: World) -> None:
    site_id = world.make_site()
    world.receive(site_id, Deleted("c1", NOW))
    _sweep_in(world, EARLY_FOR + timedelta(hours=1))
    (receipt,) = world.receive(site_id, make_created())
    assert receipt.error is None
    assert world.status(site_id).state is State.WAITING


def test_only_what_has_no_comment_is_dropped(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    fields = {"comment_id": "c1", "deleted_at": NOW.isoformat()}
    with world.work() as unit:
        inbox.keep_early(unit.connection, site_id, "c1", "comment.deleted", fields, NOW)
        later = world.runtime.now() + EARLY_FOR + timedelta(hours=1)
        assert inbox.drop_early_before(unit.connection, later) == 0
