from dataclasses import dataclass, replace

import pytest

from classifiers import Bundle, load_bundle
from moderation.domain.vocabulary import Action
from moderation.settings import Settings
from moderation.steps import outcome_changes, setting_rules
from moderation.steps.outcome_changes import Changes
from moderation.store.unit_of_work import Work
from tests.factories import NOW, World
from tests.gold import GOOD, HARMFUL


@dataclass(frozen=True)
class Pair:
    before: Bundle
    after: Bundle


@pytest.fixture
def calmer(settings: Settings) -> Pair:
    """The starter, and the same with lower scores."""
    starter = load_bundle(settings.starter_bundle)
    calibration = replace(starter.calibration, offsets=starter.calibration.offsets - 40.0)
    return Pair(starter, replace(starter, calibration=calibration))


def compared(work: Work, pair: Pair) -> Changes:
    with work() as unit:
        recent = outcome_changes.read_recent(unit)
    return outcome_changes.changes(recent, pair.before, pair.after, now=NOW)


def test_what_would_be_treated_otherwise_is_listed_with_label_and_scores(
    world: World, work: Work, calmer: Pair
) -> None:
    site_id = world.make_site()
    for number, text in enumerate((GOOD[0], HARMFUL[0], HARMFUL[1])):
        world.make_comment(site_id, f"c{number}", text)
    found = compared(work, calmer)
    assert found.of == 3
    assert {one.comment for one in found.all} == {"c1", "c2"}
    assert found.counts == {(Action.HOLD, Action.PUBLISH): 2}
    for one in found.all:
        assert one.site == "khobor"
        assert one.score_before is not None
        assert one.score_after is not None
        assert one.score_before > one.score_after
    assert [one.moved for one in found.all] == sorted((one.moved for one in found.all), reverse=True)
    back = compared(work, Pair(calmer.after, calmer.before))
    assert back.counts == {(Action.PUBLISH, Action.HOLD): 2}
    assert {one.why for one in back.all} == {one.why for one in found.all}


def test_the_sites_own_policy_decides(world: World, work: Work, calmer: Pair) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, "c1", HARMFUL[0])
    never = {"thresholds": {label: {"hold": None, "reject": None} for label in _labels()}}
    setting_rules.set_policy(work, site_slug="khobor", document=never, note="")
    assert compared(work, calmer).all == []


def _labels() -> list[str]:
    return ["toxicity", "insult", "profanity", "identity_attack", "threat", "sexually_explicit", "spam"]


def test_what_another_rule_holds_anyway_does_not_change(world: World, work: Work, calmer: Pair) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, "c1", HARMFUL[0])
    world.make_term_list(site_id, "গাধার")
    assert compared(work, calmer).all == []


def test_the_same_bundle_changes_nothing_and_no_comment_is_no_fault(work: Work, calmer: Pair) -> None:
    found = compared(work, replace(calmer, after=calmer.before))
    assert (found.of, list(found.all)) == (0, [])
