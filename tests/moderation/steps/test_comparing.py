"""A shadow scores beside the live bundle and decides nothing; a comparison says what it would have changed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select

from classifiers import Bundle, Scored
from moderation.domain.errors import NotFoundError
from moderation.domain.vocabulary import Action, State
from moderation.steps import comparing, promoting, scoring
from moderation.steps.scoring import Aside
from moderation.store import bundles, policies
from moderation.store.schema import Bundle as StoredBundle
from moderation.store.schema import Score
from tests.factories import NOW, World
from tests.fakes import FixedLive
from tests.made_bundles import constant_bundle

THREAT = (0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)


def _register(world: World, bundle: Bundle) -> int:
    with world.work() as unit:
        return promoting.register(unit, bundle, origin="test")


def _score(world: World, live: FixedLive, shadow: FixedLive | None) -> None:
    aside = Aside(shadow=lambda: shadow)
    scoring.score_comments(world.work, live.current, now=lambda: NOW, aside=aside)


def _scores(world: World) -> list[tuple[int, bool]]:
    with world.runtime.reading() as connection:
        return [(row.bundle_id, row.shadow) for row in connection.execute(select(Score.__table__).order_by(Score.id))]


def test_a_shadows_scores_are_kept_and_marked_and_the_live_ones_decide(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    live, shadow = world.words(), world.words(শুভ=THREAT)
    _score(world, live, shadow)
    assert _scores(world) == [(live.bundle_id, False), (shadow.bundle_id, True)]
    status = world.status(site_id)
    assert status.state is State.PUBLISHED
    assert status.scores is not None
    assert status.scores["threat"] < 0.1


class Breaks:
    name = "breaks"

    def score(self, texts: Sequence[str]) -> list[Scored]:
        raise MemoryError(f"{len(texts)} are too many")


def test_a_shadow_that_fails_harms_no_comment(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    live = world.words()
    broken = replace(world.words(), bundle=Breaks())  # type: ignore[arg-type]
    _score(world, live, broken)
    assert world.status(site_id).state is State.PUBLISHED
    assert _scores(world) == [(live.bundle_id, False)]


def test_a_shadow_that_cannot_even_be_read_harms_no_comment(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)

    def unreadable() -> None:
        raise OSError("the database went away")

    live = world.words()
    scoring.score_comments(world.work, live.current, now=lambda: NOW, aside=Aside(shadow=unreadable))
    assert world.status(site_id).state is State.PUBLISHED


def test_the_live_bundle_is_not_its_own_shadow(world: World) -> None:
    world.make_comment(world.make_site())
    live = world.words()
    _score(world, live, live)
    assert _scores(world) == [(live.bundle_id, False)]


def test_a_shadow_that_becomes_live_owns_its_scores(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    live, shadow = world.words(), world.words()
    _score(world, live, shadow)
    with world.work() as unit:
        unit.connection.exec_driver_sql("UPDATE comments SET state = 'waiting', attempts = 0, lease_until = NULL")
        unit.connection.exec_driver_sql("UPDATE decisions SET version = 9")
    _score(world, shadow, None)
    assert _scores(world) == [(live.bundle_id, False), (shadow.bundle_id, False)]


def test_a_shadow_is_chosen_taken_up_and_switched_off(world: World) -> None:
    _register(world, constant_bundle("live", -9.0))
    _register(world, constant_bundle("candidate", 9.0))
    assert promoting.set_shadow(world.work, "candidate") is not None
    current = world.runtime.shadow.current()
    assert current is not None
    assert current.bundle.name == "candidate"
    with world.runtime.reading() as connection:
        assert [one.name for one in bundles.listed(connection) if one.shadow] == ["candidate"]
    assert promoting.set_shadow(world.work, None) is None
    with world.runtime.reading() as connection:
        assert bundles.shadow(connection) is None
    with pytest.raises(NotFoundError):
        promoting.set_shadow(world.work, "nobody")


def test_a_comparison_from_stored_scores_tells_changes_both_ways(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, "c1", "শুভ সকাল")
    world.make_comment(site_id, "c2", "তোকে মারবো")
    world.make_comment(site_id, "c3", "কেমন আছেন")
    live, shadow = world.words(তোকে=THREAT), world.words(শুভ=THREAT)
    _score(world, live, shadow)
    with world.runtime.reading() as connection:
        names = {row.id: row.name for row in connection.execute(select(StoredBundle.id, StoredBundle.name))}
    found = comparing.compare(world.work, names[live.bundle_id], names[shadow.bundle_id], now=world.runtime.now())
    assert (found.comments, found.scored_again, found.changed) == (3, 0, 2)
    assert found.by_way == {(Action.PUBLISH, Action.HOLD): 1, (Action.HOLD, Action.PUBLISH): 1}
    assert found.by_label == {"threat": 2, "toxicity": 2}
    assert {(one.text, one.before, one.after) for one in found.examples} == {
        ("শুভ সকাল", Action.PUBLISH, Action.HOLD),
        ("তোকে মারবো", Action.HOLD, Action.PUBLISH),
    }


def test_what_was_never_scored_by_a_bundle_is_scored_again_and_stored_nowhere(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, "c1")
    world.make_comment(site_id, "c2")
    world.score()
    before = _scores(world)
    mild, strict = constant_bundle("mild", -9.0), constant_bundle("strict", 9.0)
    _register(world, mild)
    _register(world, strict)
    seen: list[tuple[int, int]] = []
    found = comparing.compare(
        world.work, "mild", "strict", now=world.runtime.now(), progress=lambda done, of: seen.append((done, of))
    )
    assert (found.comments, found.scored_again, found.changed) == (2, 4, 2)
    assert found.by_way == {(Action.PUBLISH, Action.HOLD): 2}
    assert seen[-1] == (4, 4)
    assert _scores(world) == before
    assert comparing.compare(world.work, "mild", "mild", now=world.runtime.now()).changed == 0


def test_the_policy_of_the_comments_own_site_counts(world: World) -> None:
    site_id = world.make_site()
    with world.work() as unit:
        never = {"thresholds": {"toxicity": {"hold": None, "reject": None}}}
        policies.save(unit.connection, site_id, never, author="test", note="")
    world.make_comment(site_id)
    world.score()
    _register(world, constant_bundle("mild", -9.0))
    _register(world, constant_bundle("strict", 9.0))
    assert comparing.compare(world.work, "mild", "strict", now=world.runtime.now()).changed == 0


def test_the_quick_comparison_looks_at_the_visitors_sites_only(world: World) -> None:
    site_id, other = world.make_site(), world.make_site("other")
    world.make_comment(site_id, "c1")
    world.make_comment(other, "c2")
    live, shadow = world.words(), world.words(শুভ=THREAT)
    _score(world, live, shadow)
    with world.runtime.reading() as connection:
        listed = {one.id: one for one in bundles.listed(connection)}
    pair = listed[live.bundle_id], listed[shadow.bundle_id]
    found = comparing.compare_stored(world.work, *pair, site_ids=[other], now=world.runtime.now())
    assert (found.comments, [one.site_id for one in found.examples]) == (1, [other])
