"""Policies as people keep them: versions, refusals of what is stale, and going back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from moderation.domain.errors import InvalidValueError, NotFoundError, StalePolicyError
from moderation.domain.keeper import Keeper
from moderation.domain.policy import Policy, Thresholds
from moderation.domain.policy_changes import with_thresholds
from moderation.domain.vocabulary import Label
from moderation.steps import setting_rules
from moderation.store import policies
from tests.factories import NOW, World

NASRIN, KARIM = Keeper("moderator 1", "Nasrin"), Keeper("moderator 2", "Karim")
STRICT = with_thresholds(Policy(), None, {Label.THREAT: Thresholds(0.3)})


def _save(world: World, policy: Policy, expected: int, by: Keeper = NASRIN, note: str = "") -> int:
    return setting_rules.save(
        world.work, site_slug="khobor", policy=policy, note=note, expected=expected, by=by, now=NOW
    )


def _standing(world: World, site_id: int) -> Policy:
    with world.runtime.reading() as connection:
        return policies.rules_of(connection, [site_id])[site_id].policy


def test_a_saved_policy_is_the_next_version_with_its_author_and_note(world: World) -> None:
    site_id = world.make_site()
    assert _save(world, STRICT, 0, note=" নির্বাচনের আগে ") == 1
    assert _standing(world, site_id) == replace(STRICT, version=1)
    with world.runtime.reading() as connection:
        (made,) = policies.history(connection, site_id, limit=5)
    assert (made.author, made.note) == ("Nasrin", "নির্বাচনের আগে")


def test_saving_what_stands_already_makes_no_version(world: World) -> None:
    world.make_site()
    assert _save(world, Policy(), 0) == 0
    assert _save(world, STRICT, 0) == 1
    assert _save(world, STRICT, 1) == 1


def test_saving_on_a_version_that_went_on_is_refused_with_who_and_when(world: World) -> None:
    site_id = world.make_site()
    _save(world, STRICT, 0, by=KARIM)
    with pytest.raises(StalePolicyError) as refused:
        setting_rules.save(
            world.work,
            site_slug="khobor",
            policy=replace(Policy(), blind=True),
            note="",
            expected=0,
            by=NASRIN,
            now=NOW + timedelta(minutes=5),
        )
    assert refused.value.values["name"] == "Karim"
    assert refused.value.values["n"] == 1
    assert refused.value.values["minutes"] >= 5  # type: ignore[operator]
    assert _standing(world, site_id).version == 1


def test_going_back_is_a_new_version_that_equals_the_old_one(world: World) -> None:
    site_id = world.make_site()
    _save(world, STRICT, 0)
    _save(world, replace(STRICT, hold_links_over=9), 1)
    kept = {"site_slug": "khobor", "note": "", "by": NASRIN, "now": NOW}
    assert setting_rules.restore(world.work, n=1, expected=2, **kept) == 3  # type: ignore[arg-type]
    assert _standing(world, site_id) == replace(STRICT, version=3)
    assert setting_rules.restore(world.work, n=0, expected=3, **kept) == 4  # type: ignore[arg-type]
    assert _standing(world, site_id) == Policy(version=4)
    with pytest.raises(NotFoundError):
        setting_rules.restore(world.work, n=9, expected=4, **kept)  # type: ignore[arg-type]


def test_a_note_that_is_too_long_is_refused(world: World) -> None:
    world.make_site()
    with pytest.raises(InvalidValueError):
        _save(world, STRICT, 0, note="x" * (setting_rules.LONGEST_NOTE + 1))
