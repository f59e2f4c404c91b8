"""Tests of classifiers.banglacheck.naming: which groups a comment names."""

import pytest

from classifiers import normalise
from classifiers.banglacheck import cases
from classifiers.banglacheck.naming import groups_named


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("হিন্দুদের মন্দির", {"hindu"}),
        ("হিজড়ারা মানুষ", {"hijra"}),
        ("hindura o muslimra", {"hindu", "muslim"}),
        ("Women's rights", {"women"}),
        ("hindustan", set()),
        ("narikel gach", set()),
        ("অহিন্দু", set()),
        ("", set()),
    ],
)
def test_a_name_counts_by_itself_and_with_an_ending_and_not_within_another_word(text: str, expected: set[str]) -> None:
    assert groups_named(normalise(text)) == expected


def test_the_suites_own_cases_name_the_group_that_fills_them() -> None:
    """But for those that a disguise or a compound takes it from."""
    named = [case.group in groups_named(normalise(case.text)) for case in cases("all") if case.group]
    assert sum(named) / len(named) > 0.97
