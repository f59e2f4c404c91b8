"""Tests of classifiers.features and classifiers.skeleton."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.features import BATCH, CHARACTER_COLUMNS, COLUMNS, OTHER_COLUMNS, count, encode
from classifiers.skeleton import skeletons

IDF = np.ones(COLUMNS, dtype=np.float32)
TEXTS = st.lists(st.text(st.sampled_from("abcঅকখািু্ !?😀z "), max_size=40), min_size=1, max_size=8)


def _sounds(text: str) -> list[str]:
    codes = np.frombuffer(f" {text} ".encode("utf-32-le"), dtype=np.uint32)
    return ["".join(map(chr, found)).strip() for found, _ in skeletons(codes)]


def _columns(text: str, begin: int = 0, end: int = COLUMNS) -> set[int]:
    return {int(column) for column in count([text])[1] if begin <= column < end}


@pytest.mark.parametrize(
    ("bangla", "latin"),
    [("মাদার", "maadhar"), ("বাঙালি", "bangali"), ("হাসিনা", "hasina"), ("পড়া", "pora"), ("ভাই", "vai"), ("সরকার", "shorkar")],
)
def test_a_word_sounds_the_same_in_both_scripts(bangla: str, latin: str) -> None:
    assert _sounds(bangla)[0] == _sounds(latin)[0]


def test_words_that_sound_different_stay_different() -> None:
    assert _sounds("মাদার")[0] != _sounds("সরকার")[0]
    assert _sounds("kala")[1] != _sounds("kili")[1]


def test_character_ngrams_are_those_of_the_padded_words() -> None:
    padded = [" abc ", " ab "]
    windows = Counter(
        word[at : at + size] for word in padded for size in range(2, 6) for at in range(len(word) - size + 1)
    )
    _, columns, counts = count(["abc ab"])
    characters = columns < CHARACTER_COLUMNS
    assert sorted(counts[characters]) == sorted(windows.values())


def test_words_and_pairs_of_neighbours_are_counted_and_pairs_do_not_cross_texts() -> None:
    _, columns, _ = count(["এক দুই তিন", "চার"])
    words = (columns >= CHARACTER_COLUMNS) & (columns < CHARACTER_COLUMNS + OTHER_COLUMNS)
    assert words.sum() == 3 + 2 + 1


def test_vowel_signs_do_not_split_a_word() -> None:
    begin, end = CHARACTER_COLUMNS, CHARACTER_COLUMNS + OTHER_COLUMNS
    assert len(_columns("বাংলাদেশের", begin, end)) == 1


def test_punctuation_does_not_change_the_word_it_touches() -> None:
    assert _columns("ভালো") <= _columns("ভালো!")


def test_a_text_without_content_has_no_features() -> None:
    assert encode(["", " "], IDF).rows.tolist() == []


@given(TEXTS)
def test_a_text_has_the_same_features_in_any_company(texts: list[str]) -> None:
    together = encode(texts, IDF)
    for index, text in enumerate(texts):
        alone, mine = encode([text], IDF), together.rows == index
        assert together.columns[mine].tolist() == alone.columns.tolist()
        assert together.values[mine].tolist() == alone.values.tolist()


@given(TEXTS)
def test_every_block_has_its_own_length(texts: list[str]) -> None:
    batch = encode(texts, IDF)
    assert batch.columns.max(initial=0) < COLUMNS
    for index in range(len(texts)):
        mine = batch.rows == index
        squares = (batch.values[mine] ** 2)[batch.columns[mine] < CHARACTER_COLUMNS].sum()
        assert squares == pytest.approx(1, abs=1e-4) or squares == 0


def test_more_texts_than_a_batch_are_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        count(["x"] * (BATCH + 1))
