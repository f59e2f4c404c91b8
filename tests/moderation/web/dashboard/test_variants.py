"""Wordings of a wave: each once, in the order of arrival, with what it has beyond the first."""

import uuid
from collections.abc import Sequence
from difflib import SequenceMatcher

import pytest

from moderation.store.alike_groups import Member
from moderation.web.dashboard import variants
from moderation.web.dashboard.variants import LONGEST_COMPARED, MOST_PAIRS, variants_of
from tests.factories import NOW


def _members(*texts: str) -> list[Member]:
    return [Member(at, uuid.uuid4(), 1, 1, text, at, f"r{at}", "s", NOW, None) for at, text in enumerate(texts)]


def _changed(first: str, other: str) -> list[str]:
    variant = variants_of(_members(first, other))[-1]
    assert all(one.look == "changed" for one in variant.changed)
    return [variant.text[one.begin : one.end] for one in variant.changed]


def test_each_wording_stands_once_with_all_who_wrote_it() -> None:
    variants = variants_of(_members("ক খ", "ক গ", "ক খ", "ক গ", "ঘ"))
    assert [one.text for one in variants] == ["ক খ", "ক গ", "ঘ"]
    assert [[member.author for member in one.members] for one in variants] == [["r0", "r2"], ["r1", "r3"], ["r4"]]
    assert variants[0].changed == []


def test_what_is_new_or_other_is_told_where_it_stands_and_what_is_missing_is_not() -> None:
    assert _changed("আমি ভাত খাই", "আমি ভাত খাই না") == ["না"]
    assert _changed("আমি ভাত খাই", "  আমি   রুটি আর ডাল খাই") == ["রুটি আর ডাল"]
    assert _changed("আমি ভাত খাই", "আমি খাই") == []
    assert _changed("ভাত ভাত", "ভাত ভাত ভাত") == ["ভাত"]


def test_a_wave_of_one_word_over_and_over_is_never_compared_word_by_word(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []

    class Counting(SequenceMatcher[str]):
        def __init__(self, junk: None, known: Sequence[str], words: Sequence[str], *, autojunk: bool) -> None:
            compared.append(sum(known.count(word) for word in words))
            super().__init__(junk, known, words, autojunk=autojunk)

    monkeypatch.setattr(variants, "SequenceMatcher", Counting)
    over = "গালি " * 200
    assert _changed(over + "এক " + over[:-5], over + "দুই " + over[:-5]) == ["দুই"]
    assert _changed("শুরু " + over + "এক", "আগে " + over + "দুই") == [("আগে " + over + "দুই").strip()]
    assert _changed("ক খ গ", "ক ঘ গ ঙ") == ["ঘ", "ঙ"]
    assert max(compared) <= MOST_PAIRS


def test_what_is_too_long_to_compare_is_shown_unmarked() -> None:
    assert _changed("ক " * LONGEST_COMPARED, "খ " * (LONGEST_COMPARED + 50)) == []
    assert _changed("ক", "") == []
    assert variants_of([]) == []
