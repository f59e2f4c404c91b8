"""A term list as people type it: a term a line, switches and exceptions after bars, in either language."""

from itertools import islice, product
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers import normalise
from moderation.domain.errors import InvalidValueError
from moderation.domain.term_document import MOST_TERMS, checked, digest_of, document_of, list_of
from moderation.domain.term_lines import line_of, terms_in
from moderation.domain.term_lists import Match, Term, Tongue
from moderation.domain.vocabulary import ListAction


def _terms(written: str) -> list[Term]:
    return terms_in(written, normalise)


def test_lines_are_read_in_both_languages() -> None:
    written = """
        # what we do not print
        শালা
        বাল | প্রত্যয় | নয় বালাম, বালুচ
        বাল্যবন্ধু | হুবহু
        Idiot | English
        shit | ইংরেজি ক্রিয়া | not Shiitake
        #tag
    """
    assert _terms(written) == [
        Term("শালা"),
        Term("বাল", Match.ENDINGS, exceptions=("বালাম", "বালুচ")),
        Term("বাল্যবন্ধু", Match.EXACT),
        Term("idiot", tongue=Tongue.ENGLISH),
        Term("shit", tongue=Tongue.ENGLISH_VERB, exceptions=("shiitake",)),
        Term("#tag"),
    ]


def test_a_term_counts_once_however_it_is_typed() -> None:
    assert _terms("  Casino  \ncasino\n\nক্যা\u200dসিনো") == [Term("casino"), Term(normalise("ক্যাসিনো"))]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("শালা\nবাল | পুরো", "Line 2: “পুরো” is no switch"),
        ("বাল\nবাল | exact", "Line 2: “বাল” is listed before"),
        ("| exact", "Line 1: a term has 1 to 200"),
        ("কখ" * 101, "Line 1: a term has 1 to 200"),
        ("বাল | not বাল আম", "Line 1: the exception “বাল আম” is not one word"),
        ("বাল | not " + ",".join("ab" + "c" * n for n in range(101)), "at most 100 exceptions"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(written: str, said: str) -> None:
    with pytest.raises(InvalidValueError, match=said.replace("|", "\\|")):
        _terms(written)


def test_a_list_has_a_most() -> None:
    with pytest.raises(InvalidValueError, match="at most 10000 terms"):
        _terms("\n".join(map("".join, islice(product(ascii_lowercase[::2], repeat=4), MOST_TERMS + 1))))


_words = (
    st.text("abcdকখগািy", min_size=1, max_size=8).map(normalise).filter(lambda word: word.strip() and " " not in word)
)
_some_terms = st.builds(
    Term,
    _words,
    st.sampled_from(Match),
    st.sampled_from(Tongue),
    st.lists(_words, max_size=3, unique=True).map(tuple),
)


@given(st.lists(_some_terms, max_size=5, unique_by=lambda term: term.text), st.sampled_from(["bn", "en"]))
def test_what_is_written_as_lines_or_as_a_document_is_read_back(terms: list[Term], language: str) -> None:
    assert _terms("\n".join(line_of(term, language) for term in terms)) == terms
    document = checked(document_of(ListAction.MARK, terms))
    assert list_of("x", document).terms == tuple(terms)
    assert digest_of(document) == digest_of(dict(reversed(document.items())))


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        ([], "", "not_an_object"),
        ({"action": "burn", "terms": []}, "/action", "unknown_value"),
        ({"action": "hold"}, "/terms", "out_of_range"),
        ({"action": "hold", "terms": [], "more": 1}, "/more", "unknown_field"),
        ({"action": "hold", "terms": ["বাল"]}, "/terms/0", "not_an_object"),
        ({"action": "hold", "terms": [{"term": ""}]}, "/terms/0/term", "out_of_range"),
        ({"action": "hold", "terms": [{"term": "a|b"}]}, "/terms/0/term", "out_of_range"),
        ({"action": "hold", "terms": [{"term": "a", "match": "near"}]}, "/terms/0/match", "unknown_value"),
        ({"action": "hold", "terms": [{"term": "a", "tongue": []}]}, "/terms/0/tongue", "unknown_value"),
        ({"action": "hold", "terms": [{"term": "a", "exceptions": ["b c"]}]}, "/terms/0/exceptions", "out_of_range"),
        ({"action": "hold", "terms": [{"term": "a", "else": 1}]}, "/terms/0/else", "unknown_field"),
    ],
)
def test_each_unsound_field_is_named(document: object, pointer: str, code: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        checked(document)
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in refused.value.faults}
