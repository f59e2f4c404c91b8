"""Tests of classifiers.splits."""

import random

import pytest

from classifiers.splits import copies_among
from classifiers.training import apart_from, split_examples
from tests.classifiers.desk import comment, example


def test_the_test_has_its_share_of_every_sort() -> None:
    chance = random.Random(1)
    examples = [example(f"{comment(chance)} {number * 7919}", toxicity=float(number % 5 == 0)) for number in range(400)]
    training, test = split_examples(examples, 0.25, seed=3)
    assert len(training) + len(test) == 400
    assert 80 <= len(test) <= 120
    assert 14 <= sum(each.values[0] == 1.0 for each in test) <= 26


def test_nobody_stands_on_both_sides() -> None:
    chance = random.Random(2)
    examples = [example(comment(chance), group=f"author {number % 20}", toxicity=1.0) for number in range(200)]
    training, test = split_examples(examples, 0.3, seed=1)
    assert test
    assert not {each.group for each in training} & {each.group for each in test}


def test_copies_and_near_copies_stay_together() -> None:
    chance = random.Random(3)
    examples = []
    for number in range(60):
        text = " ".join(f"{word}{chance.randrange(99)}" for word in comment(chance).split())
        examples += [
            example(f"{text} {tail}", group=f"{number}/{tail}", toxicity=1.0) for tail in ("", "!!", "আর", "bhai")
        ]
    training, test = split_examples(examples, 0.25, seed=1)
    stems = [{each.group.partition("/")[0] for each in side} for side in (training, test)]
    assert all(stems)
    assert len(stems[0] & stems[1]) <= 2  # MinHash finds nearly all of them


def test_copies_of_a_test_are_found_in_a_pool() -> None:
    chance = random.Random(5)
    test = [" ".join(f"{word}{chance.randrange(99)}" for word in comment(chance).split()) * 2 for _ in range(40)]
    strange = [" ".join(f"{word}{chance.randrange(99)}" for word in comment(chance).split()) * 2 for _ in range(40)]
    shouted = [f"{text.upper()}!!" for text in test[:20]]
    longer = [f"{text} আর" for text in test[20:]]
    found = set(copies_among([*strange, *shouted, *longer], test))
    assert {(40 + index, index) for index in range(20)} <= found
    assert len({(60 + index, 20 + index) for index in range(20)} & found) >= 19  # MinHash finds nearly all of them
    assert all(index >= 40 for index, _ in found)
    assert list(copies_among(["!!", ""], ["আমি"])) == []


def test_the_same_seed_parts_the_same_way_and_another_differently() -> None:
    chance = random.Random(4)
    examples = [example(f"{comment(chance)} {number}", toxicity=float(number % 2)) for number in range(100)]
    assert split_examples(examples, 0.2, seed=1) == split_examples(examples, 0.2, seed=1)
    assert split_examples(examples, 0.2, seed=1) != split_examples(examples, 0.2, seed=2)


def test_no_examples_part_into_none() -> None:
    assert split_examples([], 0.2, seed=1) == ([], [])


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0])
def test_a_share_that_leaves_a_side_empty_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="test_share"):
        split_examples([], share, seed=1)


def test_what_is_to_measure_is_kept_out_of_what_is_learned_from_with_its_near_copies() -> None:
    text = "আজ সকালে বাজারে সবজির দাম কিছুটা কমেছে বলে শুনলাম"
    near, other = f"{text}!!", "কাল বিকেলে মাঠে খেলা দেখতে যাব সবাই মিলে"
    examples = [example(each, toxicity=0.0) for each in (text, near, f"{text} ভাই", other, "")]
    assert [one.text for one in apart_from(examples, [text])] == [other, ""]
    assert apart_from(examples, []) == examples
