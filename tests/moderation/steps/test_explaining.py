"""What of an explanation is worth telling, and which words are masked."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers import Bundle, Stretch, load_bundle
from moderation.domain.vocabulary import Label
from moderation.live_classifier import LiveBundle
from moderation.steps import explaining

CONTRIBUTIONS = st.lists(st.floats(-20, 20), max_size=30)


@pytest.fixture(scope="module")
def starter() -> Bundle:
    return load_bundle((Path(__file__).parents[3] / "classifiers" / "bundles" / "starter.alochona").read_bytes())


@given(CONTRIBUTIONS)
def test_what_is_told_keeps_its_order_and_no_side_is_told_more_than_all_of_it(contributions: list[float]) -> None:
    told = explaining.telling([Stretch(at, at + 1, one) for at, one in enumerate(contributions)])
    assert [one.begin for one in told] == sorted(one.begin for one in told)
    for raised in (True, False):
        assert sum(one.share for one in told if one.raised is raised) <= 1 + 1e-9
    assert all(0 < one.share <= 1 + 1e-9 for one in told)


def test_what_moves_a_score_by_next_to_nothing_is_not_told() -> None:
    told = explaining.telling([Stretch(0, 1, 3.0), Stretch(1, 2, 0.3), Stretch(2, 3, -0.1), Stretch(3, 4, -1.0)])
    assert [one.begin for one in told] == [0, 3]
    assert explaining.telling([Stretch(0, 1, 0.1)]) == []


def test_a_short_list_names_what_raised_before_what_lowered(starter: Bundle) -> None:
    live = LiveBundle(1, starter)
    explained = explaining.explain(live, 1, "thank you dear brother, you stupid idiot, good morning", Label.INSULT)
    assert explained is not None
    sides = [one.raised for one in explained.strongest]
    assert sides == sorted(sides, reverse=True)
    assert sides.count(True) <= explaining.NAMED


def test_only_the_bundle_that_scored_explains(starter: Bundle) -> None:
    assert explaining.explain(LiveBundle(2, starter), 1, "you idiot", None) is None
    assert explaining.explain(LiveBundle(2, starter), None, "you idiot", None) is None
    assert explaining.explain(None, 1, "you idiot", None) is None


def test_words_of_listed_terms_are_masked_where_they_stand_disguised_too(starter: Bundle) -> None:
    text = "Good morning, d\u200bonkey friend"
    explained = explaining.explain(LiveBundle(1, starter), 1, text, None, terms=["donkey"])
    assert explained is not None
    assert [text[begin:end] for begin, end in explained.slurs] == ["d\u200bonkey"]
