from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from classifiers import Bundle, load_bundle
from moderation.domain.errors import PromotionRefusedError
from moderation.domain.vocabulary import Action, Label, Role, Script, Verdict
from moderation.settings import Settings
from moderation.steps import deciding, freezing, gating, promoting, retraining
from moderation.store import audit_log, audit_sample, bundles, gate_verdicts
from moderation.store.audit_sample import Draw, NewDraw
from moderation.store.schema import Comment, Revision
from moderation.store.unit_of_work import Work
from tests.factories import NOW, World
from tests.gold import gold_file, small_desk

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def starter(work: Work, settings: Settings) -> Bundle:
    promoting.ensure_starter(work, settings.starter_bundle)
    return load_bundle(settings.starter_bundle)


def kept(work: Work, starter: Bundle, name: str, lower: float = 0.0) -> str:
    """A bundle like the starter with lower scores, stored."""
    calibration = replace(starter.calibration, offsets=starter.calibration.offsets - lower)
    bundle = replace(starter, name=name, calibration=calibration)
    with work() as unit:
        promoting.register(unit, bundle, origin="import")
    return name


def live_name(work: Work) -> str:
    with work() as unit:
        found = bundles.promoted(unit.connection)
    assert found is not None
    return found.name


def forced(work: Work) -> tuple[bool, str | None]:
    """What the newest entry of the record says of force, and of what it overrode."""
    with work() as unit:
        details = audit_log.latest(unit.connection, 1)[0].details
    return details["forced"], details["overrode"]


def verdicts(work: Work, name: str) -> int:
    with work() as unit:
        one = bundles.find(unit.connection, name)
        return int(
            unit.connection.exec_driver_sql(
                "SELECT count(*) FROM gate_verdicts WHERE bundle_id = %(id)s", {"id": one.id}
            ).scalar_one()
        )


def test_a_bundle_that_is_no_worse_is_promoted_by_hand_once_there_is_a_gold_set(
    work: Work, starter: Bundle, tmp_path: Path
) -> None:
    name = kept(work, starter, "twin")
    with pytest.raises(PromotionRefusedError, match=r"there is no gold set.*--force"):
        gating.promote(work, name, now=NOW)
    assert live_name(work) == starter.name
    freezing.import_gold(work, gold_file(tmp_path))
    assert gating.promote(work, name, now=NOW).live
    assert forced(work) == (False, None)
    assert verdicts(work, name) == 2


def test_a_verdict_that_lets_a_bundle_through_is_not_asked_for_again(
    work: Work, starter: Bundle, tmp_path: Path
) -> None:
    freezing.import_gold(work, gold_file(tmp_path))
    name = kept(work, starter, "twin")
    gating.promote(work, name, now=NOW)
    promoting.roll_back(work)
    gating.promote(work, name, now=NOW)
    assert verdicts(work, name) == 1
    assert live_name(work) == name


def test_a_verdict_about_another_live_bundle_does_not_count(work: Work, starter: Bundle, tmp_path: Path) -> None:
    freezing.import_gold(work, gold_file(tmp_path))
    first, second = kept(work, starter, "first"), kept(work, starter, "second", lower=0.001)
    gating.promote(work, second, now=NOW)
    gating.promote(work, first, now=NOW)
    gating.promote(work, second, now=NOW)
    assert verdicts(work, second) == 2


def test_force_promotes_and_the_record_tells_what_it_overrode(work: Work, starter: Bundle, tmp_path: Path) -> None:
    freezing.import_gold(work, gold_file(tmp_path))
    name = kept(work, starter, "calmer", lower=3.0)
    with pytest.raises(PromotionRefusedError, match="harmful held"):
        gating.promote(work, name, now=NOW)
    gating.promote(work, name, now=NOW, why="the desk asked for it", force=True)
    assert live_name(work) == name
    was_forced, overrode = forced(work)
    assert was_forced
    assert "harmful held" in str(overrode)
    assert promoting.roll_back(work).name == starter.name


def test_a_bundle_from_a_file_passes_the_same_gate_and_is_kept_where_it_does_not(
    work: Work, starter: Bundle, tmp_path: Path
) -> None:
    path = tmp_path / "calmer.alochona"
    calibration = replace(starter.calibration, offsets=starter.calibration.offsets - 3.0)
    path.write_bytes(replace(starter, name="calmer", calibration=calibration).to_bytes())
    freezing.import_gold(work, gold_file(tmp_path))
    with pytest.raises(PromotionRefusedError, match="BanglaCheck"):
        gating.import_bundle(work, path, now=NOW, promoted=True)
    assert live_name(work) == starter.name
    assert gating.import_bundle(work, path, now=NOW, promoted=True, force=True).live


