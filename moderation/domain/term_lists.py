"""Finding listed terms in normalised text, as whole words made of letters *and marks*.

A site's term list can hold a comment. Python's ``\\b`` breaks Bangla words at their vowel signs, which are marks, so
the edges of a word are decided by Unicode categories here.
"""

import unicodedata
from collections.abc import Iterable

_WORD_CATEGORIES = ("L", "M", "N")


def _is_word_character(character: str) -> bool:
    return unicodedata.category(character)[0] in _WORD_CATEGORIES


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = start > 0 and _is_word_character(text[start - 1])
    after = end < len(text) and _is_word_character(text[end])
    return not before and not after


def _occurs(term: str, text: str) -> bool:
    start = text.find(term)
    while start != -1:
        if _stands_alone(text, start, start + len(term)):
            return True
        start = text.find(term, start + 1)
    return False


def terms_found(terms: Iterable[str], text: str) -> list[str]:
    """The terms, in their own order, that occur in ``text`` as whole words; both must be normalised alike."""
    return [term for term in terms if term and _occurs(term, text)]
