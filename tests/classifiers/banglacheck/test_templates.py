"""Tests of classifiers.banglacheck.templates and disguising."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.banglacheck.disguising import DISGUISES
from classifiers.banglacheck.templates import Option, fill, slots_of
from classifiers.text import normalise

GROUPS: list[Option] = [(name, {"": f"{name}s", "adj": name}) for name in ("a", "b", "c")]
SLOTS: dict[str, list[Option]] = {"group": GROUPS, "colour": [("red", {"": "red"}), ("blue", {"": "blue"})]}


def _texts(template: str, limit: int = 9, number: int = 0) -> list[str]:
    return [each.text for each in fill(template, SLOTS, limit, number)]


def test_a_template_without_places_is_one_case() -> None:
    assert _texts("plain.") == ["plain."]


def test_a_choice_is_a_case_each() -> None:
    assert _texts("{one|two} fish") == ["one fish", "two fish"]


def test_choices_turn_together_and_a_short_one_begins_again() -> None:
    assert _texts("{x|y} {1|2|3}") == ["x 1", "y 2", "x 3"]


def test_a_list_named_twice_gives_the_same_word_twice() -> None:
    assert _texts("{colour} or {colour}") == ["red or red", "blue or blue"]


def test_the_forms_of_a_group_go_together_and_the_group_is_told() -> None:
    found = list(fill("{group} and a {group.adj}", SLOTS, 9, 0))
    assert [(each.text, each.group) for each in found] == [
        ("as and a a", "a"),
        ("bs and a b", "b"),
        ("cs and a c", "c"),
    ]


def test_there_are_no_more_cases_than_asked_for_and_the_next_template_goes_on_where_this_one_stopped() -> None:
    assert _texts("{group}", limit=2, number=0) == ["as", "bs"]
    assert _texts("{group}", limit=2, number=1) == ["cs", "as"]


def test_brackets_are_taken_out_and_remembered() -> None:
    (first, second) = fill("you [{big|small} fool], [ha]!", SLOTS, 9, 0)
    assert (first.text, second.text) == ("you big fool, ha!", "you small fool, ha!")
    assert [first.text[slice(*span)] for span in first.spans] == ["big fool", "ha"]
    assert [second.text[slice(*span)] for span in second.spans] == ["small fool", "ha"]


def test_only_lists_are_slots() -> None:
    assert slots_of("{group.adj} {a|b} {colour}") == {"group", "colour"}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("word", ["কুত্তার বাচ্চা", "হারামজাদা", "kuttar baccha", "scumbag"])
def test_a_disguise_changes_a_word_in_any_turn(disguise: str, word: str) -> None:
    for turn in range(12):
        assert DISGUISES[disguise](word, turn) != word


@pytest.mark.parametrize("word", ["হারামজাদা", "বেজন্মা", "haramjada", "scumbag"])
def test_hidden_characters_and_points_are_what_the_normaliser_undoes(word: str) -> None:
    for turn in range(3):
        assert normalise(DISGUISES["hidden_characters"](word, turn)) == word


@given(
    st.sampled_from(sorted(DISGUISES)),
    st.text(st.characters(categories=("L", "M", "N")), min_size=1),
    st.integers(0, 99),
)
def test_any_word_can_be_disguised_and_none_is_lost(disguise: str, word: str, turn: int) -> None:
    assert len(DISGUISES[disguise](word, turn)) >= len(word)
