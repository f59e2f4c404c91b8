"""Any input ends in bounded time: the work is counted, not timed.

The patterns' steps grow as the text does (``tests.classifiers.regex_work``), what else could run away is bounded by a
number: marks on a letter, n-grams of a text, windows of a comment, characters that the HTML reader passes.
"""

import re
import unicodedata
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers import disguises, html_text, html_to_text, normalise, script_detection, text
from classifiers.bundle import WINDOW, windows
from classifiers.features import grams
from classifiers.text import MAX_CHARACTERS
from tests.classifiers.regex_work import Matcher

PIECES = [
    "\u0301", "e\u0301\u0327", "a", "1 ", "1-", "a.", "a@", "a-", "ক ", "ক.", "ক্", "্ক", "ক্ক", "কি", "কি.", "ক'ে", "ক-ক",
    "...ক", "*ক", "ে", "a b ", "' ", "..", "-", "1", "<", "<a ", '="', "&#1", "http://", "@a.", "‹", "ing", "bh",
]  # fmt: skip
AROUND = [("", ""), ("1-------1x1", ""), ("ক", "!"), ("a@", ".q")]
ONCE_A_TAG = {"_TO_TAG_END"}  # matched at one place of a tag, never searched for


def _patterns(*modules: ModuleType) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (name, value)
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern) and name not in ONCE_A_TAG
    ]


_ALL = _patterns(text, disguises, html_text, script_detection)


@pytest.mark.parametrize(("name", "pattern"), _ALL, ids=[name for name, _ in _ALL])
def test_the_steps_of_a_pattern_grow_as_the_text_does(name: str, pattern: re.Pattern[str]) -> None:
    for piece in PIECES:
        for before, after in AROUND:
            steps = []
            for length in (36, 72):
                given_text, matcher = before + piece * (length // len(piece)) + after, Matcher(pattern)
                assert matcher.found(given_text) == [found.span() for found in pattern.finditer(given_text)]
                steps.append(matcher.steps)
            assert steps[1] <= 2.5 * steps[0] + 60, f"{name} on {piece!r}: {steps}"  # what is quadratic has 4 times


def test_the_counting_matcher_tells_quadratic_work_from_linear() -> None:
    steps = {}
    for pattern in ("-+x", "(?<!-)-+x"):
        for length in (40, 80):
            matcher = Matcher(re.compile(pattern))
            matcher.found("-" * length)
            steps[pattern, length] = matcher.steps
    assert steps["-+x", 80] > 3.5 * steps["-+x", 40]
    assert steps["(?<!-)-+x", 80] < 2.5 * steps["(?<!-)-+x", 40]


@pytest.mark.parametrize("piece", PIECES)
def test_a_giant_text_comes_out_cut(piece: str) -> None:
    assert len(normalise(piece * (400_000 // len(piece)))) <= MAX_CHARACTERS


@given(st.text(st.sampled_from("e\u0301\u0327\u0344\u0323\u09bc\u09cdক\u0f73é\u1e69"), max_size=120))
def test_no_more_than_sixteen_marks_are_put_in_order_at_a_time(marked: str) -> None:
    """unicodedata.normalize is quadratic in a run of marks: those that are handed to it are short."""
    needs_bounding = text._MAYBE_MARK_RUN.search(marked) is not None
    handed_on = text._with_bounded_marks(marked) if needs_bounding else marked
    longest = run = 0
    for character in unicodedata.normalize("NFD", handed_on):
        run = run + 1 if unicodedata.combining(character) else 0
        longest = max(longest, run)
    assert longest <= 3 * 6  # six characters that decompose into three marks at most, where nothing needs bounding


@given(st.text(max_size=400))
def test_a_text_has_at_most_seventeen_ngrams_to_a_character(any_text: str) -> None:
    """Five sizes of characters and four of two skeletons each, between words a space; words and pairs of words."""
    assert len(grams([any_text]).columns) <= 17 * (2 * len(any_text) + 2)


@given(st.integers(0, 4 * MAX_CHARACTERS))
def test_the_windows_of_a_comment_hold_at_most_twice_its_characters(length: int) -> None:
    pieces = windows([("ab " * MAX_CHARACTERS)[: min(length, MAX_CHARACTERS)]])[1]
    assert sum(map(len, pieces)) <= 2 * length + WINDOW
    assert max(map(len, pieces)) <= WINDOW


class _Counted:
    """A pattern that adds up the characters its matches pass, all the rest where there is none."""

    passed = 0

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern

    def match(self, given_text: str, begin: int) -> re.Match[str] | None:
        found = self._pattern.match(given_text, begin)
        _Counted.passed += (found.end() if found else len(given_text)) - begin
        return found


@pytest.mark.parametrize(
    "piece",
    ["<", "<!--", "<!-- >", "<a ", "</", "<?", "<!", "<a href='", '<a =">"', "<p", "<p/", "<a>", "<a b='>", "<p 'a"],
)
@pytest.mark.parametrize("tail", ["", ">", "'>", '">'])
def test_the_reader_of_html_passes_each_place_a_few_times_at_most(
    piece: str, tail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_text, "_TO_TAG_END", _Counted(html_text._TO_TAG_END))
    _Counted.passed = 0
    html = piece * (8_000 // len(piece)) + tail
    html_to_text(html)
    assert _Counted.passed <= 3 * len(html)
