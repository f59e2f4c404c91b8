"""Tests of classifiers.banglacheck.pointing."""

import pytest

from classifiers import Bundle, Stretch
from classifiers.banglacheck import Case, cases, pointing
from classifiers.banglacheck.pointing import points_at_abuse


def _case(text: str, *words: str) -> Case:
    spans = tuple((text.index(word), text.index(word) + len(word)) for word in words)
    return Case(text, "slurs", "hold", ("toxicity",), "en", "slurs/en/train/1", "train", None, spans)


@pytest.mark.parametrize(
    ("stretch", "right"),
    [
        ("donkey", True),
        ("donkeys", True),
        ("foul", True),
        ("you", False),
        ("donkeys-and-all-their-kin", False),
    ],
)
def test_a_stretch_points_at_abuse_where_most_of_it_is_marked(stretch: str, right: bool) -> None:
    text = "you foul donkeys-and-all-their-kin"
    begin = text.index(stretch)
    assert points_at_abuse(_case(text, "donkey", "foul"), Stretch(begin, begin + len(stretch), 1.0)) is right


def test_where_nothing_raised_the_score_nothing_is_pointed_at() -> None:
    assert not points_at_abuse(_case("you donkey", "donkey"), None)


def test_every_case_with_abusive_words_counts_once_in_each_view(bundle: Bundle) -> None:
    found = pointing(bundle, "test")
    wanted = sum(case.expected == "hold" and bool(case.spans) for case in cases("test"))
    assert found.all.cases == wanted > 500
    for view in (found.scripts, found.groups, found.functionalities):
        assert sum(share.cases for share in view.values()) == wanted
        assert sum(share.right for share in view.values()) == found.all.right


def test_the_starter_points_at_plain_abuse(starter: Bundle) -> None:
    """Words that are abusive by themselves, on the half that may be looked at."""
    found = pointing(starter, "train").functionalities
    for name in ("personal_abuse", "profanity_at_a_person", "spaced_letters", "look_alikes", "repeated_letters"):
        assert found[name].value >= 0.8, name
