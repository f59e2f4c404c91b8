"""Tests of classifiers.influence: nobody counts more than their share, and what is new counts more than what is old."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.influence import HALF_LIFE, PERSON_SHARE, REGULAR, TIMES_EQUAL, influence_of, recency
from classifiers.training import Example

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def labelled(person: str, count: int, author: str = "") -> list[Example]:
    return [Example(f"{person} {n}", (1.0, *[None] * 6), person=person, group=author) for n in range(count)]


def share_of(examples: list[Example], weights: np.ndarray, person: str) -> float:
    return float(sum(weight for example, weight in zip(examples, weights, strict=True) if example.person == person))


def test_one_of_five_who_labels_most_counts_at_most_one_and_a_half_times_an_equal_share() -> None:
    examples = [example for n in range(4) for example in labelled(f"honest {n}", 100)] + labelled("busy", 5_000)
    weights = influence_of(examples).weights
    assert share_of(examples, weights, "busy") / weights.sum() == pytest.approx(TIMES_EQUAL / 5)
    assert share_of(examples, weights, "honest 1") == pytest.approx(100)


def test_of_many_people_nobody_counts_more_than_a_fifth() -> None:
    examples = [example for n in range(30) for example in labelled(f"honest {n}", 40)] + labelled("busy", 5_000)
    weights = influence_of(examples).weights
    assert share_of(examples, weights, "busy") / weights.sum() == pytest.approx(PERSON_SHARE)


def test_who_works_alone_counts_in_full() -> None:
    assert influence_of(labelled("alone", 300)).weights.tolist() == [1.0] * 300


def test_those_who_only_tried_it_do_not_make_the_others_work_count_less() -> None:
    examples = labelled("alone", 300) + [one for n in range(4) for one in labelled(f"visitor {n}", REGULAR - 1)]
    assert influence_of(examples).weights.tolist() == [1.0] * len(examples)


def test_what_nobody_in_particular_labelled_is_under_no_limit_and_lifts_nobody_elses() -> None:
    file = labelled("", 10_000)
    desk = [example for n in range(4) for example in labelled(f"honest {n}", 100)] + labelled("busy", 5_000)
    alone, beside = influence_of(desk).weights, influence_of(desk + file).weights
    assert np.array_equal(beside[: len(desk)], alone)
    assert beside[len(desk) :].tolist() == [1.0] * len(file)


def test_an_author_who_floods_the_desk_does_not_make_its_mind() -> None:
    few = [one for n in range(200) for one in labelled("m", 5, f"author {n}")]
    flood = labelled("m", 4_000, "flood")
    weights = influence_of(few + flood).weights
    assert weights[len(few) :].sum() / weights.sum() == pytest.approx(0.02)
    assert weights[: len(few)].tolist() == [1.0] * len(few)


def test_the_few_authors_of_a_small_desk_count_in_full() -> None:
    examples = [one for n in range(8) for one in labelled("m", 20, f"author {n}")]
    assert influence_of(examples).weights.tolist() == [1.0] * len(examples)


def test_a_decision_counts_half_when_half_a_life_of_them_was_made_later() -> None:
    examples = [
        Example(str(n), (1.0, *[None] * 6), decided_at=NOW + timedelta(seconds=n)) for n in range(HALF_LIFE + 1)
    ]
    found = recency(examples[::-1])
    assert found[0] == 1.0
    assert found[-1] == pytest.approx(0.5)
    assert recency([Example("a", (1.0, *[None] * 6))]).tolist() == [1.0]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.floats(0.01, 50)), min_size=1, max_size=60))
def test_no_limit_is_ever_exceeded_and_nothing_counts_more_than_it_was_given(
    rows: list[tuple[int, int, float]],
) -> None:
    examples = [
        Example(str(n), (1.0, *[None] * 6), weight, person=f"p{person}", group=f"a{author}")
        for n, (person, author, weight) in enumerate(rows)
    ]
    found = influence_of(examples)
    assert (found.weights <= [weight for *_, weight in rows]).all()
    assert (found.weights > 0).all()
    regular = sum(sum(1 for person, *_ in rows if person == one) >= REGULAR for one in range(9))
    assert found.person_after <= max(PERSON_SHARE, TIMES_EQUAL / max(regular, 1)) + 1e-9
