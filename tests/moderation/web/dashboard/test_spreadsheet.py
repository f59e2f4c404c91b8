"""Cells of a file for spreadsheets: text stays text, whatever it begins with."""

import csv
import io

import pytest
from hypothesis import given, strategies

from moderation.web.dashboard.spreadsheet import MARK, harmless, written


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "  @"])
def test_what_would_be_a_formula_is_text(begin: str) -> None:
    assert harmless(f"{begin}cmd|'/c calc'!A1") == f"'{begin}cmd|'/c calc'!A1"


def test_other_cells_stay_as_they_are() -> None:
    assert [harmless(one) for one in ("শুভ সকাল", "a=b", "", None, 7)] == ["শুভ সকাল", "a=b", "", "", "7"]


@given(strategies.lists(strategies.text(strategies.characters(exclude_categories=["Cs"])), min_size=1))
def test_every_row_comes_back_cell_by_cell_and_none_begins_like_a_formula(cells: list[str]) -> None:
    mark, line = written([cells])
    assert mark == MARK
    (read,) = csv.reader(io.StringIO(line, newline=""))
    assert [one.removeprefix("'") for one in read] == [one.removeprefix("'") for one in cells]
    assert not any(one.startswith(("=", "+", "-", "@", "\t", "\r")) for one in read)
