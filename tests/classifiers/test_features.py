"""Tests of classifiers.features and classifiers.skeleton."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from classifiers.features import BATCH, COLUMNS, Grams, count, encode, grams, placed_grams
from classifiers.skeleton import skeletons
from classifiers.weights import contributions, packed, quantised, sums

SQUARES = np.ones(COLUMNS, dtype=np.float32)
CHARACTERS, CONSONANTS, VOWELS, WORDS = range(4)
TEXTS = st.lists(st.text(st.sampled_from("abcঅকখািু্ !?😀z "), max_size=40), min_size=1, max_size=8)


def _sounds(text: str) -> list[str]:
    codes = np.frombuffer(f" {text} ".encode("utf-32-le"), dtype=np.uint32)
    return ["".join(map(chr, found)).strip() for found, _ in skeletons(codes)]


def _numbers(found: Grams) -> list[list[int]]:
    """How many n-grams each text has, block by block."""
    return [[int(number) for number in block] for block in found.by_block(np.diff(found.starts))]


def _columns(text: str) -> set[int]:
    return set(grams([text]).columns.tolist())


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
    found = grams(["abc ab"])
    begin, end = found.starts[0], found.starts[1]
    assert _numbers(found)[CHARACTERS] == [windows.total()]
    assert end - begin == sum(many for window, many in windows.items() if len(window) == 2)
    assert sorted(Counter(found.columns[begin:end].tolist()).values()) == [1, 1, 1, 2, 2]


def test_words_and_pairs_of_neighbours_are_counted_and_pairs_do_not_cross_texts() -> None:
    assert _numbers(grams(["এক দুই তিন", "চার"]))[WORDS] == [3 + 2, 1]


def test_vowel_signs_do_not_split_a_word() -> None:
    assert _numbers(grams(["বাংলাদেশের"]))[WORDS] == [1]


def test_punctuation_does_not_change_the_word_it_touches() -> None:
    assert _columns("ভালো") <= _columns("ভালো!")


def test_a_text_without_content_has_no_features() -> None:
    assert encode(["", " "], SQUARES).rows.tolist() == []


_CHANCE = np.random.default_rng(1)
_LEVELS = _CHANCE.integers(1, 250, COLUMNS).astype(np.uint8)
LINEAR = quantised(_CHANCE.normal(0, 1, (7, COLUMNS)).astype(np.float32), np.zeros(7), _LEVELS)
TABLE = packed(LINEAR.weights, LINEAR.square_levels)
WEIGHTS = LINEAR.float_weights()


@given(TEXTS)
def test_a_text_has_the_same_features_in_any_company(texts: list[str]) -> None:
    together = encode(texts, SQUARES)
    for index, text in enumerate(texts):
        alone, mine = encode([text], SQUARES), together.rows == index
        assert together.columns[mine].tolist() == alone.columns.tolist()
        assert together.values[mine].tolist() == alone.values.tolist()


@given(TEXTS)
def test_what_a_text_sums_up_to_is_the_sum_over_its_sparse_row(texts: list[str]) -> None:
    """Scoring sums bytes and training multiplies sparse rows: two ways to the same number."""
    encoded = encode(texts, LINEAR.squares)
    rows = csr_matrix((encoded.values, (encoded.rows, encoded.columns)), shape=(len(texts), COLUMNS))
    expected = rows @ WEIGHTS.T
    assert np.abs(sums(TABLE, grams(texts)) * LINEAR.scales - expected).max() < 1e-4


@given(st.text(st.sampled_from("ab ক!"), min_size=500, max_size=2_000))
def test_a_text_with_more_ngrams_than_a_lane_can_hold_is_summed_up_exactly(text: str) -> None:
    encoded = encode([text], LINEAR.squares)
    expected = WEIGHTS[:, encoded.columns].astype(np.float64) @ encoded.values
    assert np.abs(sums(TABLE, grams([text])) * LINEAR.scales - expected).max() < 1e-3


@given(TEXTS)
def test_placed_ngrams_are_the_same_as_those_that_score(texts: list[str]) -> None:
    for text in texts:
        placed, expected = placed_grams(text), grams([text])
        assert placed.grams.columns.tolist() == expected.columns.tolist()
        assert placed.grams.starts.tolist() == expected.starts.tolist()


@given(TEXTS)
def test_the_tokens_are_the_words_and_runs_of_signs(texts: list[str]) -> None:
    for text in texts:
        tokens = placed_grams(text).tokens.tolist()
        assert [text[begin:end] for begin, end in tokens] == re.findall(
            r"[a-czঅকখ\u09be\u09bf\u09c1\u09cd]+|[!?😀]+", text
        )


@given(TEXTS)
def test_an_ngram_is_one_of_those_that_its_tokens_have_by_themselves(texts: list[str]) -> None:
    """All but pairs of words, which stand in two neighbours."""
    for text in texts:
        placed = placed_grams(text)
        pairs = placed.covers[:, 0] != placed.covers[:, 1]
        assert (placed.covers[pairs, 1] - placed.covers[pairs, 0]).tolist() == [1] * max(len(placed.tokens) - 1, 0)
        for number, (begin, end) in enumerate(placed.tokens.tolist()):
            own = placed.grams.columns[(placed.covers == number).all(axis=1)]
            assert Counter(own.tolist()) == Counter(grams([text[begin:end]]).columns.tolist())


@given(TEXTS)
def test_what_ngrams_contribute_adds_up_to_the_text_s_sum(texts: list[str]) -> None:
    for text, expected in zip(texts, sums(TABLE, grams(texts)) * LINEAR.scales, strict=True):
        assert contributions(LINEAR, grams([text])).sum(axis=1) == pytest.approx(expected, abs=1e-9)


def test_more_texts_than_a_batch_are_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        count(["x"] * (BATCH + 1))
