"""Tests of classifiers.html_text."""

from hypothesis import given
from hypothesis import strategies as st

from classifiers import html_to_text


def test_paragraphs_become_lines_and_entities_characters() -> None:
    assert html_to_text("<p>এক &amp; দুই</p><p>তিন<br>চার</p>") == "এক & দুই\nতিন\nচার"


def test_the_target_of_a_link_is_kept() -> None:
    assert html_to_text('<a href="http://spam.example/x">দেখুন</a> এখনই') == "দেখুন (http://spam.example/x) এখনই"


def test_a_link_that_shows_its_target_says_it_once() -> None:
    assert html_to_text('<a href="http://a.example">http://a.example</a>') == "http://a.example"


def test_a_link_that_is_never_closed_keeps_its_target() -> None:
    assert html_to_text("go <a href=http://spam.example>here") == "go here (http://spam.example)"


def test_what_a_reader_does_not_see_is_left_out() -> None:
    assert html_to_text("a<script>alert(1)</script><style>p{}</style><!-- no --> b") == "a b"


def test_text_after_an_empty_element_is_still_read() -> None:
    assert html_to_text("a<br/>b<img alt='ছবি'/>c") == "a\nb ছবি c"


def test_plain_text_with_a_less_than_sign_stays() -> None:
    assert html_to_text("5 < 6 and 7 > 2") == "5 < 6 and 7 > 2"


@given(st.text(st.sampled_from("<>/a\"'=&;#!- pbrhref")))
def test_broken_html_never_fails(html: str) -> None:
    assert isinstance(html_to_text(html), str)
