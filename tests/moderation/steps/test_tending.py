"""Acts on a story: a hold reaches what is scored while it lasts; the site hears of closing and reopening."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError
from moderation.domain.vocabulary import Mode, Role, State
from moderation.steps import tending
from moderation.store import deliveries, stories
from moderation.store.schema import AuditEntry, Callback, Story
from moderation.store.stories import StoryPlace
from tests.factories import NOW, World


def _story_id(world: World) -> int:
    with world.runtime.reading() as connection:
        found = connection.scalar(select(Story.id).order_by(Story.id).limit(1))
    assert found is not None
    return found


def _place(world: World, site_id: int) -> StoryPlace:
    with world.runtime.reading() as connection:
        found = stories.find(connection, _story_id(world), [site_id])
    assert found is not None
    return found


def _acts(world: World) -> list[str]:
    with world.runtime.reading() as connection:
        return list(connection.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def _told(world: World) -> list[tuple[str, int, bool]]:
    with world.runtime.reading() as connection:
        rows = connection.execute(
            select(Callback.type, Callback.version, Callback.payload)
            .where(Callback.story_id.is_not(None))
            .order_by(Callback.id)
        )
        return [(row.type, row.version, row.payload["closed"]) for row in rows]


def test_while_a_story_is_held_its_comments_are_held_by_that_rule_and_others_are_not(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, "c1")
    world.score()
    tending.hold(world.work, _story_id(world), hours=1, reason="দাঙ্গার খবর", by="moderator 7", now=NOW)
    world.make_comment(site_id, "c2")
    world.score(now=NOW + timedelta(minutes=59))
    held = world.status(site_id, "c2")
    assert world.status(site_id, "c1").state is State.PUBLISHED
    assert (held.state, [reason["rule"] for reason in held.reasons]) == (State.HELD, ["story_held"])
    world.make_comment(site_id, "c3")
    world.score(now=NOW + timedelta(minutes=61))
    assert world.status(site_id, "c3").state is State.PUBLISHED


def test_a_hold_that_is_lifted_holds_no_longer_and_both_are_on_record(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, "c1")
    tending.hold(world.work, _story_id(world), hours=24, reason="x", by="moderator 7", now=NOW)
    tending.lift(world.work, _story_id(world), by="moderator 7", now=NOW)
    world.score(now=NOW)
    assert world.status(site_id, "c1").state is State.PUBLISHED
    assert _acts(world) == ["story.held", "story.released"]


@pytest.mark.parametrize(("hours", "reason"), [(2, "x"), (0, "x"), (1, " "), (1, "x" * 201)])
def test_a_hold_needs_a_time_of_the_list_and_a_reason(world: World, hours: int, reason: str) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    with pytest.raises(InvalidValueError):
        tending.hold(world.work, _story_id(world), hours=hours, reason=reason, by="x", now=NOW)
    assert _place(world, site_id).held_until is None


def test_the_site_is_told_of_closing_and_of_reopening_by_rising_versions(world: World) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id)
    world.make_comment(site_id)
    story_id = _story_id(world)
    tending.close(world.work, story_id, by="moderator 7", role=Role.EDITOR, now=NOW)
    assert _place(world, site_id).closed_at == NOW
    tending.reopen(world.work, story_id, by="moderator 7", role=Role.EDITOR, now=NOW)
    assert _place(world, site_id).closed_at is None
    assert _told(world) == [("story.closed", 1, True), ("story.reopened", 2, False)]
    with world.runtime.reading() as connection:
        payload = connection.scalar(select(Callback.payload).where(Callback.version == 1))
    assert payload is not None
    assert payload["story_id"] == "s1"
    assert payload["decided_by"] == {"kind": "moderator", "role": "editor"}


def test_closing_twice_tells_once(world: World) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id)
    world.make_comment(site_id)
    tending.close(world.work, _story_id(world), by="x", role=Role.EDITOR, now=NOW)
    with pytest.raises(ConflictError):
        tending.close(world.work, _story_id(world), by="x", role=Role.EDITOR, now=NOW)
    assert len(_told(world)) == 1


def test_an_observed_site_is_told_nothing_so_its_stories_cannot_be_closed(world: World) -> None:
    site_id = world.make_site(mode=Mode.OBSERVE)
    world.make_comment(site_id)
    with pytest.raises(InvalidValueError):
        tending.close(world.work, _story_id(world), by="x", role=Role.EDITOR, now=NOW)
    assert _place(world, site_id).closed_at is None


def test_a_closing_that_a_delivered_reopening_overtook_is_not_sent(world: World) -> None:
    site_id = world.make_site()
    endpoint_id = world.make_endpoint(site_id)
    world.make_comment(site_id)
    story_id = _story_id(world)
    tending.close(world.work, story_id, by="x", role=Role.EDITOR, now=NOW)
    tending.reopen(world.work, story_id, by="x", role=Role.EDITOR, now=NOW)
    with world.work() as unit:
        unit.connection.execute(update(Callback).where(Callback.version == 2).values(state="delivered"))
        claimed = deliveries.claim_due(
            unit.connection,
            now=NOW,
            lease_until=NOW + timedelta(seconds=40),
            most=9,
            most_each=9,
            wary_from=3,
            busy={endpoint_id: 0},
        )
    assert claimed == []


def test_watching_is_remembered_until_it_ends(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    tending.watch(world.work, _story_id(world), on=True, by="x")
    assert _place(world, site_id).watched
    tending.watch(world.work, _story_id(world), on=False, by="x")
    assert not _place(world, site_id).watched


def test_there_is_nothing_to_be_done_about_a_story_that_is_not_there(world: World) -> None:
    with pytest.raises(NotFoundError):
        tending.watch(world.work, 4711, on=True, by="x")
