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


def test_a_sign_inside_a_quoted_value_does_not_end_the_tag() -> None:
    assert html_to_text('<b title="a>b">c</b> <a href="http://x.example/>y">z</a>') == "c z (http://x.example/>y)"


def test_an_apostrophe_that_quotes_nothing_swallows_nothing() -> None:
    assert html_to_text("<p don't>text</p> <a href='http://x.example'>y</a>") == "text\ny (http://x.example)"


def test_what_is_never_closed_is_read_as_text() -> None:
    assert html_to_text("x <!-- y") == "x <!-- y"
    assert html_to_text("x <a href='y") == "x <a href='y"
    assert html_to_text("x <!-- y> z") == "x z"


def test_inside_a_script_nothing_is_a_tag() -> None:
    assert html_to_text("a<script>if (x<b) '</p>'</script >b<style>") == "ab"


def test_the_number_of_no_character_is_a_replacement_character() -> None:
    """The standard library raises ValueError for a number of more than 4,300 digits."""
    assert html_to_text(f"a&#{'1' * 5_000};b&#x{'f' * 5_000};z") == "a\ufffdb\ufffdz"
    assert html_to_text("&#2453;&#x995; &lt;b&gt; &amp;amp;") == "কক <b> &amp;"


def test_names_and_attributes_are_read_in_any_case_and_spacing() -> None:
    assert html_to_text("<A\nTitle=x HREF = 'http://x.example/?a=1&amp;b=2' >y</A >") == "y (http://x.example/?a=1&b=2)"
    assert html_to_text("<a href=http://x.example>y</a>") == "y (http://x.example)"


@given(st.text(st.sampled_from("<>/a\"'=&;#!- pbrhref")))
def test_broken_html_never_fails(html: str) -> None:
    assert isinstance(html_to_text(html), str)
