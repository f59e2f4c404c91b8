"""Tests of classifiers.text and classifiers.disguises."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers import normalise
from classifiers.batch_text import normalise_all
from classifiers.text import MAX_CHARACTERS, letters_key, words

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
BANGLA = st.text(st.sampled_from("কখগড়ঢ়য়যরলমািীোৌেৈৗ্ঁং়য়ড়ঢ়।‌‍ ab1.*-@৯’‘“”#_|~^৷—৳«•"), max_size=60)
LATIN = st.text(st.sampled_from("abI . -_!'@:/1 90৫ক়াe,😀\u00a0*#|~^‘’“”–$w✊3\\"), max_size=60)
MARKS = st.text(st.sampled_from("e\u0301\u0327\u0344\u0323\u09bc\u09cdক\u0f73é"), max_size=80)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  Hello \n\t WORLD ", "hello world"),
        ("২০২৪ সাল", "2024 সাল"),
        ("ব\u200cা\u200dং\u00adলা", "বাংলা"),
        ("\u202eabc\u202c", "abc"),
        ("ѕtuріd", "stupid"),
        ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("sh1t @ss $tupid", "shit ass stupid"),
        ("pe6one eta2", "pe6one eta2"),
        ("s t u p i d man", "stupid man"),
        ("s.t.u.p.i.d man", "stupid man"),
        ("গা.ধা তুই", "গাধা তুই"),
        ("গা*ধা তু_ই", "গাধা তুই"),
        ("ব ল দ কোথাকার", "বলদ কোথাকার"),
        ("সে যে কি না", "সে যে কি না"),
        ("কথ া", "কথা"),
        ("gooooood!!!!!", "good!!"),
        ("see https://x.example/a?b=1 or x.com/abc", "see ‹url› or ‹url›"),
        ("write a.b@mail.example now @rahim", "write ‹mail› now ‹user›"),
        ("call 01712-345678 or +8801712345678", "call ‹phone› or ‹phone›"),
        ("in 2024 and 1,000", "in 2024 and 1,000"),
        ("", ""),
    ],
)
def test_text_that_looks_the_same_has_one_form(raw: str, expected: str) -> None:
    assert normalise(raw) == expected


def test_vowel_signs_belong_to_their_words() -> None:
    assert words("আমি বাংলায় গান গাই, ঠিক?") == ["আমি", unicodedata.normalize("NFC", "বাংলায়"), "গান", "গাই", "ঠিক"]


def test_two_texts_that_differ_in_case_and_points_have_one_key() -> None:
    assert letters_key("Khub BHALO, bhai!!") == letters_key("khub-bhalo bhai")
    assert letters_key("ভালো") != letters_key("ভাল")


@given(st.one_of(ANY_TEXT, BANGLA, MARKS))
def test_canonically_equal_texts_have_one_form(text: str) -> None:
    forms = {normalise(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")} | {normalise(text)}
    assert len(forms) == 1


@settings(max_examples=300)
@given(st.lists(st.one_of(ANY_TEXT, BANGLA, MARKS, LATIN), max_size=16))
def test_many_at_once_come_out_as_each_alone(texts: list[str]) -> None:
    assert normalise_all(texts) == [normalise(text) for text in texts]


@given(
    st.lists(
        st.sampled_from(
            [
                "আ",
                "ব",
                " ",
                "a",
                "b",
                "!",
                "1",
                ".",
                "*",
                "ি",
                "্",
                "কাক",
                "@",
                "-",
                "x.com",
                "h",
                "ৗ",
                "ে",
                "’",
                "#",
                "_",
                "www.",
                "|",
            ]
        ),
        max_size=40,
    )
)
def test_many_at_once_come_out_as_each_alone_whatever_is_joined(parts: list[str]) -> None:
    text = "".join(parts)
    assert normalise_all([text, "", text] * 3) == [normalise(text), "", normalise(text)] * 3


def test_a_long_composed_text_and_its_decomposed_form_are_cut_at_the_same_place() -> None:
    text = "কোৌ" * 9_000
    assert normalise(text) == normalise(unicodedata.normalize("NFD", text))
    assert len(normalise(text)) == MAX_CHARACTERS


@pytest.mark.parametrize("text", ["\u09dc" * 9_999, "ab" + " " * 20_000 + "cd", "x.me " * 2_000, "x.me \u09dc" * 1_000])
def test_a_long_text_is_cut_among_many_where_it_is_cut_alone(text: str) -> None:
    assert normalise_all([text, "ab"] * 4) == [normalise(text), "ab"] * 4
