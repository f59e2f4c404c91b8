"""Tests of classifiers.bundle: what scoring promises, on a small bundle of the tests' own."""

import subprocess
import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers import LABELS, SCRIPTS, Bundle, load_bundle
from classifiers.bundle import WINDOW, windows
from classifiers.text import MAX_CHARACTERS
from tests.classifiers.desk import RUDE

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
RUDE_TEXT = " ".join(RUDE["threat"])


def test_importing_the_library_loads_neither_scikit_learn_nor_scipy() -> None:
    code = (
        "import sys, classifiers; loaded = {name.partition('.')[0] for name in sys.modules}; "
        "print(sorted(loaded & {'sklearn', 'scipy', 'click', 'rich', 'moderation', 'pandas'}))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@given(ANY_TEXT)
def test_any_text_has_seven_probabilities_and_a_script(bundle: Bundle, text: str) -> None:
    (scored,) = bundle.score([text])
    assert len(scored.scores) == len(LABELS)
    assert all(0 <= score <= 1 for score in scored.scores)
    assert scored.script in SCRIPTS


@given(ANY_TEXT)
def test_canonically_equal_texts_score_the_same(bundle: Bundle, text: str) -> None:
    one, other = bundle.score([unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text)])
    assert one == other


@settings(max_examples=30, deadline=None)
@given(st.lists(ANY_TEXT | st.text(st.sampled_from("কখি অগা্ ab!"), max_size=2_000), max_size=12))
def test_a_text_scores_the_same_alone_and_in_a_batch(bundle: Bundle, texts: list[str]) -> None:
    assert bundle.score(texts) == [bundle.score([text])[0] for text in texts]


def test_batches_of_one_and_of_five_hundred_score_the_same(starter: Bundle) -> None:
    chance = np.random.default_rng(3)
    letters = list("অআকখগমনরসলািুেো্ abdehiklmnorstu.!১")
    texts = ["".join(chance.choice(letters, size)) for size in chance.integers(0, 400, 500)]
    assert starter.score(texts) == [starter.score([text])[0] for text in texts]


def test_no_texts_have_no_scores(bundle: Bundle) -> None:
    assert bundle.score([]) == []


def test_abuse_after_six_hundred_civil_characters_counts(bundle: Bundle) -> None:
    civil = "ভালো খবর ধন্যবাদ সবাইকে " * 60
    calm, rude, alone = (scored.scores[0] for scored in bundle.score([civil, civil + RUDE_TEXT, RUDE_TEXT]))
    assert len(civil) > 2 * WINDOW
    assert calm < 0.5 < rude
    assert alone > 0.5


def test_what_is_beyond_the_limit_is_cut(bundle: Bundle) -> None:
    civil = "ভালো খবর ধন্যবাদ সবাইকে " * 600
    one, other = bundle.score([civil, civil + RUDE_TEXT])
    assert one == other
    assert len(one.normalised) <= MAX_CHARACTERS


def test_windows_overlap_and_cover_the_whole_text() -> None:
    text = " ".join(f"word{number}" for number in range(1_000))[:MAX_CHARACTERS]
    owners, pieces = windows([text, "short"])
    assert owners.tolist() == [0] * (len(pieces) - 1) + [1]
    assert {word for piece in pieces[:-1] for word in piece.split()} >= set(text.split())
    assert max(map(len, pieces)) <= WINDOW


@pytest.mark.parametrize("hidden", ["\u200b", "\u200c", "\u200d", "\u00ad", "\u2060", "\u202e", "\ufeff", "\u034f"])
def test_characters_nobody_sees_do_not_change_a_score(bundle: Bundle, hidden: str) -> None:
    plain, disguised = bundle.score([RUDE_TEXT, hidden.join(RUDE_TEXT)])
    assert plain == disguised


@given(st.sets(st.integers(1, len(RUDE_TEXT) - 1), max_size=6), st.sampled_from("*._-"))
def test_points_between_letters_change_a_score_boundedly(bundle: Bundle, places: set[int], point: str) -> None:
    word = "পিটাবো"
    disguised = "".join(point + letter if at in places else letter for at, letter in enumerate(word))
    plain, pointed = (scored.scores[0] for scored in bundle.score([f"তোকে {word}", f"তোকে {disguised}"]))
    assert pointed > plain - 0.35


def test_a_bundle_survives_its_file(bundle: Bundle) -> None:
    texts = ["", RUDE_TEXT, "ভালো খবর"]
    again = load_bundle(bundle.to_bytes())
    assert again.score(texts) == bundle.score(texts)
    assert (again.name, again.digest, again.card) == (bundle.name, bundle.digest, bundle.card)
    assert again.to_bytes() == bundle.to_bytes()
