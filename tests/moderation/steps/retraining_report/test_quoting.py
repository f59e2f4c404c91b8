"""What readers wrote stays data in both forms of the report."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from moderation.steps.retraining_report.quoting import markdown, plain

HOSTILE = [
    "<script>alert(1)</script>",
    "**fat** _thin_ `code` ~~gone~~",
    "[click](javascript:alert(1)) ![x](http://evil.example/x.png)",
    "a | b | c",
    "www.evil.example http://evil.example/ a@evil.example",
    "# heading\n\n- item\n1. one\n> said\n---\n```\ncode",
    "&lt;b&gt; &copy;",
    "\\",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_in_markdown_it_is_words_in_a_cell_and_nothing_else(text: str) -> None:
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    table = f"| comment | site |\n|---|---|\n| {markdown(text)} | x |\n"
    kinds = {token.type for token in reader.parse(table)}
    inline = [child for token in reader.parse(table) for child in token.children or ()]
    assert {child.type for child in inline} <= {"text", "text_special"}
    assert len([kind for kind in kinds if kind.startswith(("table", "tr", "td"))]) > 0
    cells = [token for token in reader.parse(table) if token.type == "td_open"]
    assert len(cells) == 2
    assert "".join(child.content for child in inline).count(" ".join(text.split())) == 1


@given(st.text(max_size=400))
def test_one_line_without_what_hides_or_steers(text: str) -> None:
    shown = plain(text)
    assert "\n" not in shown
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Co"}
    assert not set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f") & set(shown)


def test_joiners_that_bangla_is_spelt_with_stay() -> None:
    assert plain("র\u200d\u09cdযাব") == "র\u200d\u09cdযাব"


def test_a_giant_comment_is_cut_and_its_length_told() -> None:
    shown = plain("ক" * 100_000)
    assert len(shown) < 400
    assert "100,000 characters" in shown


def test_stacked_marks_do_not_grow_over_their_neighbours() -> None:
    assert len(plain("ক" + "\u0981" * 80 + "খ")) < 10