def test_where_nothing_is_live_a_bundle_can_be_worse_than_nothing_no_more(work: Work, settings: Settings) -> None:
    assert gating.import_bundle(work, settings.starter_bundle, now=NOW, promoted=True).live


def answered(world: World, site_id: int, comment_id: str, body: str, *labels: Label, propensity: float = 0.02) -> None:
    """A random draw that a person has decided on."""
    public_id = world.make_held(site_id, comment_id, body)
    status = world.status(site_id, comment_id)
    with world.work() as unit:
        row = unit.connection.execute(
            select(Comment.id, Revision.id, Revision.n)
            .join(Revision, Revision.comment_id == Comment.id)
            .where(Comment.public_id == public_id)
        ).one()
        draw = NewDraw(site_id, row[0], row[1], Draw.RANDOM, Script.BANGLA, Action.PUBLISH, propensity, 1.0)
        audit_sample.add(unit.connection, [draw])
    decided = deciding.decide(
        world.work,
        deciding.Judgement(
            world.make_moderator(f"person-{comment_id}"),
            Role.MODERATOR,
            Verdict.REJECT if labels else Verdict.APPROVE,
            labels=labels,
        ),
        deciding.Seen(public_id, status.revision, status.version),
        undo_seconds=20,
        now=NOW,
    )
    with world.work() as unit:
        decision = unit.connection.exec_driver_sql(
            "SELECT id FROM decisions WHERE public_id = %(id)s", {"id": decided.decision_id}
        ).scalar_one()
        audit_sample.answer(unit.connection, row[0], row[2], decision, blind=True)


def test_random_labels_measure_by_their_weight_and_only_those_that_are_fresh(world: World, work: Work) -> None:
    site_id = world.make_site()
    answered(world, site_id, "c1", "তোকে মারবো একদিন", Label.THREAT, propensity=0.01)
    answered(world, site_id, "c2", "তোকে ধন্যবাদ", propensity=0.5)
    with work() as unit:
        all_of_them = gating.read_sets(unit, now=datetime.now(UTC) + timedelta(days=1), since=None)
        none = gating.read_sets(
            unit, now=datetime.now(UTC) + timedelta(days=1), since=datetime.now(UTC) + timedelta(hours=1)
        )
    assert [one.text for one in all_of_them.random] == ["তোকে মারবো একদিন", "তোকে ধন্যবাদ"]
    assert all_of_them.weights == [100.0, 2.0]
    assert all_of_them.random[0].values[0] == 1.0
    assert all_of_them.random[1].values[0] == 0.0
    assert list(none.random) == []


@pytest.mark.usefixtures("starter")
def test_a_fresh_random_label_teaches_nobody(world: World, work: Work, tmp_path: Path) -> None:
    answered(world, world.make_site(), "c1", "তোকে মারবো একদিন দেখে নিস", Label.THREAT)
    made = retraining.retrain(
        work, labelled=[small_desk(tmp_path)], folder=tmp_path / "r", now=datetime.now(UTC) + timedelta(days=1)
    )
    assert made.decisions == 1
    assert made.measuring == 1
    assert made.verdict.rows["audit"] == 1
    assert made.compared == 1


@pytest.mark.usefixtures("starter")
def test_a_gold_set_that_came_after_a_bundle_was_taught_does_not_measure_it(work: Work, tmp_path: Path) -> None:
    made = retraining.retrain(work, labelled=[small_desk(tmp_path)], folder=tmp_path / "r", now=NOW)
    freezing.import_gold(work, gold_file(tmp_path))
    with pytest.raises(PromotionRefusedError, match="there is no gold set"):
        gating.promote(work, made.bundle, now=NOW)
    again = retraining.retrain(work, labelled=[small_desk(tmp_path)], folder=tmp_path / "r", now=LATER)
    assert gating.promote(work, again.bundle, now=NOW).live


def test_the_newest_verdict_on_a_pair_counts(work: Work, starter: Bundle) -> None:
    name = kept(work, starter, "twin")
    with work() as unit:
        one = bundles.find(unit.connection, name)
        for allowed in (True, False):
            gate_verdicts.add(unit.connection, bundle_id=one.id, champion_id=None, allowed=allowed, document={"n": 1})
        newest = gate_verdicts.newest(unit.connection, bundle_id=one.id, champion_id=None)
        assert newest is not None
        assert not newest.allowed
        assert gate_verdicts.newest(unit.connection, bundle_id=one.id, champion_id=one.id) is None
