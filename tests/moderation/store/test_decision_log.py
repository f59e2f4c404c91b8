"""The log of decisions: who decided what, why, in place of what; narrowed down, without telling what is to be blind."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from moderation.domain.audit import Lot
from moderation.domain.vocabulary import Actor, Label, RejectReason, Role, Verdict
from moderation.steps import deciding, scoring, undoing
from moderation.steps.scoring import Aside
from moderation.store import decision_log
from moderation.store.decision_log import Fate, Outcome, PastDecision, Wanted
from tests.factories import NOW, World


@pytest.fixture
def site_id(world: World) -> int:
    return world.make_site()


def _decide(
    world: World,
    moderator_id: int,
    public_id: uuid.UUID,
    verdict: Verdict,
    *labels: Label,
    version: int = 1,
    reason: RejectReason | None = None,
) -> uuid.UUID:
    judgement = deciding.Judgement(moderator_id, Role.MODERATOR, verdict, labels, reason)
    seen = deciding.Seen(public_id, 1, version)
    return deciding.decide(world.work, judgement, seen, undo_seconds=20, now=NOW).decision_id


def _log(world: World, wanted: Wanted, before: int | None = None, limit: int = 50) -> list[PastDecision]:
    with world.runtime.reading() as connection:
        return decision_log.latest(connection, wanted, before=before, limit=limit)


def _told(rows: Sequence[PastDecision]) -> list[tuple[str, str | None]]:
    return [(one.who, one.verdict) for one in rows]


def test_each_condition_narrows_the_log_down(world: World, site_id: int) -> None:
    nasrin, karim = world.make_moderator("Nasrin"), world.make_moderator("Karim")
    held = [world.make_held(site_id, f"c{n}") for n in range(3)]
    world.make_comment(site_id, "good", "শুভ সকাল")
    world.score()
    _decide(world, nasrin, held[0], Verdict.REJECT, Label.THREAT)
    _decide(world, karim, held[0], Verdict.APPROVE, version=2)
    _decide(world, nasrin, held[1], Verdict.REJECT, reason=RejectReason.OFF_TOPIC)
    taken_back = _decide(world, karim, held[2], Verdict.APPROVE)
    undoing.undo(world.work, moderator_id=karim, decision_id=taken_back, now=NOW)
    everything = Wanted([site_id])
    assert len(_log(world, everything)) == 6
    assert _told(_log(world, Wanted([site_id], moderator_id=nasrin))) == [("Nasrin", "reject"), ("Nasrin", "reject")]
    assert [one.actor for one in _log(world, Wanted([site_id], actor=Actor.CLASSIFIER))] == [Actor.CLASSIFIER]
    assert len(_log(world, Wanted([site_id], actor=Actor.MODERATOR))) == 5
    assert _log(world, Wanted([site_id], actor=Actor.SITE)) == []
    assert _told(_log(world, Wanted([site_id], outcome=Outcome.WITHDRAWN))) == [("Karim", None)]
    assert len(_log(world, Wanted([site_id], outcome=Outcome.REJECT))) == 2
    assert [one.labels for one in _log(world, Wanted([site_id], label=Label.THREAT))] == [["threat"]]
    assert _log(world, Wanted([site_id], label=Label.SPAM)) == []
    assert [one.reason for one in _log(world, Wanted([site_id], reason=RejectReason.OFF_TOPIC))] == ["off_topic"]
    assert _log(world, Wanted([site_id + 1])) == []


def test_a_decision_tells_what_it_took_the_place_of_and_who_took_its_own(world: World, site_id: int) -> None:
    nasrin, karim = world.make_moderator("Nasrin"), world.make_moderator("Karim")
    held = world.make_held(site_id)
    _decide(world, nasrin, held, Verdict.REJECT, Label.THREAT)
    _decide(world, karim, held, Verdict.APPROVE, version=2)
    (changed,) = _log(world, Wanted([site_id], fate=Fate.CHANGED))
    assert changed.former is not None
    assert (changed.who, changed.former.who, changed.former.verdict) == ("Karim", "Nasrin", Verdict.REJECT)
    (overturned,) = _log(world, Wanted([site_id], fate=Fate.OVERTURNED, moderator_id=nasrin))
    assert (overturned.overturned_by, overturned.standing) == ("Karim", False)
    assert _log(world, Wanted([site_id], fate=Fate.OVERTURNED, moderator_id=karim)) == []


def test_what_a_blind_look_waits_for_is_told_neither_as_a_row_nor_as_what_was_changed(
    world: World, site_id: int
) -> None:
    public_id = world.make_comment(site_id, "c1", "শুভ সকাল")
    aside = Aside(lots=lambda _: Lot(0.0, 0.0, 0.5))
    scoring.score_comments(world.work, world.words().current, now=lambda: NOW, aside=aside)
    assert _log(world, Wanted([site_id])) == []
    nasrin = world.make_moderator()
    decision = _decide(world, nasrin, public_id, Verdict.REJECT, Label.INSULT)
    assert [bool(one.former) for one in _log(world, Wanted([site_id]))] == [True, False]
    undoing.undo(world.work, moderator_id=nasrin, decision_id=decision, now=NOW)
    assert [(one.who, one.former, one.overturned_by) for one in _log(world, Wanted([site_id]))] == [
        ("Nasrin", None, None)
    ]


def test_time_and_pages_are_cut_where_they_are_asked_for(world: World, site_id: int) -> None:
    nasrin = world.make_moderator()
    for n in range(3):
        _decide(world, nasrin, world.make_held(site_id, f"c{n}"), Verdict.APPROVE)
    now, hour = datetime.now(UTC), timedelta(hours=1)
    assert len(_log(world, Wanted([site_id], since=now - hour, until=now + hour))) == 3
    assert _log(world, Wanted([site_id], until=now - hour)) == []
    assert _log(world, Wanted([site_id], since=now + hour)) == []
    first = _log(world, Wanted([site_id]), limit=2)
    second = _log(world, Wanted([site_id]), before=first[-1].id, limit=2)
    assert len({one.id for one in first + second}) == 3


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - the zone is given
def test_the_earliest_id_of_a_moment_is_a_uuid_of_version_7_and_in_order(moment: datetime) -> None:
    first = decision_log.earliest_id(moment)
    assert (first.version, first.variant) == (7, uuid.RFC_4122)
    assert first < decision_log.earliest_id(moment + timedelta(milliseconds=1))


_MANY = text("""
WITH made AS (
    INSERT INTO comments (public_id, site_id, ext_id, story_id, author_id, state, created_at)
    SELECT gen_random_uuid(), c.site_id, 'many-' || n, c.story_id, c.author_id, 'published', now()
    FROM comments c, generate_series(1, 8000) n WHERE c.ext_id = 'c0' RETURNING id, site_id)
