"""Tests of classifiers.check_examples and classifiers.augmenting: our own text in the pool."""

import pytest

from classifiers import LABELS, SCRIPTS
from classifiers.augmenting import lists, made_up
from classifiers.banglacheck.cases import cases
from classifiers.banglacheck.files import read_slots
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


def test_threats_and_advertising_are_made_up_in_every_way_of_writing() -> None:
    for label in ("threat", "spam", "identity_attack", "sexually_explicit"):
        scripts = {made.script for made in made_up() if not made.stands and label in made.labels}
        assert scripts == {"bn", "bn-Latn", "en"} <= set(SCRIPTS)
    assert all(example.weights[THREAT] > 0 for example in own_examples() if example.example.values[THREAT] is not None)


def test_every_topic_has_both_sides_in_every_way_of_writing_or_says_that_all_of_it_stands() -> None:
    sides = {(*made.template.split("/")[:2], made.stands) for made in made_up()}
    topics = {side[:2] for side in sides}
    assert {topic for topic, script in topics if (topic, script, False) not in sides} == {
        "faith_and_grief", "told_by_victims",
    }  # fmt: skip
    assert not {topic for topic, script in topics if (topic, script, True) not in sides}


def test_what_is_hateful_by_itself_stands_among_the_civil_when_it_is_quoted() -> None:
    quoted = [made for made in made_up() if made.template.endswith("/quoted")]
    assert quoted
    assert all(made.stands for made in quoted)
    assert {made.template.removesuffix("/quoted") for made in quoted} <= {
        made.template for made in made_up() if not made.stands
    }
    assert not {made.text for made in made_up() if made.stands} & {made.text for made in made_up() if not made.stands}


def test_no_sentence_keeps_a_mark_of_its_template() -> None:
    assert not [made.text for made in made_up() if set("{}[]|") & set(made.text)]


def test_a_template_counts_the_same_however_many_fillings_it_has() -> None:
    totals: dict[str, float] = {}
    for example in own_examples():
        totals[example.example.group] = totals.get(example.example.group, 0.0) + example.example.weight
    assert max(totals.values()) == pytest.approx(min(totals.values()))


def test_the_same_groups_stand_in_hateful_and_in_civil_sentences() -> None:
    for side in (True, False):
        texts = " ".join(made.text for made in made_up() if made.stands is side and made.script == "bn")
        assert all(name in texts for name in ("হিন্দু", "মুসলিম", "চাকমা", "রোহিঙ্গা", "শিখ", "গারো"))


def test_the_sentences_are_always_the_same_and_none_comes_twice() -> None:
    assert list(made_up()) == list(made_up())
    assert len({made.text for made in made_up()}) == len(list(made_up()))


def test_lists_of_our_own_are_the_same_in_every_way_of_writing() -> None:
    bn, romanized, english = (
        {name: len(words) for name, words in lists(script).items() if name not in read_slots()[script]}
        for script in ("bn", "bn-Latn", "en")
    )
    assert bn == romanized == english != {}
