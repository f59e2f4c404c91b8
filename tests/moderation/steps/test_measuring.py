"""Drift is measured once a day, against what the live bundle was trained on or its own first comments."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert, text

from classifiers import LABELS, LEAST_PROFILED, Bundle, profile_of
from moderation.domain.jobs import Job
from moderation.drawing import drawn_elsewhere
from moderation.steps import measuring, promoting, sweeping
from moderation.store import bundles, drift
from moderation.store.schema import Revision, Score
from tests.factories import World
from tests.made_bundles import constant_bundle

CIVIL = (0.05,) * len(LABELS)
RUDE = (0.85,) * len(LABELS)


def _with_reference() -> Bundle:
    bundle = constant_bundle("measured")
    usual = profile_of(bundle, ["ক"] * 1_000, ["bn"] * 1_000, np.full((1_000, len(LABELS)), 0.05))
    return replace(bundle, metrics={"reference": usual.to_dict()})


@dataclass(frozen=True)
class Live:
    bundle_id: int
    bundle: Bundle


def _promote(world: World, bundle: Bundle) -> Live:
    with world.work() as unit:
        identity_ = promoting.register(unit, bundle, origin="test")
        bundles.promote(unit.connection, identity_, by="test", why="test")
    return Live(identity_, bundle)


def _scored(world: World, live: Live, scores: tuple[float, ...], count: int, *, shadow: bool = False) -> None:
    """Comments that the bundle scored just now, written straight into the tables."""
    site_id = world.sites.get("khobor") or world.make_site()
    world.make_comment(site_id, f"c{count}-{scores[0]}-{shadow}")
    with world.work() as unit:
        comment = unit.connection.execute(text("SELECT max(id) FROM comments")).scalar_one()
        rows = [
            {
                "comment_id": comment,
                "n": 2 + n,
                "text": "ক",
                "normalised": "ক",
                "script": "bn",
                "written_at": _now(world),
            }
            for n in range(count)
        ]
        ids = unit.connection.execute(insert(Revision).returning(Revision.id), rows).scalars().all()
        columns = dict(zip(LABELS, scores, strict=True))
        unit.connection.execute(
            insert(Score),
            [{"revision_id": one, "bundle_id": live.bundle_id, "shadow": shadow, **columns} for one in ids],
        )


def _now(world: World) -> datetime:
    return world.runtime.now()


def _measure(world: World, live: Live | None, later: timedelta = timedelta(seconds=5)) -> int:
    return measuring.measure_drift(world.work, lambda: live, lambda _: "<svg/>", now=_now(world) + later)


def _newest(world: World) -> drift.Measured | None:
    with world.runtime.reading() as connection:
        return drift.newest(connection)


def test_a_days_comments_are_compared_with_what_the_bundle_was_trained_on(world: World) -> None:
    live = _promote(world, _with_reference())
    _scored(world, live, RUDE, LEAST_PROFILED)
    assert _measure(world, live) == LEAST_PROFILED
    found = _newest(world)
    assert found is not None
    assert found.drift is not None
    assert (found.origin, found.drift["strength"]["threat"]) == (measuring.TRAINING, "strong")
    with world.runtime.reading() as connection:
        assert drift.picture_of(connection, live.bundle_id) == "<svg/>"


def test_like_comments_are_steady(world: World) -> None:
    live = _promote(world, _with_reference())
    _scored(world, live, CIVIL, LEAST_PROFILED)
    _measure(world, live)
    found = _newest(world)
    assert found is not None
    assert found.drift is not None
    assert set(found.drift["strength"].values()) == {"steady"}


def test_a_bundle_without_a_reference_is_compared_with_its_own_first_comments(world: World) -> None:
    live = _promote(world, constant_bundle("measured"))
    _scored(world, live, CIVIL, LEAST_PROFILED)
    _measure(world, live)
    first = _newest(world)
    assert first is not None
    assert (first.origin, first.drift) == (measuring.FIRST_COMMENTS, None)
    _scored(world, live, RUDE, 2 * LEAST_PROFILED)
    _measure(world, live, timedelta(hours=2))
    second = _newest(world)
    assert second is not None
    assert second.drift is not None
    assert (second.origin, second.drift["strength"]["spam"]) == (measuring.FIRST_COMMENTS, "strong")
    assert second.reference is not None
    assert second.reference["comments"] == LEAST_PROFILED


def test_too_few_comments_are_counted_and_looked_at_again_within_the_hour(world: World) -> None:
    live = _promote(world, _with_reference())
    _scored(world, live, CIVIL, LEAST_PROFILED - 1)
    _measure(world, live)
    found = _newest(world)
    assert found is not None
    assert (found.comments, found.drift) == (LEAST_PROFILED - 1, None)
    assert _measure(world, live, timedelta(minutes=30)) == 0
    _scored(world, live, CIVIL, 1)
    assert _measure(world, live, timedelta(minutes=61)) == LEAST_PROFILED
    with world.runtime.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM drift_measurements")).scalar_one() == 1


def test_it_is_measured_once_a_day(world: World) -> None:
    live = _promote(world, _with_reference())
    _scored(world, live, CIVIL, LEAST_PROFILED)
    assert _measure(world, live) == LEAST_PROFILED
    assert _measure(world, live, timedelta(hours=23)) == 0
    with world.runtime.reading() as connection:
        assert not drift.is_due(connection, _now(world) + timedelta(hours=23))
        assert drift.is_due(connection, _now(world) + timedelta(hours=25))


def test_another_promoted_bundle_is_due_at_once(world: World) -> None:
    _measure(world, _promote(world, _with_reference()))
    _promote(world, replace(constant_bundle("measured"), name="other"))
    with world.runtime.reading() as connection:
        assert drift.is_due(connection, _now(world))


def test_what_a_shadow_scored_counts_for_nothing(world: World) -> None:
    live = _promote(world, _with_reference())
    _scored(world, live, RUDE, 10, shadow=True)
    _scored(world, live, CIVIL, 5)
    assert _measure(world, live) == 5


def test_without_a_live_bundle_nothing_is_due(world: World) -> None:
    assert _measure(world, None) == 0
    with world.runtime.reading() as connection:
        assert not drift.is_due(connection, _now(world))


def test_a_picture_that_cannot_be_drawn_costs_no_numbers(world: World) -> None:
    live = _promote(world, _with_reference())
    _scored(world, live, CIVIL, LEAST_PROFILED)

    def fails(_: Mapping[str, Any]) -> str:
        raise ValueError("no ink")

    measuring.measure_drift(world.work, lambda: live, fails, now=_now(world) + timedelta(seconds=5))
    found = _newest(world)
    assert found is not None
    assert found.drift is not None


def test_the_sweep_announces_a_measurement_that_is_due(world: World, announced: list[Job]) -> None:
    live = _promote(world, _with_reference())
    sweeping.sweep(world.work, now=_now(world))
    assert Job.MEASURE_DRIFT in announced
    _scored(world, live, CIVIL, LEAST_PROFILED)
    _measure(world, live)
    announced.clear()
    sweeping.sweep(world.work, now=_now(world) + timedelta(minutes=5))
    assert Job.MEASURE_DRIFT not in announced


def test_the_picture_is_svg_whose_words_are_text_of_their_own() -> None:
    bundle = _with_reference()
    usual = bundle.metrics["reference"]
    svg = drawn_elsewhere({"profile": usual, "reference": usual})
    assert svg.startswith("<?xml")
    for word in (*LABELS, "scripts", "usual", "last_day"):
        assert f">{word}</text>" in svg


def test_a_drawing_that_fails_says_why() -> None:
    with pytest.raises(ValueError, match="KeyError"):
        drawn_elsewhere({})
