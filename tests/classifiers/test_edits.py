"""Tests of classifiers.edits, by what classifiers.text does with it."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifiers.banglacheck.disguising import DISGUISES
from classifiers.text import MAX_CHARACTERS, aligned, normalise
from tests.classifiers.test_text import ANY_TEXT, BANGLA, LATIN, MARKS

Disguise = Callable[[str, int], str]
BETWEEN = " কথাটা "
PARTS = st.lists(
    st.sampled_from(
        [
            *"আব ab!1.*ি্@-heো가éΣ",
            *"\u0301\u20dd\u1161\u1100\u11a8\u0344\u0f73\u00a0\u200d\u09df\u0345\u0130\ufb01\uff9e\uff76\U0001d165",
            *("x.com", "aaa", "কাক", "\u09be" * 9, "\u0345\u0391", "a@b.com", "01712345678", "গা*ধা", "s t u p"),
        ]
    ),
    max_size=40,
).map("".join)


def _pieces(raw: str) -> list[tuple[str, str]]:
    """Each character of the normalised text with what it is made from."""
    found = aligned(raw)
    return [(new, raw[begin:end]) for new, begin, end in zip(found.text, found.begins, found.ends, strict=True)]


def _made_from(raw: str, part: str) -> str:
    """What a part of the normalised text is made from, from its first to its last character."""
    found = aligned(raw)
    at = found.text.index(part)
    return raw[found.begins[at] : found.ends[at + len(part) - 1]]


@settings(max_examples=500)
@given(st.one_of(ANY_TEXT, BANGLA, MARKS, LATIN, PARTS))
@example("ে\u20ddা")
@example("a" + "\u0301\u0327" * 40 + "b")
def test_the_traced_way_gives_the_same_text_with_ascending_places_inside_the_raw_one(raw: str) -> None:
    found = aligned(raw)
    assert found.text == normalise(raw)
    assert len(found.begins) == len(found.ends) == len(found.text)
    assert all(begin < end for begin, end in zip(found.begins, found.ends, strict=True))
    assert all(one <= other for places in (found.begins, found.ends) for one, other in pairwise(places))
    assert min(found.begins, default=0) >= 0
    assert max(found.ends, default=0) <= len(raw)


def _undisguised(word: str, _: int) -> str:
    return word


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["শালার", "গাধা", "stupid", "moorkho", "হারামজাদা", "বড়ো"]),
            st.sampled_from([_undisguised, *DISGUISES.values()]),
            st.integers(0, 12),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_disguised_words_are_found_where_they_stand(chosen: list[tuple[str, Disguise, int]]) -> None:
    disguised = [disguise(word, turn) for word, disguise, turn in chosen]
    found = aligned(BETWEEN.join(disguised))
    at = place = 0
    for raw, new in zip(disguised, found.text.split(BETWEEN), strict=True):
        assert (found.begins[at], found.ends[at + len(new) - 1]) == (place, place + len(raw))
        at, place = at + len(new) + len(BETWEEN), place + len(raw) + len(BETWEEN)


@pytest.mark.parametrize(
    ("raw", "part", "source"),
    [
        ("he is STUPID!", "stupid", "STUPID"),
        ("a st\u200bup\u00adid man", "stupid", "st\u200bup\u00adid"),
        ("you s t u p i d man", "stupid", "s t u p i d"),
        ("you $tup1d man", "stupid", "$tup1d"),
        ("ѕtuріd boy", "stupid", "ѕtuріd"),
        ("ｓｔｕｐｉｄ boy", "stupid", "ｓｔｕｐｉｄ"),
        ("so stupiiiiiid", "stupiid", "stupiiiiiid"),
        ("এই গা*ধা তুই", "গাধা", "গা*ধা"),
        ("এই গা.ধা তুই", "গাধা", "গা.ধা"),
        ("তুই ব ল দ কোথাকার", "বলদ", "ব ল দ"),
        ("ভালো কথ া বল", "কথা", "কথ া"),
        ("সে হ\u09df না", "হ\u09af\u09bc", "হ\u09df"),
        ("সে হ\u09af\u09bc না", "হ\u09af\u09bc", "হ\u09af\u09bc"),
        ("ভালো কথা", "ভালো", "ভালো"),
        ("ভাল\u09c7\u09beবাসা চাই", "ভালোবাসা", "ভাল\u09c7\u09beবাসা"),
        ("go to https://x.example/a?b=1 now", "‹url›", "https://x.example/a?b=1"),
        ("write a.b@mail.example now", "‹mail›", "a.b@mail.example"),
        ("call 01712-345678 now", "‹phone›", "01712-345678"),
        ("the ﬁnal \ufdfa", "final", "ﬁnal"),
        ("İstanbul is big", "istanbul", "İstanbul"),
        ("  two\n\t words", "words", "words"),
        ("২০২৪ সালে", "2024", "২০২৪"),
        ("cre\u0301me é", "creme", "cre\u0301me"),
    ],
)
def test_each_part_of_a_normalised_text_is_known_by_what_it_is_made_from(raw: str, part: str, source: str) -> None:
    assert _made_from(raw, part) == source


def test_what_needs_no_change_is_made_of_itself_character_by_character() -> None:
    assert _pieces("ঠিক কথা ok") == [(character, character) for character in "ঠিক কথা ok"]


def test_a_space_is_made_from_all_the_white_space_between() -> None:
    assert _pieces(" a \n b ") == [("a", "a"), (" ", " \n "), ("b", "b")]


def test_a_text_beyond_the_limit_is_traced_as_far_as_it_is_read() -> None:
    raw = "\u09df " * MAX_CHARACTERS
    found = aligned(raw)
    assert found.text == normalise(raw)
    assert found.ends[-1] <= len(raw)
