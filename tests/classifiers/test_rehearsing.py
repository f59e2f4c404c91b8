"""Tests of classifiers.rehearsing: what is taught beside a desk's lessons."""

from classifiers.banglacheck import cases
from classifiers.rehearsing import with_rehearsal
from tests.classifiers.desk import decisions, example


def test_only_labels_that_the_desk_gave_both_values_of_are_rehearsed() -> None:
    desk = [example("এক", toxicity=0.0, insult=1.0), example("দুই", toxicity=1.0)]
    found = with_rehearsal(desk)
    assert found[:2] == desk
    assert len(found) > 1_000
    assert {value for each in found[2:] for value in each.values[1:]} == {None}
    assert {each.values[0] for each in found[2:]} == {0.0, 1.0}


def test_what_teaches_nothing_is_not_made_to_teach() -> None:
    desk = [example("এক", toxicity=0.0)]
    assert with_rehearsal(desk) == desk


def test_nothing_of_the_half_that_measures_is_rehearsed_and_nobody_owns_it() -> None:
    found = with_rehearsal(decisions(20))[20:]
    assert not {each.text for each in found} & {case.text for case in cases("test")}
    assert {(each.origin, each.group, each.person) for each in found} == {("banglacheck", "", "")}
