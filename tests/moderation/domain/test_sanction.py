"""What is in force against an author at a moment, and which typed words are their name."""

from datetime import timedelta

import pytest

from moderation.domain.sanction import in_force, is_meant
from moderation.domain.vocabulary import Sanction
from tests.factories import NOW


def test_a_suspension_is_in_force_up_to_its_end_and_a_ban_for_ever() -> None:
    until = NOW + timedelta(days=1)
    assert in_force("suspension", until, until - timedelta(seconds=1)) is Sanction.SUSPENSION
    assert in_force("suspension", until, until) is None
    assert in_force("ban", None, NOW + timedelta(days=9999)) is Sanction.BAN
    assert in_force(None, None, NOW) is None


@pytest.mark.parametrize(
    "typed",
    ["Rahim", "rahim ", "RA HIM", "  reader-9 ", "\u200eRahim"],
)
def test_the_name_or_the_number_counts_however_it_is_spaced_or_capitalised(typed: str) -> None:
    assert is_meant(typed, name="\u202eRa\u200bhim", ext_id="reader-9")


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "Rahi", "reader"])
def test_anything_else_does_not_count(typed: str) -> None:
    assert not is_meant(typed, name="Rahim", ext_id="reader-9")


def test_an_author_without_a_visible_name_is_meant_by_their_number_alone() -> None:
    assert not is_meant("\u200b", name="\u200b\u202e", ext_id="a1")
    assert is_meant("a1", name="\u200b\u202e", ext_id="a1")


def test_a_nukta_written_in_either_way_is_the_same_letter() -> None:
    assert is_meant("ব\u09dc", name="ব\u09a1\u09bc", ext_id="a1")
