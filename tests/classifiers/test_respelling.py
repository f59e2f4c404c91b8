"""Tests of classifiers.respelling."""

from random import Random

from classifiers.features import grams
from classifiers.respelling import respelled

SENTENCE = "ami to agei bolsi, vai, ei khobor ta shotti na"


def test_a_sentence_is_spelled_in_many_ways_and_the_same_chance_gives_the_same() -> None:
    found = {respelled(SENTENCE, Random(seed)) for seed in range(50)}
    assert len(found) > 30
    assert respelled(SENTENCE, Random(3)) == respelled(SENTENCE, Random(3))


def test_what_is_not_romanized_stays() -> None:
    text = "৫০০ টাকা!! ১২:৩০ «»"
    assert all(respelled(text, Random(seed)) == text for seed in range(20))


def test_the_words_stay_as_many_and_most_of_what_a_classifier_sees_stays() -> None:
    whole = set(grams([SENTENCE]).columns.tolist())
    for seed in range(20):
        found = respelled(SENTENCE, Random(seed))
        assert len(found.split()) == len(SENTENCE.split())
        assert len(whole & set(grams([found]).columns.tolist())) > len(whole) / 5
