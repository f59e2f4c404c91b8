"""How alike two comments are: a disguise changes nothing, a small change little, and another comment is another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers import ALIKE, normalise, sketch
from classifiers.likeness import BANDS, SHORTEST, SHORTEST_NEAR, Sketch
from classifiers.text import letters_key

WAVE = "তোমরা সবাই এই খবরটা ছড়িয়ে দাও, কাল সকালে আমরা সবাই রাস্তায় থাকব"
LATIN = "tomra sobai ei khobor ta choriye dao, kal sokale amra sobai rastay thakbo"
OTHER = "বাজারে চালের দাম নিয়ে একটা কথাও তো কেউ সংসদে তুলল না এবারের অধিবেশনে"


def _of(text: str) -> Sketch:
    return sketch(normalise(text))


@pytest.mark.parametrize(
    "changed",
    [
        WAVE.replace(" ", "  \u200b"),
        WAVE.replace(",", "!!! 😡"),
        WAVE.replace("সবাই", "স\u200cবাই"),
        f"«{WAVE}»",
        WAVE.replace("য়", "\u09df"),
    ],
)
def test_spaces_punctuation_joiners_and_spellings_of_one_letter_change_nothing(changed: str) -> None:
    assert _of(changed).likeness(_of(WAVE)) == 1.0
    assert _of(changed).bands() == _of(WAVE).bands()


@pytest.mark.parametrize("text", [WAVE, LATIN])
@pytest.mark.parametrize("change", ["{} ভাই", "please {}", "{} 42", "{}{}"])
def test_a_word_more_is_alike_and_shares_a_key(text: str, change: str) -> None:
    changed = _of(change.format(text, ""))
    assert ALIKE <= changed.likeness(_of(text)) <= 1.0
    assert {*changed.bands()} & {*_of(text).bands()}


def test_another_comment_is_not_alike() -> None:
    assert _of(OTHER).likeness(_of(WAVE)) < 0.1
    assert _of(LATIN).likeness(_of(WAVE)) == 0.0
    assert not {*_of(OTHER).bands()} & {*_of(WAVE).bands()}


def test_a_short_text_is_alike_to_the_same_letters_only_and_the_shortest_to_nothing() -> None:
    short = _of("এই কথাটা মনে রেখো ভাই")
    assert SHORTEST <= len(short.letters) < SHORTEST_NEAR
    assert short.likeness(_of("এই কথাটা, মনে রেখো ভাই!")) == 1.0
    assert short.likeness(_of("এই কথাটা মনে রেখো ভাইয়া")) == 0.0
    assert len(short.bands()) == 1
    for tiny in ("ভালো", "ok", "😂😂", ""):
        assert _of(tiny).likeness(_of(tiny)) == 0.0
        assert _of(tiny).bands() == ()


def test_keys_are_those_that_are_stored_already() -> None:
    """They lie in databases: whoever changes how they are made has to make them anew."""
    assert _of(WAVE).bands()[:2] == (116264620893069774, -5967783295491254136)
    assert _of("এই কথাটা মনে রেখো ভাই").bands() == (-8607131531079978422,)


@given(st.text(max_size=400))
def test_any_text_is_like_itself_and_its_normalised_form_whatever_it_holds(text: str) -> None:
    own = _of(text)
    assert own.letters == letters_key(text)
    assert own.likeness(own) == float(len(own.letters) >= SHORTEST)
    assert len(own.bands()) in {0, 1, BANDS}
    assert all(-(2**63) <= key < 2**63 for key in own.bands())


@given(st.lists(st.sampled_from([*WAVE.split(), *LATIN.split(), "১২", "?"]), max_size=30), st.data())
def test_what_stands_between_words_and_zero_width_characters_never_count(words: list[str], data: st.DataObject) -> None:
    plain = " ".join(words)
    between = st.sampled_from([" ", "  ", "\u200b ", " \u2060", "\n", ", ", " - ", "\u00a0"])
    disguised = "".join(word + data.draw(between) for word in words)
    assert _of(disguised).letters == _of(plain).letters
    assert _of(disguised).bands() == _of(plain).bands()


@given(st.text(max_size=200), st.text(max_size=200))
def test_likeness_is_the_same_from_both_sides_and_within_bounds(one: str, other: str) -> None:
    there, back = _of(one).likeness(_of(other)), _of(other).likeness(_of(one))
    assert there == back
    assert 0.0 <= there <= 1.0
