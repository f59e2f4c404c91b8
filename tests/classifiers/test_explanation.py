"""Tests of classifiers.explanation."""

from itertools import pairwise

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifiers import LABELS, Bundle, Explanation, explain, explain_all
from classifiers.bundle import WINDOW
from tests.classifiers.desk import RUDE
from tests.classifiers.test_edits import PARTS
from tests.classifiers.test_text import ANY_TEXT, BANGLA, LATIN, MARKS

RUDE_WORD, LATIN_RUDE_WORD = RUDE["insult"][0], RUDE["insult"][2]
HOSTILE = st.one_of(ANY_TEXT, BANGLA, MARKS, LATIN, PARTS)
LONG = st.lists(HOSTILE, max_size=12).map(lambda parts: " ".join(parts * 4))


def _highest(bundle: Bundle, text: str, label: str = "toxicity") -> str:
    found = explain(bundle, text, label).highest
    assert found
    return text[found.begin : found.end]


@settings(max_examples=150, deadline=None)
@given(HOSTILE | LONG)
@example("")
@example(" \u200b")
@example("!\u09cd!\u09cd x")
def test_the_bias_and_the_contributions_add_up_to_the_logit_of_every_label(bundle: Bundle, text: str) -> None:
    for label, found in explain_all(bundle, text).items():
        added = found.bias + sum(stretch.contribution for stretch in found.stretches)
        assert added == pytest.approx(found.logit, abs=1e-9), label


@settings(max_examples=100, deadline=None)
@given(HOSTILE | LONG)
def test_scores_and_logits_are_those_of_scoring(bundle: Bundle, text: str) -> None:
    (scored,) = bundle.score([text])
    explained = explain_all(bundle, text)
    assert tuple(explained[label].score for label in LABELS) == scored.scores
    assert [explained[label].logit for label in LABELS] == bundle.logits([scored.normalised])[0].tolist()


@settings(max_examples=200, deadline=None)
@given(HOSTILE | LONG)
def test_stretches_ascend_inside_the_text_and_part_no_cluster(bundle: Bundle, text: str) -> None:
    edges = {0, *(match.end() for match in regex.finditer(r"\X", text))}
    for found in explain_all(bundle, text).values():
        assert all(0 <= begin < end <= len(text) for begin, end, _ in found.stretches)
        assert all(one.end <= other.begin for one, other in pairwise(found.stretches))
        assert {edge for begin, end, _ in found.stretches for edge in (begin, end)} <= edges


@given(HOSTILE)
def test_every_word_of_a_short_text_is_in_a_stretch(bundle: Bundle, text: str) -> None:
    found = explain(bundle, text, "toxicity")
    covered = {at for begin, end, _ in found.stretches for at in range(begin, end)}
    letters = {at for at, character in enumerate(text) if "a" <= character <= "z" or "অ" <= character <= "হ"}
    assert letters <= covered
    assert found.window == (0, len(text))


@pytest.mark.parametrize(
    "disguised",
    [
        RUDE_WORD,
        "\u200d".join(RUDE_WORD),
        RUDE_WORD[:2] + "*" + RUDE_WORD[2:],
        RUDE_WORD + RUDE_WORD[-1] * 5,
        LATIN_RUDE_WORD,
        LATIN_RUDE_WORD.upper(),
        " ".join(LATIN_RUDE_WORD),
        ".".join(LATIN_RUDE_WORD),
        LATIN_RUDE_WORD.replace("d", "d\u00ad"),
        "g4dh4t4",
        "g\u0430dh\u0430t\u0430",
        "ｇａｄｈａｔａ",
        "gádhatã",
        "gadhataaaaa",
    ],
)
def test_the_abusive_word_is_highest_however_it_is_spelled(bundle: Bundle, disguised: str) -> None:
    assert _highest(bundle, f"আজ বৃষ্টি হবে, {disguised} ! কাল রোদ উঠবে") == disguised


def test_a_word_with_composed_dots_is_one_stretch(bundle: Bundle) -> None:
    text = "বা\u09dcি যা\u09df কি"
    assert [text[begin:end] for begin, end, _ in explain(bundle, text, "spam").stretches] == text.split()


def test_a_link_is_highlighted_as_it_was_written(bundle: Bundle) -> None:
    assert _highest(bundle, "আজ বৃষ্টি হবে http://x.example/a?b=1 দেখুন", "spam") == "http://x.example/a?b=1"


def test_civil_words_lower_what_abusive_ones_raise(bundle: Bundle) -> None:
    found = explain(bundle, f"ধন্যবাদ সবাইকে {RUDE_WORD}", "toxicity")
    assert [stretch.contribution > 0 for stretch in found.stretches] == [False, False, True]


def test_nothing_is_highest_where_nothing_raised_the_score(bundle: Bundle) -> None:
    assert explain(bundle, "", "toxicity").highest is None
    assert explain(bundle, "ধন্যবাদ সবাইকে", "toxicity").highest is None


def test_of_a_long_text_the_window_with_the_highest_score_is_explained(bundle: Bundle) -> None:
    civil = "ভালো খবর ধন্যবাদ সবাইকে " * 60
    text = f"{civil}{RUDE_WORD} {civil}"
    found = explain(bundle, text, "toxicity")
    begin, end = found.window
    assert RUDE_WORD in text[begin:end]
    assert end - begin <= WINDOW < len(text)
    assert begin <= found.stretches[0].begin
    assert found.stretches[-1].end <= end
    assert _highest(bundle, text) == RUDE_WORD


def test_labels_of_a_long_text_may_hang_on_different_windows(bundle: Bundle) -> None:
    civil = "ভালো খবর ধন্যবাদ সবাইকে " * 60
    text = f"{RUDE['threat'][0]} {RUDE['threat'][1]} {civil} win free http://x.example"
    explained = explain_all(bundle, text)
    assert explained["threat"].window[0] == 0
    assert explained["spam"].window[1] == len(text)


def test_one_label_is_explained_as_it_is_among_all(bundle: Bundle) -> None:
    text = f"আজ {RUDE_WORD} রোদ"
    alone: list[Explanation] = [explain(bundle, text, label) for label in LABELS]
    assert alone == list(explain_all(bundle, text).values())


def test_what_is_no_label_is_refused(bundle: Bundle) -> None:
    with pytest.raises(ValueError, match="'rudeness' is none of toxicity"):
        explain(bundle, "x", "rudeness")


def test_an_enormous_text_of_joined_signs_is_explained_in_bounded_time(bundle: Bundle) -> None:
    found = explain(bundle, "a\u200d!\u200dক\u09cd\u200d" * 40_000, "toxicity")
    assert found.bias + sum(stretch.contribution for stretch in found.stretches) == pytest.approx(found.logit)
