import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from classifiers.training import Step, cases
from moderation.domain.errors import ConflictError, InvalidValueError
from moderation.settings import Settings
from moderation.steps import freezing, promoting, retraining
from moderation.steps.retraining_report import pictures
from moderation.store import audit_log, bundles, gate_verdicts
from moderation.store.unit_of_work import Work
from tests.gold import GOOD, HARMFUL, gold_file, small_desk

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def unillustrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports without pictures, which have tests of their own: drawing them takes as long as retraining so little."""
    monkeypatch.setattr(pictures, "draw", lambda _: [])


@pytest.fixture
def starter(work: Work, settings: Settings) -> str:
    """The name of the bundle that is live."""
    name = promoting.ensure_starter(work, settings.starter_bundle)
    assert name is not None
    return name


@pytest.fixture
def gold(work: Work, tmp_path: Path) -> None:
    freezing.import_gold(work, gold_file(tmp_path))


def live_name(work: Work) -> str:
    with work() as unit:
        found = bundles.promoted(unit.connection)
    assert found is not None
    return found.name


@pytest.mark.usefixtures("starter", "gold")
def test_a_bundle_that_the_gate_lets_through_goes_live_with_its_report(work: Work, tmp_path: Path) -> None:
    made = retraining.retrain(work, labelled=[small_desk(tmp_path)], folder=tmp_path / "reports", now=NOW, promote=True)
    assert made.verdict.allowed, made.verdict.refusal
    assert made.promoted
    assert live_name(work) == made.bundle
    assert made.verdict.rows["gold"] == len(GOOD) + len(HARMFUL)
    page = made.report.read_text(encoding="utf-8")
    assert "It may be promoted." in page
    assert (made.report.parent / "report.md").exists()
    with work() as unit:
        entry = audit_log.latest(unit.connection, 1)[0]
    assert (entry.act, entry.details["forced"], entry.details["overrode"]) == ("bundle.promoted", False, None)


def test_without_promote_the_bundle_is_kept_with_its_verdict_and_the_live_one_stays(
    work: Work, starter: str, tmp_path: Path
) -> None:
    made = retraining.retrain(work, labelled=[small_desk(tmp_path)], folder=tmp_path / "reports", now=NOW)
    assert not made.promoted
    assert live_name(work) == starter
    with work() as unit:
        kept = bundles.find(unit.connection, made.bundle)
        champion = bundles.find(unit.connection, starter)
        verdict = gate_verdicts.newest(unit.connection, bundle_id=kept.id, champion_id=champion.id)
    assert verdict is not None
    assert not verdict.allowed


@pytest.mark.usefixtures("starter", "gold")
def test_a_second_retraining_starts_from_the_bundle_that_no_desk_has_taught(work: Work, tmp_path: Path) -> None:
    desk = small_desk(tmp_path)
    first = retraining.retrain(work, labelled=[desk], folder=tmp_path / "reports", now=NOW, promote=True)
    second = retraining.retrain(work, labelled=[desk], folder=tmp_path / "reports", now=NOW + timedelta(hours=1))
    assert second.base == first.base
    assert second.live_before == first.bundle


def test_with_too_little_to_measure_on_it_is_refused_with_what_is_missing_unless_forced(
    work: Work, starter: str, tmp_path: Path
) -> None:
    desk, reports = small_desk(tmp_path), tmp_path / "reports"
    refused = retraining.retrain(work, labelled=[desk], folder=reports, now=NOW, promote=True)
    assert refused.refusal is not None
    for told in ("there is no gold set", "0 fresh random labels", "gold import", "200 more comments"):
        assert told in refused.refusal
    assert live_name(work) == starter
    forced = retraining.retrain(
        work, labelled=[desk], folder=reports, now=NOW + timedelta(minutes=1), promote=True, force=True
    )
    assert forced.promoted
    assert live_name(work) == forced.bundle
    with work() as unit:
        assert "forced" in bundles.promotions(unit.connection)[-1].why
        entry = audit_log.latest(unit.connection, 1)[0]
    assert entry.details["forced"]
    assert "there is no gold set" in entry.details["overrode"]


@pytest.mark.usefixtures("gold")
def test_a_desk_that_calls_hate_civil_is_refused(work: Work, starter: str, tmp_path: Path) -> None:
    contrary = tmp_path / "contrary.jsonl"
    rows = [
        {"text": case.text, "toxicity": int(case.expected == "stand"), "weight": 20} for case in cases("train")[::3]
    ]
    contrary.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    made = retraining.retrain(work, labelled=[contrary], folder=tmp_path / "reports", now=NOW, promote=True)
    assert live_name(work) == starter
    assert made.refusal is not None
    assert "worse on BanglaCheck" in made.refusal
    assert "It may not be promoted." in made.report.read_text(encoding="utf-8")


@pytest.mark.usefixtures("starter", "gold")
def test_what_measures_is_not_learned_from_nor_are_its_near_copies(work: Work, tmp_path: Path) -> None:
    path = tmp_path / "leak.csv"
    rows = [f'"{text}!!",0' for text in GOOD] + [f'"{text} ।",1' for text in HARMFUL]
    path.write_text("\n".join(["text,toxicity", *rows]), encoding="utf-8")
    made = retraining.retrain(work, labelled=[path, small_desk(tmp_path)], folder=tmp_path / "reports", now=NOW)
    assert made.measuring == len(GOOD) + len(HARMFUL)
    assert made.examples + made.held_out <= 40
    with pytest.raises(InvalidValueError, match="kept to measure"):
        retraining.retrain(work, labelled=[path], folder=tmp_path / "reports", now=NOW)


@pytest.mark.usefixtures("starter", "gold")
@pytest.mark.parametrize("moment", ["reading", "making features", "fitting labels", "measuring", "writing"])
def test_an_interrupt_leaves_nothing_behind(work: Work, tmp_path: Path, moment: str) -> None:
    def progress(what: str, steps: int) -> Step:
        assert steps > 0
        if what.startswith(moment):
            raise KeyboardInterrupt
        return lambda _: None

    with pytest.raises(KeyboardInterrupt):
        retraining.retrain(
            work, labelled=[small_desk(tmp_path)], folder=tmp_path / "r", now=NOW, promote=True, progress=progress
        )
    assert not (tmp_path / "r").exists()
    with work() as unit:
        assert len(bundles.listed(unit.connection)) == 1


@pytest.mark.usefixtures("starter")
def test_a_report_whose_bundle_could_not_be_stored_is_taken_away(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(bundles, "register", lost)
    with pytest.raises(KeyboardInterrupt):
        retraining.retrain(work, labelled=[small_desk(tmp_path)], folder=tmp_path / "reports", now=NOW)
    assert list((tmp_path / "reports").glob("*")) == []


def test_a_bundle_that_went_live_meanwhile_is_not_replaced_unseen(work: Work, starter: str, tmp_path: Path) -> None:
    def progress(what: str, _: int) -> Step:
        if what == "writing the report":
            with work() as unit:
                content = bundles.content_of(unit.connection, bundles.find(unit.connection, starter).id)
                other = bundles.register(
                    unit.connection, name="o", digest="o", content=content, card="", metrics={}, origin="x"
                )
                bundles.promote(unit.connection, other, by="a colleague", why="")
        return lambda _: None

    with pytest.raises(ConflictError, match="went live"):
        retraining.retrain(
            work, labelled=[small_desk(tmp_path)], folder=tmp_path / "reports", now=NOW, progress=progress
        )
    assert live_name(work) == "o"


@pytest.mark.usefixtures("starter")
def test_nothing_to_learn_from_is_said_as_such(work: Work, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="nobody has decided"):
        retraining.retrain(work, folder=tmp_path, now=NOW)


def test_a_broken_file_is_refused_with_its_line(work: Work, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"text": "a", "toxicity": 0}\n{"text": "b", "toxicity": 7}\n', encoding="utf-8")
    with pytest.raises(InvalidValueError, match="line 2"):
        retraining.retrain(work, labelled=[broken], folder=tmp_path, now=NOW)


def test_without_a_live_bundle_there_is_nothing_to_start_from(work: Work, tmp_path: Path) -> None:
    with pytest.raises(ConflictError, match="migrate"):
        retraining.retrain(work, labelled=[small_desk(tmp_path)], folder=tmp_path, now=NOW)


@pytest.mark.usefixtures("starter")
def test_one_persons_labels_can_be_left_out(work: Work, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    rows = [{"text": f"আরেকটা {n}", "toxicity": 1, "person": "Rahima"} for n in range(7)]
    other.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    desk, reports = small_desk(tmp_path), tmp_path / "reports"
    once = retraining.retrain(work, labelled=[desk], folder=reports, now=NOW)
    made = retraining.retrain(
        work, labelled=[desk, other], folder=tmp_path / "again", now=NOW, without_people=["Rahima"]
    )
    assert made.left_out == 7
    assert made.examples == once.examples
    assert made.digest == once.digest
