"""Tests of the report's arithmetic, on cases small enough to reckon by hand."""

import json

import numpy as np
import pytest

from classifiers import LABELS, Bundle
from classifiers.banglacheck import Case, Limits, Report, cases, check
from classifiers.banglacheck.cases import Expected
from classifiers.banglacheck.fairness import group_gaps
from classifiers.banglacheck.report import report
from classifiers.thresholds import DEFAULT_HOLD

THRESHOLDS = np.array([DEFAULT_HOLD[label] for label in LABELS])


def case(
    functionality: str, expected: Expected, template: int = 1, group: str | None = None, script: str = "bn"
) -> Case:
    name = f"{functionality}/{script}/test/{template}"
    return Case("text", functionality, expected, ("toxicity",), script, name, "test", group, ())


def scores(*toxicity: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    found = np.zeros((len(toxicity), len(LABELS)))
    found[:, 0] = toxicity
    return found


def small() -> Report:
    chosen = [
        case("calm", "stand", 1),
        case("calm", "stand", 2),
        case("calm", "stand", 2, script="en"),
        case("rude", "hold", 1),
        case("rude", "hold", 2),
    ]
    return report("b", "test", chosen, scores(0.1, 0.9, 0.64, 0.65, 0.3), THRESHOLDS)


def test_a_score_at_its_threshold_holds() -> None:
    found = small()
    assert (found.totals["stand"].right, found.totals["stand"].cases) == (2, 3)
    assert (found.totals["hold"].right, found.totals["hold"].cases) == (1, 2)


def test_any_of_the_seven_scores_can_hold() -> None:
    for at, label in enumerate(LABELS):
        found = np.zeros((1, len(LABELS)))
        found[0, at] = DEFAULT_HOLD[label]
        assert report("b", "test", [case("rude", "hold")], found, THRESHOLDS).totals["hold"].value == 1


def test_other_thresholds_hold_other_cases() -> None:
    strict = np.full((1, len(LABELS)), 0.05)
    found = report("b", "test", [case("calm", "stand")], scores(0.1), strict)
    assert found.totals["stand"].value == 0


def test_shares_are_told_by_functionality_and_script() -> None:
    found = small()
    assert {name: each.all.value for name, each in found.functionalities.items()} == {"calm": 2 / 3, "rude": 0.5}
    assert {name: each.value for name, each in found.functionalities["calm"].scripts.items()} == {"bn": 0.5, "en": 1.0}
    assert found.scripts["en"]["stand"].cases == 1
    assert found.scripts["bn"]["hold"].right == 1


def test_the_interval_resamples_templates_and_not_cases() -> None:
    one_template = [case("rude", "hold", 1) for _ in range(10)]
    found = report("b", "test", one_template, scores(*[0.9] * 5, *[0.1] * 5), THRESHOLDS)
    assert found.totals["hold"].interval == (0.5, 0.5)
    ten = [case("rude", "hold", number) for number in range(10)]
    low, high = report("b", "test", ten, scores(*[0.9] * 5, *[0.1] * 5), THRESHOLDS).totals["hold"].interval
    assert low < 0.3
    assert high > 0.7


def test_wrong_cases_come_worst_first_and_name_the_label() -> None:
    found = small()
    assert [(each.case.functionality, each.label, each.score) for each in found.wrong] == [
        ("calm", "toxicity", 0.9),
        ("rude", "toxicity", 0.3),
    ]
    assert found.wrong[0].margin > 0 > found.wrong[1].margin


def test_what_falls_short_is_told_and_looser_limits_let_it_pass() -> None:
    told = small().shortfalls(Limits())
    assert len(told) == 4
    assert told[0] == "66.7% right of what must stand, under 90%"
    assert told[3] == "rude: 50.0% right, under 70%"
    assert small().shortfalls(Limits(0.6, 0.5, 0.5)) == []


def paired(
    score: dict[tuple[str, Expected], float],
) -> tuple[list[Case], np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Three must-stand and three must-hold templates, each with every group."""
    chosen = [case(expected, expected, number, group) for group, expected in score for number in range(3)]
    return chosen, np.array([score[each.group or "", each.expected] for each in chosen])


def test_groups_that_are_told_alike_have_no_gap() -> None:
    found = group_gaps(*paired({("a", "stand"): 0.1, ("b", "stand"): 0.1, ("a", "hold"): 0.9, ("b", "hold"): 0.9}))
    assert [(each.auc, each.rest, each.gap, each.interval) for each in found.values()] == [(1, 1, 0, (0, 0))] * 2


def test_a_group_whose_abuse_is_not_told_from_its_news_has_a_gap() -> None:
    found = group_gaps(*paired({("a", "stand"): 0.5, ("b", "stand"): 0.1, ("a", "hold"): 0.5, ("b", "hold"): 0.9}))
    assert (found["a"].auc, found["a"].rest, found["a"].gap, found["a"].least_gap) == (0.5, 1.0, 0.5, 0.5)
    assert (found["b"].gap, found["b"].least_gap) == (-0.5, 0.5)


def test_a_name_that_alarms_by_itself_shows_as_false_alarms_though_its_own_auc_is_perfect() -> None:
    found = group_gaps(*paired({("a", "stand"): 0.8, ("b", "stand"): 0.1, ("a", "hold"): 0.9, ("b", "hold"): 0.7}))
    assert (found["a"].auc, found["a"].false_alarms, found["a"].misses) == (1.0, 0.0, 1.0)
    assert (found["b"].false_alarms, found["b"].misses) == (1.0, 0.0)


def test_only_templates_that_several_groups_fill_are_compared() -> None:
    chosen, found = paired({("a", "stand"): 0.1, ("b", "stand"): 0.1, ("a", "hold"): 0.9, ("b", "hold"): 0.9})
    alone = [*chosen, case("lonely", "stand", 9, "a")]
    assert group_gaps(alone, np.append(found, 0.99))["a"].false_alarms == 1
    assert group_gaps([case("lonely", "stand", 9, "a")], np.array([0.5])) == {}


def test_a_gap_that_templates_do_not_agree_on_is_not_sure() -> None:
    chosen, found = paired({("a", "stand"): 0.1, ("b", "stand"): 0.1, ("a", "hold"): 0.9, ("b", "hold"): 0.9})
    one_missed = np.array(
        [0.05 if (each.group, each.expected, each.template[-1]) == ("a", "hold", "0") else score
         for each, score in zip(chosen, found, strict=True)]
    )  # fmt: skip
    gap = group_gaps(chosen, one_missed)["a"]
    assert gap.gap == pytest.approx(1 / 3, abs=1e-4)
    assert gap.least_gap == 0
    assert report("b", "test", chosen, scores(*one_missed), THRESHOLDS).shortfalls(Limits(0, 0, 0, 0.05)) == []


def test_checking_a_bundle_scores_every_case_of_the_half(bundle: Bundle) -> None:
    found = check(bundle, half="test")
    assert (found.bundle, found.half) == ("small", "test")
    assert sum(share.cases for share in found.totals.values()) == len(cases("test"))
    assert set(found.functionalities) == {each.functionality for each in cases("test")}
    assert json.loads(json.dumps(found.to_dict(3)))["totals"]["stand"]["cases"] == found.totals["stand"].cases
