"""Heaps of scores: kept true by scoring, deciding, overturning and undoing, and the same whether folded or not."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from moderation.domain.score_tally import Heap
from moderation.domain.vocabulary import Action, Label, Role, Script, Verdict
from moderation.steps import deciding, undoing
from moderation.steps.deciding import Judgement, Seen
from moderation.store import score_tallies
from tests.factories import NOW, World

SINCE = NOW.date() - timedelta(days=3)


def _heaps(world: World, site_id: int, label: Label = Label.THREAT) -> list[Heap]:
    with world.runtime.reading() as connection:
        found = score_tallies.heaps(connection, site_id, since=SINCE, scripts=list(Script), label=label)
    return sorted(one for one in found if one.scored or one.published or one.rejected)


def _decide(world: World, moderator_id: int, public_id: uuid.UUID, verdict: Verdict, version: int = 1) -> uuid.UUID:
    labels = [Label.THREAT] if verdict is Verdict.REJECT else []
    judgement = Judgement(moderator_id, Role.MODERATOR, verdict, labels)
    seen = Seen(public_id, 1, version)
    return deciding.decide(world.work, judgement, seen, undo_seconds=20, now=NOW).decision_id


def test_a_scored_comment_lies_in_one_heap_of_each_label(world: World) -> None:
    site_id = world.make_site()
    world.make_held(site_id)  # toxicity 0.9 and threat 0.95 both hold it
    assert _heaps(world, site_id) == [Heap(Label.THREAT, "bn", Action.HOLD, 95, 1, 0, 0)]
    assert _heaps(world, site_id, Label.SPAM) == [Heap(Label.SPAM, "bn", Action.HOLD, 0, 1, 0, 0)]


def test_what_holds_a_comment_alone_has_nothing_beside_it(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, body="মারবো")
    world.score(world.words(মারবো=(0.1, 0.1, 0.1, 0.1, 0.95, 0.0, 0.0)))
    assert _heaps(world, site_id) == [Heap(Label.THREAT, "bn", Action.PUBLISH, 95, 1, 0, 0)]


def test_another_site_s_scores_are_not_counted(world: World) -> None:
    site_id, other = world.make_site(), world.make_site("other")
    world.make_held(site_id)
    assert _heaps(world, other) == []


def test_a_decision_counts_while_it_stands(world: World) -> None:
    site_id = world.make_site()
    first, second = world.make_moderator("Karim"), world.make_moderator("Nasrin")
    public_id = world.make_held(site_id)
    _decide(world, first, public_id, Verdict.REJECT)
    assert [(one.published, one.rejected) for one in _heaps(world, site_id)] == [(0, 1)]
    decision_id = _decide(world, second, public_id, Verdict.APPROVE, version=2)
    assert [(one.published, one.rejected) for one in _heaps(world, site_id)] == [(1, 0)]
    undoing.undo(world.work, moderator_id=second, decision_id=decision_id, now=NOW)
    assert [(one.scored, one.published, one.rejected) for one in _heaps(world, site_id)] == [(1, 0, 0)]


def test_heaps_without_a_standing_decision_are_left_out_where_only_decided_ones_are_wanted(world: World) -> None:
    site_id, person = world.make_site(), world.make_moderator()
    public_id = world.make_held(site_id)
    world.make_comment(site_id, "calm")
    world.score()
    _decide(world, person, public_id, Verdict.REJECT)

    def decided() -> set[tuple[str, int]]:
        with world.runtime.reading() as connection:
            found = score_tallies.heaps(connection, site_id, since=SINCE, scripts=list(Script), decided=True)
        assert all(heap.published + heap.rejected == 1 for heap in found)
        return {(heap.label, heap.bin) for heap in found}

    assert (Label.THREAT, 95) in decided()
    assert len(decided()) == len(Label)
    undoing.undo(world.work, moderator_id=person, decision_id=_latest(world), now=NOW)
    assert decided() == set()


def _latest(world: World) -> uuid.UUID:
    with world.runtime.reading() as connection:
        found: uuid.UUID = connection.scalar(text("SELECT public_id FROM decisions ORDER BY id DESC LIMIT 1"))
    return found


def test_a_bulk_counts_each_of_its_decisions_and_one_undo_takes_them_all_off(world: World) -> None:
    site_id, person = world.make_site(), world.make_moderator()
    held = [world.make_held(site_id, f"c{n}") for n in range(3)]
    judgement = Judgement(person, Role.MODERATOR, Verdict.APPROVE)
    bulk = deciding.decide_many(world.work, judgement, [Seen(one, 1, 1) for one in held], undo_seconds=20, now=NOW)
    assert [(one.scored, one.published) for one in _heaps(world, site_id)] == [(3, 3)]
    undoing.undo_many(world.work, moderator_id=person, bulk_id=bulk.bulk_id, now=NOW)
    assert [(one.scored, one.published) for one in _heaps(world, site_id)] == [(3, 0)]


def _fold(world: World) -> None:
    with world.work() as unit:
        score_tallies.fold(unit.connection)


def _leave(_: World) -> None:
    pass


@pytest.mark.parametrize("between", [_fold, _leave], ids=["folded between", "not folded"])
def test_folding_changes_no_sum_and_leaves_no_change_behind(world: World, between: Callable[[World], None]) -> None:
    site_id, person = world.make_site(), world.make_moderator()
    public_id = world.make_held(site_id)
    between(world)
    world.make_held(site_id, "c2")
    between(world)
    _decide(world, person, public_id, Verdict.REJECT)
    before = _heaps(world, site_id)
    _fold(world)
    assert _heaps(world, site_id) == before == [Heap(Label.THREAT, "bn", Action.HOLD, 95, 2, 0, 1)]
    with world.runtime.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM score_tally_changes")) == 0


def test_old_heaps_of_labels_are_dropped_and_those_of_whole_comments_stay(world: World) -> None:
    site_id = world.make_site()
    world.make_held(site_id)
    _fold(world)
    with world.work() as unit:
        unit.connection.execute(text("UPDATE score_tallies SET day = day - 100"))
    _fold(world)
    with world.runtime.reading() as connection:
        assert list(connection.execute(text("SELECT label, rest, scored FROM score_tallies"))) == [
            ("overall", "hold", 1)
        ]


def test_days_are_counted_from_the_first_with_a_score(world: World) -> None:
    site_id = world.make_site()
    with world.runtime.reading() as connection:
        assert score_tallies.days_covered(connection, site_id, since=SINCE) == 0
    world.make_held(site_id)
    _fold(world)
    with world.work() as unit:
        unit.connection.execute(text("UPDATE score_tallies SET day = day - 2"))
        assert score_tallies.days_covered(unit.connection, site_id, since=SINCE - timedelta(days=9)) == 3
