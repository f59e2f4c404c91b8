"""Step 4: what a desk does with a held comment without deciding: skip, hand on, remark."""

import uuid

import pytest
from sqlalchemy import func, select

from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError
from moderation.domain.vocabulary import Role, State, Verdict
from moderation.steps import deciding, reviewing, undoing
from moderation.steps.deciding import Judgement, Seen
from moderation.store import claims, escalations, notes
from moderation.store.schema import Comment, Escalation, Skip
from tests.factories import NOW, World


def _id(world: World, public_id: uuid.UUID) -> int:
    with world.runtime.reading() as connection:
        return connection.execute(select(Comment.id).where(Comment.public_id == public_id)).scalar_one()


def _skips(world: World) -> int:
    with world.runtime.reading() as connection:
        return connection.execute(select(func.count()).select_from(Skip)).scalar_one()


def test_skipping_gives_the_claim_back_and_lasts_until_the_comment_is_decided(world: World) -> None:
    held = world.make_held(world.make_site())
    mine = world.make_moderator()
    reviewing.claim(world.work, moderator_id=mine, public_id=held, now=NOW)
    for _ in range(2):
        reviewing.skip(world.work, moderator_id=mine, public_id=held, now=NOW)
    assert _skips(world) == 1
    with world.runtime.reading() as connection:
        assert claims.holder(connection, _id(world, held), NOW) is None
    approving = Judgement(mine, Role.MODERATOR, Verdict.APPROVE)
    decided = deciding.decide(world.work, approving, Seen(held, 1, 1), undo_seconds=20, now=NOW)
    undoing.undo(world.work, moderator_id=mine, decision_id=decided.decision_id, now=NOW)
    assert _skips(world) == 0, "what comes back is new to everybody"


def test_a_person_can_ask_for_what_they_skipped(world: World) -> None:
    held = world.make_held(world.make_site())
    mine, theirs = world.make_moderator(), world.make_moderator("Karim")
    for one in (mine, theirs):
        reviewing.skip(world.work, moderator_id=one, public_id=held, now=NOW)
    assert reviewing.show_skipped_again(world.work, moderator_id=mine) == 1
    assert _skips(world) == 1


def test_handing_on_names_who_and_why_and_replaces_the_one_before(world: World) -> None:
    held = world.make_held(world.make_site())
    mine, karim = world.make_moderator(), world.make_moderator("Karim")
    for to_id, note in ((None, "আইনি প্রশ্ন"), (karim, "তুমি দেখো")):
        reviewing.escalate(world.work, moderator_id=mine, public_id=held, to_id=to_id, note=note, now=NOW)
    with world.runtime.reading() as connection:
        (standing,) = escalations.of(connection, [_id(world, held)]).values()
        assert escalations.waiting_for(connection, moderator_id=karim, senior_at=[]) == 1
        assert escalations.waiting_for(connection, moderator_id=mine, senior_at=list(world.sites.values())) == 0
    assert (standing.by, standing.to, standing.note) == ("Nasrin", "Karim", "তুমি দেখো")


def test_an_escalation_ends_with_the_decision(world: World) -> None:
    held = world.make_held(world.make_site())
    mine = world.make_moderator()
    reviewing.escalate(world.work, moderator_id=mine, public_id=held, to_id=mine, note="আমার জন্য রাখুন", now=NOW)
    approving = Judgement(mine, Role.MODERATOR, Verdict.APPROVE)
    deciding.decide(world.work, approving, Seen(held, 1, 1), undo_seconds=20, now=NOW)
    with world.runtime.reading() as connection:
        assert escalations.of(connection, [_id(world, held)]) == {}
        assert connection.execute(select(Escalation.ended_at)).scalar_one() is not None


def test_only_what_is_held_is_handed_on_and_only_to_somebody_who_decides_there(world: World) -> None:
    site_id, other = world.make_site(), world.make_site("prothom")
    held = world.make_held(site_id)
    mine = world.make_moderator()
    stranger = world.make_moderator("Karim", site_id=other)
    viewer = world.make_moderator("Rina", Role.VIEWER)
    for nobody in (stranger, viewer, 999):
        with pytest.raises(NotFoundError):
            reviewing.escalate(world.work, moderator_id=mine, public_id=held, to_id=nobody, note="দেখুন", now=NOW)
    approving = Judgement(mine, Role.MODERATOR, Verdict.APPROVE)
    deciding.decide(world.work, approving, Seen(held, 1, 1), undo_seconds=20, now=NOW)
    assert world.status(site_id).state is State.PUBLISHED
    with pytest.raises(ConflictError):
        reviewing.escalate(world.work, moderator_id=mine, public_id=held, to_id=None, note="দেখুন", now=NOW)


@pytest.mark.parametrize("text", ["", " \n ", "ক" * (reviewing.LONGEST_NOTE + 1)], ids=["empty", "blank", "too long"])
def test_a_remark_must_say_something_and_fit(world: World, text: str) -> None:
    held = world.make_held(world.make_site())
    with pytest.raises(InvalidValueError):
        reviewing.note_comment(world.work, moderator_id=world.make_moderator(), public_id=held, text=text)


def test_remarks_stand_newest_first_with_their_authors(world: World) -> None:
    held = world.make_held(world.make_site())
    for name in ("Nasrin", "Karim"):
        reviewing.note_comment(
            world.work, moderator_id=world.make_moderator(name), public_id=held, text=f" {name} বলছি "
        )
    with world.runtime.reading() as connection:
        found = notes.of_comment(connection, _id(world, held))
    assert [(one.moderator, one.text) for one in found] == [("Karim", "Karim বলছি"), ("Nasrin", "Nasrin বলছি")]