INSERT INTO decisions (public_id, site_id, comment_id, version, revision, verdict, labels, actor)
SELECT gen_random_uuid(), site_id, id, 1, 1, 'approve', '{}', 'classifier' FROM made
""")


_READ_BY: list[tuple[dict[str, object], str]] = [
    ({}, "Index Scan Backward"),
    ({"actor": Actor.SITE}, "ix_decisions_people"),
    ({"moderator_id": 1}, "ix_decisions_moderator"),
    ({"reason": RejectReason.OFF_TOPIC}, "ix_decisions_people"),
    ({"fate": Fate.CHANGED}, "ix_decisions_changed"),
    ({"label": Label.THREAT}, "ix_decisions_labels"),
]


def test_no_condition_reads_the_whole_log(world: World, site_id: int) -> None:
    held = world.make_held(site_id, "c0")
    _decide(world, world.make_moderator(), held, Verdict.REJECT, Label.THREAT)
    with world.work() as unit:
        unit.connection.execute(_MANY)
        unit.connection.execute(text("ANALYZE decisions"))
        for condition, index in _READ_BY:
            wanted = Wanted([site_id], **condition)  # type: ignore[arg-type]
            query = decision_log.statement(wanted, before=None, limit=51)
            written = query.compile(unit.connection, compile_kwargs={"literal_binds": True})
            plan = "\n".join(unit.connection.execute(text(f"EXPLAIN {written}".replace(":", "\\:"))).scalars())
            assert index in plan, plan
            assert "Seq Scan on decisions" not in plan
