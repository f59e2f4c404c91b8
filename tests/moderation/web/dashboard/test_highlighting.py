"""Marked stretches of hostile text: every character is shown as it would be unmarked, whatever the spans."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.vocabulary import Label
from moderation.steps.explaining import Explained, Told
from moderation.web.dashboard.displaying import Span, shown
from moderation.web.dashboard.highlighting import spans_of

TEXTS = st.text(st.sampled_from("ab ক্ষা\u0301\u0302\u200b\u200d\u202e\n<&😀"), max_size=60)


def _rows(edges: list[int]) -> list[tuple[int, int]]:
    """Ascending spans without overlap from any numbers."""
    ordered = sorted(set(edges))
    return list(zip(ordered[::2], ordered[1::2], strict=False))


@given(TEXTS, st.lists(st.integers(0, 70), max_size=12))
def test_marking_changes_no_character_and_no_chip(text: str, edges: list[int]) -> None:
    marked = shown(text, [Span(begin, end, "raised") for begin, end in _rows(edges)])
    plain = shown(text)
    assert "".join(piece.text for piece in marked) == "".join(piece.text for piece in plain)
    assert [piece.text for piece in marked if piece.hidden] == [piece.text for piece in plain if piece.hidden]
    assert all(piece.text for piece in marked)


def test_a_span_begins_and_ends_where_the_text_came_so_though_marks_were_cut_before_it() -> None:
    text = "a" + "\u0301" * 50 + "\u200bidiot!"
    pieces = shown(text, [Span(text.index("idiot"), text.index("!"), "raised")])
    assert [piece.text for piece in pieces if piece.look] == ["idiot"]


def test_a_span_beyond_what_is_shown_is_cut_with_it() -> None:
    pieces = shown("a" * 10_010, [Span(9_990, 10_005, "raised")])
    assert [(len(piece.text), piece.look, piece.hidden) for piece in pieces] == [
        (9_990, "", False),
        (10, "raised", False),
        (3, "", True),
    ]


@given(st.lists(st.integers(0, 50), max_size=14), st.lists(st.integers(0, 50), max_size=14))
def test_stretches_and_slurs_become_one_row_that_says_both(stretches: list[int], slurs: list[int]) -> None:
    told = [Told(begin, end, raised=begin % 2 == 0, share=0.1) for begin, end in _rows(stretches)]
    masked = _rows(slurs)
    row = spans_of(Explained(Label.INSULT, 0.9, told, masked, None))
    assert all(before.end <= after.begin for before, after in pairwise(row))
    for position in range(51):
        look = next((span.look for span in row if span.begin <= position < span.end), "")
        assert ("slur" in look) == any(begin <= position < end for begin, end in masked)
        assert (look.startswith(("raised", "lowered"))) == any(one.begin <= position < one.end for one in told)
