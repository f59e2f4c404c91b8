"""Tests of classifiers.script_detection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers import SCRIPTS, detect_script
from classifiers.script_detection import FAMILIES, family_of, script_of, scripts_of
from classifiers.text import normalise

PIECES = ["আ", "ি", "৫", "৲", "ক খ", "a", "the ", "ami ", " korte", "ing", "‹url›", "‹", " ", "!", "é", "😀", "5"]


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("আজকের খবরটা খুব ভালো লাগলো", "bn"),
        ("আজকের খবর 2024 😀!!", "bn"),
        ("ami ajke bazare jabo na, tumi jao", "bn-Latn"),
        ("ei sorkar kichui korte parbe na", "bn-Latn"),
        ("tumi ki bolte chao bujhlam na", "bn-Latn"),
        ("What a wonderful report, thank you", "en"),
        ("The government should answer this question", "en"),
        ("এই news টা completely fake আমার মনে হয়", "mixed"),
        ("ami mone kori this is the wrong decision for our country, keno korlo", "mixed"),
        ("12345 !!! 😀", "und"),
        ("", "und"),
        ("https://example.com/some/english/words", "und"),
    ],
)
def test_the_script_of_a_comment(text: str, script: str) -> None:
    assert detect_script(text) == script


@given(st.text())
def test_any_text_has_a_script(text: str) -> None:
    assert detect_script(text) in SCRIPTS


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(), max_size=16))
def test_many_at_once_have_the_script_of_each_alone(texts: list[str]) -> None:
    normalised = list(map(normalise, texts))
    assert scripts_of(normalised) == list(map(script_of, normalised))


def test_bangla_script_romanized_bangla_and_english_are_calibrated_apart() -> None:
    assert [FAMILIES[family_of(script)] for script in SCRIPTS] == [
        "bangla", "romanized", "english", "romanized", "bangla",
    ]  # fmt: skip
