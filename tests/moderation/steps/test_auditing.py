"""The audit sample: automatic outcomes that people look at blind, while the comments stand as they were decided."""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.domain.audit import FIRST_DECISIONS, Lot, Lots
from moderation.domain.errors import ClaimedByAnotherError, StaleDecisionError
from moderation.domain.event import Deleted, Edited, Moderated, Reported
from moderation.domain.vocabulary import Action, BodyFormat, Label, Mode, RejectReason, Role, Script, State, Verdict
from moderation.steps import deciding, reviewing, scoring, undoing
from moderation.steps.scoring import Aside
from moderation.store import audit_sample, decision_log, figures, policies, queue_rows, review_queue
from moderation.store.audit_sample import Labelled
from moderation.store.queue_parts import Cursor, View
from moderation.store.schema import AuditDraw, Callback, Comment, Decision
from tests.factories import NOW, World

SPAM = (0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.995)
NEAR = (0.55, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
LATER = NOW + timedelta(minutes=5)


def _all(_: int) -> Lot:
    return Lot(random=0.0, uncertain=0.0, place=0.5)


def _none(_: int) -> Lot:
    return Lot(random=0.999, uncertain=0.999, place=0.5)


def _score(world: World, lots: Lots = _all) -> None:
    live = world.words(casino=SPAM, সন্দেহ=NEAR, তোকে=(0.9, 0.0, 0.0, 0.0, 0.95, 0.0, 0.0))
    scoring.score_comments(world.work, live.current, now=lambda: NOW, aside=Aside(lots=lots))


def _ordinary(_: int) -> Lot:
    return Lot(random=0.999, uncertain=0.0, place=0.5, mixed=0.0)


def _draws(world: World) -> list[AuditDraw]:
    with world.work() as unit:
        return list(unit.connection.execute(select(AuditDraw.__table__).order_by(AuditDraw.id)))  # type: ignore[arg-type]


def _queue(world: World, site_id: int) -> list[uuid.UUID]:
    with world.runtime.reading() as connection:
        rows = queue_rows.page(connection, View(0, [site_id]), limit=50, now=NOW)
    return [row.public_id for row in rows]


def _callbacks(world: World) -> list[tuple[str, int]]:
    with world.runtime.reading() as connection:
        rows = connection.execute(select(Callback.type, Callback.version).order_by(Callback.id))
        return [(row.type, row.version) for row in rows]


def _labelled(world: World) -> list[Labelled]:
    with world.runtime.reading() as connection:
        return list(audit_sample.labelled(connection, now=LATER))


def _decide(
    world: World,
    moderator_id: int,
    public_id: uuid.UUID,
    verdict: Verdict = Verdict.APPROVE,
    version: int = 1,
    labels: Sequence[Label] = (),
) -> deciding.Decided:
    return deciding.decide(
        world.work,
        deciding.Judgement(moderator_id, Role.MODERATOR, verdict, labels=labels),
        deciding.Seen(public_id, 1, version),
        undo_seconds=20,
        now=NOW,
    )


@pytest.fixture
def site_id(world: World) -> int:
    site_id = world.make_site()
    world.make_endpoint(site_id)
    return site_id


@pytest.fixture
def drawn(world: World, site_id: int) -> uuid.UUID:
    """A comment that was published automatically and waits for a blind look."""
    public_id = world.make_comment(site_id)
    _score(world)
    return public_id


def test_a_drawn_comment_goes_on_standing_and_the_site_hears_nothing_of_the_draw(
    world: World, site_id: int, drawn: uuid.UUID
) -> None:
    status = world.status(site_id)
    assert (status.state, status.version) == (State.PUBLISHED, 1)
    assert _callbacks(world) == [("comment.decided", 1)]
    assert _queue(world, site_id) == [drawn]


def test_a_draw_keeps_its_stratum_and_its_probability(world: World, site_id: int) -> None:
    world.make_comment(site_id, "c1")
    world.make_comment(site_id, "c2", "casino bonus")
    _score(world)
    found = [(row.draw, row.script, row.action, row.propensity) for row in _draws(world)]
    assert found == [("random", "bn", "publish", 0.05), ("random", "bn", "reject", 0.05)]


def test_what_is_held_anyway_is_not_drawn_nor_is_anything_at_a_site_that_only_observes(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, "c1", "তোকে মারবো")
    watched = world.make_site("watched", Mode.OBSERVE)
    world.make_comment(watched, "c2")
    _score(world)
    assert _draws(world) == []


def test_without_an_audit_in_the_policy_nothing_is_drawn(world: World, site_id: int) -> None:
    with world.work() as unit:
        policies.save(unit.connection, site_id, {"audit_share": 0}, author="test", note="")
    world.make_comment(site_id)
    _score(world)
    assert _draws(world) == []


def test_a_lot_above_the_share_draws_nothing(world: World, site_id: int) -> None:
    world.make_comment(site_id)
    _score(world, _none)
    assert _draws(world) == []


def test_comments_near_a_threshold_are_drawn_once_the_desk_has_decided_enough(world: World, site_id: int) -> None:
    unlucky = Lot(random=0.5, uncertain=0.0, place=0.5)
    world.make_comment(site_id, "c1", "সন্দেহ আছে")
    _score(world, lambda _: unlucky)
    assert _draws(world) == []
    with world.work() as unit:
        figures.add(unit.connection, {("decided", site_id): FIRST_DECISIONS})
    world.make_comment(site_id, "c2", "সন্দেহ আছে")
    world.make_comment(site_id, "c3", "শুভ সকাল")
    _score(world, lambda _: unlucky)
    (only,) = _draws(world)
    assert only.draw == "uncertain"
    assert 0 < only.propensity < 1


def test_a_person_who_agrees_ends_the_look_and_the_site_hears_nothing(
    world: World, site_id: int, drawn: uuid.UUID
) -> None:
    _decide(world, world.make_moderator(), drawn)
    assert _queue(world, site_id) == []
    assert world.status(site_id).state is State.PUBLISHED
    assert _callbacks(world) == [("comment.decided", 1)]
    (answer,) = _labelled(world)
    assert (answer.verdict, answer.action, answer.script, answer.blind) == (
        Verdict.APPROVE,
        Action.PUBLISH,
        Script.BANGLA,
        True,
    )
    assert answer.text == "শুভ সকাল"


def test_a_person_who_differs_overturns_and_the_site_hears_it(world: World, site_id: int, drawn: uuid.UUID) -> None:
    _decide(world, world.make_moderator(), drawn, Verdict.REJECT, labels=[Label.INSULT])
    assert world.status(site_id).state is State.REJECTED
    assert _callbacks(world) == [("comment.decided", 1), ("comment.decided", 2)]
    (answer,) = _labelled(world)
    assert answer.labels == (Label.INSULT,)
    assert answer.values is not None
    assert answer.values[0] == 1.0


def test_an_answer_within_its_grace_period_is_not_told_yet(world: World, drawn: uuid.UUID) -> None:
    _decide(world, world.make_moderator(), drawn)
    with world.runtime.reading() as connection:
        assert list(audit_sample.labelled(connection, now=NOW)) == []


def test_undoing_an_agreement_brings_the_look_back_and_holds_nothing(
    world: World, site_id: int, drawn: uuid.UUID
) -> None:
    nasrin = world.make_moderator()
    decided = _decide(world, nasrin, drawn)
    assert undoing.undo(world.work, moderator_id=nasrin, decision_id=decided.decision_id, now=NOW) is State.PUBLISHED
    status = world.status(site_id)
    assert (status.state, status.version) == (State.PUBLISHED, 3)
    assert status.decision is not None
    assert status.decision["decided_by"] == "classifier"
    assert _queue(world, site_id) == [drawn]
    assert _callbacks(world) == [("comment.decided", 1)]
    assert _labelled(world) == []


def test_undoing_in_time_takes_an_overturning_back_before_the_site_hears_of_it(
    world: World, site_id: int, drawn: uuid.UUID
) -> None:
    nasrin = world.make_moderator()
    decided = _decide(world, nasrin, drawn, Verdict.REJECT, labels=[Label.INSULT])
    undoing.undo(world.work, moderator_id=nasrin, decision_id=decided.decision_id, now=NOW)
    assert world.status(site_id).state is State.PUBLISHED
    with world.runtime.reading() as connection:
        states = list(connection.scalars(select(Callback.state).order_by(Callback.id)))
    assert states == ["pending", "cancelled"]


def test_undoing_too_late_for_that_tells_the_site_that_the_comment_stands_again(world: World, drawn: uuid.UUID) -> None:
    nasrin = world.make_moderator()
    decided = _decide(world, nasrin, drawn, Verdict.REJECT, labels=[Label.INSULT])
    with world.work() as unit:
        unit.connection.execute(Callback.__table__.update().values(state="delivered"))  # type: ignore[attr-defined]
    undoing.undo(world.work, moderator_id=nasrin, decision_id=decided.decision_id, now=NOW)
    with world.runtime.reading() as connection:
        last = connection.execute(select(Callback.payload).order_by(Callback.id.desc()).limit(1)).scalar_one()
    assert (last["state"], last["version"], last["verdict"]) == ("published", 3, "approve")
    assert last["decided_by"] == {"kind": "moderator"}


def test_claims_and_stale_decisions_are_as_for_held_comments(world: World, drawn: uuid.UUID) -> None:
    nasrin, karim = world.make_moderator(), world.make_moderator("Karim")
    reviewing.claim(world.work, moderator_id=nasrin, public_id=drawn, now=NOW)
    with pytest.raises(ClaimedByAnotherError):
        _decide(world, karim, drawn)
    _decide(world, nasrin, drawn)
    with pytest.raises(StaleDecisionError, match="decided"):
        _decide(world, karim, drawn)


def test_an_edit_or_a_deletion_ends_the_look(world: World, site_id: int, drawn: uuid.UUID) -> None:
    deleted = world.make_comment(site_id, "c2")
    _score(world)
    assert set(_queue(world, site_id)) == {drawn, deleted}
    world.receive(site_id, Edited("c1", "নতুন কথা", BodyFormat.PLAIN, NOW), Deleted("c2", NOW))
    _score(world, _none)
    assert _queue(world, site_id) == []
    with world.work() as unit:
        assert audit_sample.close_unanswerable(unit.connection, drawn_before=NOW - timedelta(days=30)) == 2
        assert audit_sample.close_unanswerable(unit.connection, drawn_before=NOW - timedelta(days=30)) == 0


def test_a_look_that_nobody_took_in_time_is_given_up_and_a_later_decision_is_no_answer(
    world: World, site_id: int, drawn: uuid.UUID
) -> None:
    with world.work() as unit:
        audit_sample.close_unanswerable(unit.connection, drawn_before=LATER + timedelta(days=400))
    assert _queue(world, site_id) == []
    _decide(world, world.make_moderator(), drawn)
    assert _labelled(world) == []


def test_a_drawn_comment_that_readers_report_waits_once_and_its_answer_counts_though_it_was_not_blind(
    world: World, site_id: int, drawn: uuid.UUID
) -> None:
    world.receive(site_id, *(Reported("c1", f"reader {n}", "insult", NOW) for n in range(3)))
    assert world.status(site_id).state is State.HELD
    assert _queue(world, site_id) == [drawn]
    decided = _decide(world, world.make_moderator(), drawn, Verdict.REJECT, version=2, labels=[Label.INSULT])
    (answer,) = _labelled(world)
    assert not answer.blind
    assert decided.state is State.REJECTED


def test_undoing_the_answer_to_a_held_comment_holds_it_again(world: World, site_id: int, drawn: uuid.UUID) -> None:
    world.receive(site_id, *(Reported("c1", f"reader {n}", "insult", NOW) for n in range(3)))
    nasrin = world.make_moderator()
    decided = _decide(world, nasrin, drawn, Verdict.REJECT, version=2, labels=[Label.INSULT])
    assert undoing.undo(world.work, moderator_id=nasrin, decision_id=decided.decision_id, now=NOW) is State.HELD
    assert _queue(world, site_id) == [drawn]


def test_the_sites_own_verdict_answers_too(world: World, site_id: int, drawn: uuid.UUID) -> None:
    moderated = Moderated("c1", Verdict.REJECT, (Label.SPAM,), RejectReason.LABELS, "editor", NOW)
    world.receive(site_id, moderated)
    assert drawn not in _queue(world, site_id)
    (answer,) = _labelled(world)
    assert (answer.verdict, answer.labels, answer.blind) == (Verdict.REJECT, (Label.SPAM,), False)


def test_a_second_opinion_takes_the_first_ones_place(world: World, drawn: uuid.UUID) -> None:
    _decide(world, world.make_moderator(), drawn)
    _decide(world, world.make_moderator("Karim"), drawn, Verdict.REJECT, version=2, labels=[Label.THREAT])
    (answer,) = _labelled(world)
    assert (answer.verdict, answer.blind) == (Verdict.REJECT, True)


def test_the_queue_mixes_drawn_and_held_comments_by_priority_and_pages_through_both(world: World, site_id: int) -> None:
    for n in range(6):
        world.make_comment(site_id, f"h{n}", "তোকে মারবো")
        world.make_comment(site_id, f"d{n}", "শুভ সকাল")
    places: Callable[[int], Lot] = lambda revision_id: Lot(0.0, 0.0, (revision_id % 7) / 7)  # noqa: E731 - a stand-in
    _score(world, places)
    with world.runtime.reading() as connection:
        everything = queue_rows.page(connection, View(0, [site_id]), limit=50, now=NOW)
        paged: list[queue_rows.QueueRow] = []
        while True:
            after = Cursor(paged[-1].priority, paged[-1].id) if paged else None
            page = queue_rows.page(connection, View(0, [site_id]), after=after, limit=5, now=NOW)
            if not page:
                break
            paged += page
    assert len(everything) == 12
    assert [row.id for row in paged] == [row.id for row in everything]
    assert [row.priority for row in paged] == sorted((row.priority for row in paged), reverse=True)
    assert sum(row.drawn for row in paged) == 6


def test_the_automatic_decision_behind_a_look_is_not_listed_until_it_was_taken(
    world: World, site_id: int, drawn: uuid.UUID
) -> None:
    def listed() -> list[uuid.UUID]:
        with world.runtime.reading() as connection:
            rows = decision_log.latest(connection, decision_log.Wanted([site_id]), before=None, limit=10)
        return [row.comment_id for row in rows]

    assert listed() == []
    _decide(world, world.make_moderator(), drawn)
    assert listed() == [drawn, drawn]


def test_a_comment_is_drawn_once_though_its_job_runs_twice(world: World, site_id: int, drawn: uuid.UUID) -> None:
    with world.work() as unit:
        unit.connection.execute(
            Comment.__table__.update().values(state="waiting", attempts=0, lease_until=None)  # type: ignore[attr-defined]
        )
        unit.connection.execute(Decision.__table__.update().values(version=9))  # type: ignore[attr-defined]
    _score(world)
    assert len(_draws(world)) == 1
    assert _queue(world, site_id) == [drawn]


def test_tallies_count_what_was_wrong_by_action_and_leave_other_reasons_out(world: World, site_id: int) -> None:
    nasrin = world.make_moderator()
    comments = [
        world.make_comment(site_id, f"c{n}", body) for n, body in enumerate(("ক", "খ", "গ", "casino", "casino"))
    ]
    _score(world)
    _decide(world, nasrin, comments[0])
    _decide(world, nasrin, comments[1], Verdict.REJECT, labels=[Label.INSULT])
    _decide(world, nasrin, comments[3])
    deciding.decide(
        world.work,
        deciding.Judgement(nasrin, Role.MODERATOR, Verdict.REJECT, reason=RejectReason.OFF_TOPIC),
        deciding.Seen(comments[2], 1, 1),
        undo_seconds=20,
        now=NOW,
    )
    with world.runtime.reading() as connection:
        found = audit_sample.tallies(connection, now=LATER, since=NOW - timedelta(days=30))
        nowhere = audit_sample.tallies(connection, now=LATER, since=NOW - timedelta(days=30), site_ids=[])
        unripe = audit_sample.tallies(connection, now=NOW, since=NOW - timedelta(days=30))
    counts = {(one.action, one.drawn, one.answered, one.wrong) for one in found}
    assert counts == {(Action.PUBLISH, 3, 3, 1), (Action.REJECT, 2, 1, 1)}
    assert nowhere == []
    assert {one.answered for one in unripe} == {0}


def test_ordinary_comments_are_mixed_in_blind_and_enter_no_estimate(world: World) -> None:
    site_id = world.make_site()
    with world.work() as unit:
        policies.save(unit.connection, site_id, {"mix_in": 0.4}, author="test", note="")
        figures.add(unit.connection, {("decided", site_id): FIRST_DECISIONS, ("held", site_id): 100})
    for name, body in (("c1", "শুভ সকাল"), ("c2", "সন্দেহ"), ("c3", "casino"), ("c4", "তোকে মারবো")):
        world.make_comment(site_id, name, body)
    _score(world, _ordinary)
    drawn = {row.comment_id: row.draw for row in _draws(world)}
    assert sorted(drawn.values()) == ["mixed", "uncertain", "uncertain"], (
        "what is near a threshold is no ordinary comment"
    )
    assert len(_queue(world, site_id)) == 4
    (mixed,) = [row for row in _draws(world) if row.draw == "mixed"]
    with world.runtime.reading() as connection:
        public_id = connection.scalar(select(Comment.public_id).where(Comment.id == mixed.comment_id))
        assert isinstance(public_id, uuid.UUID)
        card = review_queue.card(connection, public_id, [site_id], NOW)
    assert card is not None
    assert card.drawn
    rejecting = deciding.Judgement(world.make_moderator(), Role.MODERATOR, Verdict.REJECT, (Label.INSULT,))
    deciding.decide(world.work, rejecting, deciding.Seen(public_id, 1, 1), undo_seconds=0, now=NOW)
    assert _labelled(world) == []


def test_without_a_share_nothing_is_mixed_in(world: World) -> None:
    site_id = world.make_site()
    with world.work() as unit:
        policies.save(unit.connection, site_id, {"mix_in": 0.0}, author="test", note="")
        figures.add(unit.connection, {("decided", site_id): FIRST_DECISIONS, ("held", site_id): 100})
    world.make_comment(site_id, "c1", "শুভ সকাল")
    _score(world, _ordinary)
    assert _draws(world) == []
