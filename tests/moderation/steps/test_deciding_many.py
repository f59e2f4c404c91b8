"""One act on many comments: exactly those that were seen, told about those that went on, undone as a whole."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from moderation.domain.errors import (
    ClaimedByAnotherError,
    InvalidValueError,
    NotFoundError,
    NotPermittedError,
    StaleDecisionError,
)
from moderation.domain.vocabulary import Label, Role, State, Verdict
from moderation.steps import deciding, reviewing, undoing
from moderation.steps.deciding import Bulk, Judgement, Seen
from moderation.store.schema import Author, Callback, Decision
from tests.factories import NOW, World


def _bulk(world: World, judgement: Judgement, held: list[uuid.UUID], version: int = 1) -> Bulk:
    seen = [Seen(one, 1, version) for one in held]
    return deciding.decide_many(world.work, judgement, seen, undo_seconds=20, now=NOW)


def _rejecting(moderator_id: int) -> Judgement:
    return Judgement(moderator_id, Role.MODERATOR, Verdict.REJECT, labels=(Label.THREAT,))


def test_all_that_were_ticked_are_decided_under_one_mark(world: World) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id)
    held = [world.make_held(site_id, f"c{n}") for n in range(3)]
    bulk = _bulk(world, _rejecting(world.make_moderator()), held)
    assert {one.public_id for one in bulk.decided} == set(held)
    assert [world.status(site_id, f"c{n}").state for n in range(3)] == [State.REJECTED] * 3
    with world.runtime.reading() as connection:
        marks = connection.execute(select(Decision.bulk_id).where(Decision.moderator_id.is_not(None))).scalars()
        assert set(marks) == {bulk.bulk_id}
        told = select(func.count()).where(Callback.type == "comment.decided", Callback.version == 2)
        assert connection.scalar(told) == 3
        assert connection.scalar(select(func.sum(Author.rejected))) == 3


def test_what_a_colleague_decided_or_has_open_is_told_and_the_others_are_decided(world: World) -> None:
    site_id = world.make_site()
    mine, theirs = world.make_moderator(), world.make_moderator("Karim")
    held = [world.make_held(site_id, f"c{n}") for n in range(3)]
    approving = Judgement(theirs, Role.MODERATOR, Verdict.APPROVE)
    deciding.decide(world.work, approving, Seen(held[0], 1, 1), undo_seconds=20, now=NOW)
    reviewing.claim(world.work, moderator_id=theirs, public_id=held[1], now=NOW)
    bulk = _bulk(world, _rejecting(mine), [*held, uuid.uuid4()])
    assert [one.public_id for one in bulk.decided] == [held[2]]
    errors = {one.public_id: type(one.error) for one in bulk.refused}
    assert errors[held[0]] is StaleDecisionError
    assert errors[held[1]] is ClaimedByAnotherError
    assert sorted(kind.__name__ for kind in errors.values())[1] == NotFoundError.__name__
    assert world.status(site_id, "c0").state is State.PUBLISHED


def test_a_comment_that_was_ticked_twice_is_decided_once(world: World) -> None:
    site_id = world.make_site()
    held = world.make_held(site_id)
    bulk = _bulk(world, _rejecting(world.make_moderator()), [held, held])
    assert (len(bulk.decided), len(bulk.refused)) == (1, 0)


def test_one_undo_takes_the_whole_back_but_for_what_went_on(world: World) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id)
    mine, theirs = world.make_moderator(), world.make_moderator("Karim")
    held = [world.make_held(site_id, f"c{n}") for n in range(3)]
    bulk = _bulk(world, _rejecting(mine), held)
    approving = Judgement(theirs, Role.MODERATOR, Verdict.APPROVE)
    deciding.decide(world.work, approving, Seen(held[0], 1, 2), undo_seconds=20, now=NOW)
    undone = undoing.undo_many(world.work, moderator_id=mine, bulk_id=bulk.bulk_id, now=NOW)
    assert (undone.undone, undone.kept) == (2, 1)
    states = [world.status(site_id, f"c{n}").state for n in range(3)]
    assert states == [State.PUBLISHED, State.HELD, State.HELD]
    with world.runtime.reading() as connection:
        assert connection.scalar(select(func.sum(Author.rejected))) == 0
        of_two = select(Callback.state).where(Callback.version == 2).order_by(Callback.state)
        assert list(connection.scalars(of_two)) == ["cancelled", "cancelled", "pending"]


def test_nobody_undoes_a_colleagues_bulk(world: World) -> None:
    site_id = world.make_site()
    bulk = _bulk(world, _rejecting(world.make_moderator()), [world.make_held(site_id)])
    with pytest.raises(NotFoundError):
        undoing.undo_many(world.work, moderator_id=world.make_moderator("Karim"), bulk_id=bulk.bulk_id, now=NOW)


@pytest.mark.parametrize("many", [0, deciding.LARGEST_BULK + 1])
def test_none_or_too_many_at_once_are_refused(world: World, many: int) -> None:
    with pytest.raises(InvalidValueError):
        _bulk(world, _rejecting(world.make_moderator()), [uuid.uuid4() for _ in range(many)])


def test_two_bulks_with_the_same_comments_at_once_decide_each_comment_once(world: World) -> None:
    site_id = world.make_site()
    people = [world.make_moderator(f"m{n}") for n in range(4)]
    held = [world.make_held(site_id, f"c{n}") for n in range(12)]
    together = threading.Barrier(len(people))

    def decide(place: int) -> Bulk:
        together.wait()
        return _bulk(world, _rejecting(people[place]), held[::-1] if place % 2 else held)

    with ThreadPoolExecutor(len(people)) as pool:
        bulks = list(pool.map(decide, range(len(people))))
    assert sum(len(one.decided) for one in bulks) == len(held)
    assert sum(len(one.refused) for one in bulks) == len(held) * (len(people) - 1)


def test_an_act_that_arrives_again_is_told_as_it_was_recorded_and_decides_nothing_twice(world: World) -> None:
    site_id = world.make_site()
    rejecting = _rejecting(world.make_moderator())
    held = [world.make_held(site_id, f"c{n}") for n in range(2)]
    first, again = _bulk(world, rejecting, held), _bulk(world, rejecting, held)
    assert (again.bulk_id, len(again.decided), again.refused) == (first.bulk_id, 2, [])
    assert {one.decision_id for one in again.decided} == {one.decision_id for one in first.decided}
    with world.runtime.reading() as connection:
        persons = select(func.count()).where(Decision.moderator_id.is_not(None))
        assert connection.scalar(persons) == 2


def test_of_an_act_that_arrives_again_what_was_decided_is_told_so_and_what_was_refused_is_tried_anew(
    world: World,
) -> None:
    site_id = world.make_site()
    mine, other = world.make_moderator(), world.make_moderator("Karim")
    held = [world.make_held(site_id, f"c{n}") for n in range(3)]
    reviewing.claim(world.work, moderator_id=other, public_id=held[2], now=NOW)
    first = _bulk(world, _rejecting(mine), held)
    again = _bulk(world, _rejecting(mine), held)
    assert (again.bulk_id, [one.again for one in again.decided]) == (first.bulk_id, [True, True])
    assert [(one.public_id, type(one.error)) for one in again.refused] == [(held[2], ClaimedByAnotherError)]
    reviewing.release(world.work, moderator_id=other, public_id=held[2])
    third = _bulk(world, _rejecting(mine), held)
    assert (third.bulk_id, len(third.decided), third.refused) == (first.bulk_id, 3, [])
    undone = undoing.undo_many(world.work, moderator_id=mine, bulk_id=first.bulk_id, now=NOW)
    assert (undone.undone, undone.kept) == (3, 0)


def test_another_act_on_what_was_decided_is_no_recurrence_of_it(world: World) -> None:
    site_id = world.make_site()
    mine = world.make_moderator()
    held = [world.make_held(site_id, f"c{n}") for n in range(2)]
    _bulk(world, _rejecting(mine), held)
    other = _bulk(world, Judgement(mine, Role.MODERATOR, Verdict.APPROVE), held)
    assert ([type(one.error) for one in other.refused], other.decided) == ([StaleDecisionError] * 2, [])


def test_each_site_hears_of_the_role_held_there_and_where_none_decides_nothing_is_done(world: World) -> None:
    sites = [world.make_site(slug) for slug in ("khobor", "onno", "parar")]
    for site_id in sites:
        world.make_endpoint(site_id)
    held = [world.make_held(site_id) for site_id in sites]
    roles = {sites[0]: Role.EDITOR, sites[1]: Role.MODERATOR}
    seen = [Seen(one, 1, 1) for one in held]
    rejecting = _rejecting(world.make_moderator())
    bulk = deciding.decide_many(world.work, rejecting, seen, undo_seconds=20, now=NOW, roles=roles)
    assert {one.public_id for one in bulk.decided} == set(held[:2])
    assert [(one.public_id, type(one.error)) for one in bulk.refused] == [(held[2], NotPermittedError)]
    with world.runtime.reading() as connection:
        told = select(Callback.site_id, Callback.payload).where(Callback.version == 2)
        by_site = {row.site_id: row.payload["decided_by"]["role"] for row in connection.execute(told)}
    assert by_site == {sites[0]: "editor", sites[1]: "moderator"}
