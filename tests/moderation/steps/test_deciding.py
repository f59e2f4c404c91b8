"""Steps 4 and 5: one person at a time, on what they really saw, and always undoable."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from moderation.domain.errors import (
    ClaimedByAnotherError,
    InvalidValueError,
    ModerationError,
    NotPermittedError,
    StaleDecisionError,
    UndoTooLateError,
)
from moderation.domain.event import Edited
from moderation.domain.vocabulary import BodyFormat, Label, RejectReason, Role, State, Verdict
from moderation.steps import deciding, reviewing, undoing
from moderation.steps.deciding import Decided
from moderation.store.schema import Callback, Decision
from tests.factories import NOW, World


def _decide(
    world: World,
    moderator_id: int,
    public_id: uuid.UUID,
    verdict: Verdict = Verdict.APPROVE,
    *,
    version: int = 1,
    revision: int = 1,
    labels: tuple[Label, ...] = (),
    reason: RejectReason | None = None,
    now: datetime = NOW,
) -> Decided:
    return deciding.decide(
        world.work,
        deciding.Judgement(moderator_id, Role.MODERATOR, verdict, labels=labels, reason=reason),
        deciding.Seen(public_id, revision, version),
        undo_seconds=20,
        now=now,
    )


def test_publishing_a_held_comment_leaves_after_the_undo_grace_period(world: World) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id)
    public_id = world.make_held(site_id)
    decided = _decide(world, world.make_moderator(), public_id)
    assert (decided.state, decided.version) == (State.PUBLISHED, 2)
    with world.runtime.reading() as connection:
        row = connection.execute(
            select(Callback.due_at, Callback.payload, Callback.type).where(Callback.version == 2)
        ).one()
    assert row.due_at == NOW + timedelta(seconds=20)
    assert row.payload["decided_by"] == {"kind": "moderator", "role": "moderator"}
    assert row.type == "comment.decided"


def test_a_rejection_carries_the_ticked_labels_and_no_text(world: World) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id)
    public_id = world.make_held(site_id, body="তোকে গোপন-শব্দ")
    _decide(world, world.make_moderator(), public_id, Verdict.REJECT, labels=(Label.THREAT,))
    status = world.status(site_id)
    assert status.state is State.REJECTED
    assert status.decision is not None
    assert status.decision["labels"] == ["threat"]
    with world.runtime.reading() as connection:
        payloads = [str(payload) for payload in connection.execute(select(Callback.payload)).scalars()]
    assert payloads
    assert not any("গোপন" in payload for payload in payloads)


def test_a_rejection_needs_a_label_or_another_reason(world: World) -> None:
    site_id, moderator_id = world.make_site(), world.make_moderator()
    public_id = world.make_held(site_id)
    with pytest.raises(InvalidValueError):
        _decide(world, moderator_id, public_id, Verdict.REJECT)
    assert (
        _decide(world, moderator_id, public_id, Verdict.REJECT, reason=RejectReason.OFF_TOPIC).state is State.REJECTED
    )


def test_the_second_of_two_moderators_is_refused_and_told_who_was_faster(world: World) -> None:
    site_id = world.make_site()
    public_id = world.make_held(site_id)
    _decide(world, world.make_moderator("Nasrin"), public_id)
    with pytest.raises(StaleDecisionError, match="Nasrin decided"):
        _decide(world, world.make_moderator("Karim"), public_id, Verdict.REJECT, labels=(Label.INSULT,))
    assert world.status(site_id).state is State.PUBLISHED


def test_of_two_moderators_at_the_same_moment_exactly_one_decides(world: World) -> None:
    site_id = world.make_site()
    moderators = [world.make_moderator(name) for name in ("Nasrin", "Karim")]
    for n in range(20):
        public_id = world.make_held(site_id, f"c{n}")
        barrier = threading.Barrier(2)

        def decide(moderator_id: int, public_id: uuid.UUID = public_id, barrier: threading.Barrier = barrier) -> bool:
            barrier.wait()
            try:
                _decide(world, moderator_id, public_id)
            except ModerationError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(decide, moderators)) == [False, True]


def test_a_decision_on_an_edited_comment_is_refused(world: World) -> None:
    site_id = world.make_site()
    public_id = world.make_held(site_id)
    world.receive(site_id, Edited("c1", "অন্য কথা", BodyFormat.PLAIN, NOW + timedelta(minutes=1)))
    with pytest.raises(StaleDecisionError, match="edited"):
        _decide(world, world.make_moderator(), public_id)


def test_a_comment_that_a_colleague_has_open_cannot_be_claimed_or_decided(world: World) -> None:
    site_id = world.make_site()
    public_id = world.make_held(site_id)
    holder, other = world.make_moderator("Nasrin"), world.make_moderator("Karim")
    reviewing.claim(world.work, moderator_id=holder, public_id=public_id, now=NOW)
    with pytest.raises(ClaimedByAnotherError, match="Nasrin"):
        reviewing.claim(world.work, moderator_id=other, public_id=public_id, now=NOW)
    with pytest.raises(ClaimedByAnotherError, match="Nasrin"):
        _decide(world, other, public_id)
    later = NOW + reviewing.CLAIM + timedelta(seconds=1)
    assert reviewing.claim(world.work, moderator_id=other, public_id=public_id, now=later).until > later


def test_a_claim_can_be_renewed_and_given_back(world: World) -> None:
    site_id = world.make_site()
    public_id = world.make_held(site_id)
    holder, other = world.make_moderator("Nasrin"), world.make_moderator("Karim")
    for _ in range(2):
        reviewing.claim(world.work, moderator_id=holder, public_id=public_id, now=NOW)
    reviewing.release(world.work, moderator_id=other, public_id=public_id)
    with pytest.raises(ClaimedByAnotherError):
        reviewing.claim(world.work, moderator_id=other, public_id=public_id, now=NOW)
    reviewing.release(world.work, moderator_id=holder, public_id=public_id)
    claimed = reviewing.claim(world.work, moderator_id=other, public_id=public_id, now=NOW)
    assert claimed.until == NOW + reviewing.CLAIM


def test_an_undo_in_time_brings_the_comment_back_and_nothing_was_sent(world: World) -> None:
    site_id, moderator_id = world.make_site(), world.make_moderator()
    world.make_endpoint(site_id)
    public_id = world.make_held(site_id)
    decided = _decide(world, moderator_id, public_id)
    state = undoing.undo(world.work, moderator_id=moderator_id, decision_id=decided.decision_id, now=NOW)
    assert state is world.status(site_id).state is State.HELD
    with world.runtime.reading() as connection:
        states = connection.execute(select(Callback.version, Callback.state).order_by(Callback.version)).all()
        rows = connection.execute(select(Decision.verdict, Decision.overturns).order_by(Decision.version)).all()
    assert [tuple(row) for row in states] == [(1, "pending"), (2, "cancelled")]
    assert rows[1].verdict is None
    assert rows[1].overturns is not None


def test_an_undo_after_the_callback_left_sends_a_compensating_one(world: World) -> None:
    site_id, moderator_id = world.make_site(), world.make_moderator()
    world.make_endpoint(site_id)
    public_id = world.make_held(site_id)
    decided = _decide(world, moderator_id, public_id)
    with world.work() as unit:
        unit.connection.execute(update(Callback).values(state="delivered"))
    undoing.undo(world.work, moderator_id=moderator_id, decision_id=decided.decision_id, now=NOW)
    with world.runtime.reading() as connection:
        row = connection.execute(select(Callback.type, Callback.version).where(Callback.state == "pending")).one()
    assert tuple(row) == ("comment.held", 3)


def test_only_ones_own_newest_decision_can_be_undone_and_only_for_a_day(world: World) -> None:
    site_id = world.make_site()
    moderator_id, other = world.make_moderator("Nasrin"), world.make_moderator("Karim")
    public_id = world.make_held(site_id)
    decided = _decide(world, moderator_id, public_id)
    with pytest.raises(NotPermittedError):
        undoing.undo(world.work, moderator_id=other, decision_id=decided.decision_id, now=NOW)
    with pytest.raises(UndoTooLateError):
        undoing.undo(
            world.work, moderator_id=moderator_id, decision_id=decided.decision_id, now=NOW + timedelta(days=60)
        )
    _decide(world, other, public_id, Verdict.REJECT, version=2, labels=(Label.INSULT,))
    with pytest.raises(StaleDecisionError):
        undoing.undo(world.work, moderator_id=moderator_id, decision_id=decided.decision_id, now=NOW)


def test_a_later_decision_names_the_one_it_overturns(world: World) -> None:
    site_id, moderator_id = world.make_site(), world.make_moderator()
    public_id = world.make_held(site_id)
    _decide(world, moderator_id, public_id)
    _decide(world, moderator_id, public_id, Verdict.REJECT, version=2, labels=(Label.THREAT,))
    with world.runtime.reading() as connection:
        first, second = connection.execute(select(Decision.id, Decision.overturns).order_by(Decision.id)).all()
    assert second.overturns == first.id


def test_the_same_decision_that_arrives_again_is_told_as_recorded_and_another_one_is_refused(world: World) -> None:
    site_id = world.make_site()
    public_id = world.make_held(site_id)
    moderator_id, other = world.make_moderator(), world.make_moderator("Karim")
    labels = (Label.THREAT, Label.INSULT)
    first = _decide(world, moderator_id, public_id, Verdict.REJECT, labels=labels)
    again = _decide(world, moderator_id, public_id, Verdict.REJECT, labels=labels[::-1])
    assert (again.decision_id, again.version, again.again, first.again) == (first.decision_id, 2, True, False)
    for decider, verdict, ticked in (
        (moderator_id, Verdict.APPROVE, ()),
        (moderator_id, Verdict.REJECT, (Label.THREAT,)),
        (other, Verdict.REJECT, labels),
    ):
        with pytest.raises(StaleDecisionError):
            _decide(world, decider, public_id, verdict, labels=ticked)
    undoing.undo(world.work, moderator_id=moderator_id, decision_id=first.decision_id, now=NOW)
    with pytest.raises(StaleDecisionError):
        _decide(world, moderator_id, public_id, Verdict.REJECT, labels=labels)
