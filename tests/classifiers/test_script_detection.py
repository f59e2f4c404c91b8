"""Tests of classifiers.script_detection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers import SCRIPTS, detect_script
from classifiers.script_detection import FAMILIES, family_of


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


def test_bangla_script_romanized_bangla_and_english_are_calibrated_apart() -> None:
    assert [FAMILIES[family_of(script)] for script in SCRIPTS] == [
        "bangla", "romanized", "english", "romanized", "bangla",
    ]  # fmt: skip
