"""Tests of classifiers.check_examples and classifiers.augmenting: our own text in the pool."""

from classifiers import LABELS, SCRIPTS
from classifiers.augmenting import made_up
from classifiers.banglacheck.cases import cases
from classifiers.check_examples import own_examples
from classifiers.text import letters_key

THREAT = LABELS.index("threat")


def test_no_case_of_the_half_that_tests_is_trained_on() -> None:
    kept = {letters_key(case.text) for case in cases("test")}
    assert not kept & {example.key for example in own_examples()}


def test_what_must_stand_is_clean_in_every_label_and_what_must_be_held_is_not() -> None:
    known = {example.example.text: example for example in own_examples()}
    for case in cases("train"):
        found = known[case.text].example.values
        if case.expected == "stand":
            assert set(found) == {0.0}
        else:
            assert {label for label, value in zip(LABELS, found, strict=True) if value == 1.0} == set(case.labels)


def test_threats_are_made_up_in_every_way_of_writing() -> None:
    threats = {made.script for made in made_up() if "threat" in made.labels}
    assert threats == {"bn", "bn-Latn", "en"} <= set(SCRIPTS)
    assert all(example.weights[THREAT] > 0 for example in own_examples() if example.example.values[THREAT] is not None)


def test_what_is_hateful_by_itself_stands_among_the_civil_when_it_is_quoted() -> None:
    said = [made for made in made_up() if made.labels]
    civil = " ".join(made.text for made in made_up() if not made.labels)
    assert sum(made.text in civil for made in said) > len(said) / 20
    assert not {made.text for made in said} & {made.text for made in made_up() if not made.labels}


def test_the_sentences_are_always_the_same() -> None:
    assert list(made_up()) == list(made_up())
