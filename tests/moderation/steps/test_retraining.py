import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from classifiers.training import Step
from moderation.domain.errors import ConflictError, InvalidValueError, PromotionRefusedError
from moderation.settings import Settings
from moderation.steps import promoting, retraining
from moderation.steps.retraining_report import Compared, Comparison
from moderation.store import bundles
from moderation.store.unit_of_work import Work

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CIVIL = "আজকের খবরটা পড়ে ভালো লাগল, ধন্যবাদ {}"
RUDE = "ফাকিবাজ কুলাঙ্গার একটা {}"


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Comments that a desk keeps apart by one made-up word, so that the outcome does not hang on chance."""
    path = tmp_path / "desk.jsonl"
    lines = []
    for number in range(120):
        lines.append({"text": f"{CIVIL.format(number)} সুজলং", "toxicity": 0})
        lines.append({"text": f"{RUDE.format(number)} কটিমর", "toxicity": 1})
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


def live_name(work: Work) -> str:
    with work() as unit:
        found = bundles.promoted(unit.connection)
    assert found is not None
    return found.name


def test_a_retrained_bundle_that_is_no_worse_goes_live_with_its_report(
    work: Work, settings: Settings, labelled: Path, tmp_path: Path
) -> None:
    promoting.ensure_starter(work, settings.starter_bundle)
    made = retraining.retrain(work, labelled=[labelled], folder=tmp_path / "reports", now=NOW, promote=True)
    assert made.promoted
    assert live_name(work) == made.bundle
    assert made.held_out > 0
    assert "toxicity" in made.report.read_text(encoding="utf-8")
    assert (made.report.parent / "comparison.png").read_bytes().startswith(b"\x89PNG")


def test_without_promote_the_bundle_is_kept_and_the_live_one_stays(
    work: Work, settings: Settings, labelled: Path, tmp_path: Path
) -> None:
    name = promoting.ensure_starter(work, settings.starter_bundle)
    made = retraining.retrain(work, labelled=[labelled], folder=tmp_path / "reports", now=NOW)
    assert not made.promoted
    assert live_name(work) == name
    with work() as unit:
        assert made.bundle in [one.name for one in bundles.listed(unit.connection)]


def test_a_second_retraining_starts_from_the_bundle_that_no_desk_has_taught(
    work: Work, settings: Settings, labelled: Path, tmp_path: Path
) -> None:
    name = promoting.ensure_starter(work, settings.starter_bundle)
    first = retraining.retrain(work, labelled=[labelled], folder=tmp_path, now=NOW, promote=True)
    second = retraining.retrain(work, labelled=[labelled], folder=tmp_path, now=NOW + timedelta(hours=1))
    assert second.base == name
    assert second.live_before == first.bundle


def test_what_cannot_be_measured_is_not_promoted_unless_forced(work: Work, settings: Settings, tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text('{"text": "সুন্দর", "toxicity": 0}\n{"text": "কুলাঙ্গার", "toxicity": 1}\n', encoding="utf-8")
    name = promoting.ensure_starter(work, settings.starter_bundle)
    refused = retraining.retrain(work, labelled=[few], folder=tmp_path, now=NOW, promote=True, seed=2)
    assert refused.refusal is not None
    assert live_name(work) == name
    forced = retraining.retrain(
        work, labelled=[few], folder=tmp_path, now=NOW + timedelta(minutes=1), promote=True, force=True, seed=2
    )
    assert live_name(work) == forced.bundle
    with work() as unit:
        assert "forced" in bundles.promotions(unit.connection)[-1].why


def test_nothing_to_learn_from_is_said_as_such(work: Work, settings: Settings, tmp_path: Path) -> None:
    promoting.ensure_starter(work, settings.starter_bundle)
    with pytest.raises(InvalidValueError, match="nobody has decided"):
        retraining.retrain(work, folder=tmp_path, now=NOW)


def test_a_broken_file_is_refused_with_its_line(work: Work, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"text": "a", "toxicity": 0}\n{"text": "b", "toxicity": 7}\n', encoding="utf-8")
    with pytest.raises(InvalidValueError, match="line 2"):
        retraining.retrain(work, labelled=[broken], folder=tmp_path, now=NOW)


def test_without_a_live_bundle_there_is_nothing_to_start_from(work: Work, labelled: Path, tmp_path: Path) -> None:
    with pytest.raises(ConflictError, match="migrate"):
        retraining.retrain(work, labelled=[labelled], folder=tmp_path, now=NOW)


@pytest.mark.parametrize("part", ["reading", "making features", "fitting labels", "measuring", "writing"])
def test_an_interrupt_in_any_part_leaves_nothing_half_done(
    work: Work, settings: Settings, labelled: Path, tmp_path: Path, part: str
) -> None:
    name = promoting.ensure_starter(work, settings.starter_bundle)
    interrupted = []

    def note(what: str, steps: int) -> Step:
        if what.startswith(part):
            interrupted.append(what)
            raise KeyboardInterrupt
        assert steps > 0
        return lambda _: None

    with pytest.raises(KeyboardInterrupt):
        retraining.retrain(
            work, labelled=[labelled], folder=tmp_path / "r", now=NOW, promote=True, force=True, progress=note
        )
    assert interrupted
    assert not (tmp_path / "r").exists()
    with work() as unit:
        assert [one.name for one in bundles.listed(unit.connection)] == [name]


def test_one_persons_labels_can_be_left_out(work: Work, settings: Settings, labelled: Path, tmp_path: Path) -> None:
    promoting.ensure_starter(work, settings.starter_bundle)
    other = tmp_path / "other.jsonl"
    rows = [{"text": f"আরেকটা {n}", "toxicity": 1, "person": "Rahima"} for n in range(7)]
    other.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    both = [labelled, other]
    once = retraining.retrain(work, labelled=[labelled], folder=tmp_path, now=NOW)
    made = retraining.retrain(work, labelled=both, folder=tmp_path, now=NOW, without_people=["Rahima"])
    assert made.left_out == 7
    assert made.examples == once.examples
    assert made.digest == once.digest


def compared(label: str, before: float, after: float) -> Compared:
    return Compared(label, 100, 50, before, after, None, None, 0.05, 0.05)


@pytest.mark.parametrize(
    ("labels", "allowed"),
    [
        ([("toxicity", 0.80, 0.85)], True),
        ([("toxicity", 0.800, 0.797)], True),
        ([("toxicity", 0.80, 0.79)], False),
        ([("toxicity", 0.80, 0.90), ("threat", 0.90, 0.85)], False),
        ([("toxicity", 0.80, 0.90), ("threat", 0.90, 0.89)], True),
        ([], False),
    ],
)
def test_only_a_bundle_that_is_shown_to_be_no_worse_may_go_live(
    labels: list[tuple[str, float, float]], allowed: bool
) -> None:
    comparison = Comparison(tuple(compared(*one) for one in labels), 100)
    if allowed:
        retraining.refuse_worse(comparison)
    else:
        with pytest.raises(PromotionRefusedError):
            retraining.refuse_worse(comparison)
