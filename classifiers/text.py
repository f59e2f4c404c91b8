"""One form for text that looks the same: what scoring, term lists and search all work on. People keep seeing the raw
text.
"""

import re
import unicodedata
from itertools import chain
from typing import NamedTuple

from classifiers.disguises import undo_bangla_disguises, undo_latin_disguises
from classifiers.edits import PLAIN, Edits, TracedEdits

MAX_CHARACTERS = 10_000
"""What is beyond this in the normalised text is cut: the application holds such comments for people."""

_MAX_RAW = 200_000
_MAX_MARKS = 16
_MAX_COMPOSING = 4 * MAX_CHARACTERS + 1_000
"""At most four characters compose into one, so this much raw text always fills the normalised limit, however it is
composed.
"""

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\uffff\U000e0000-\U000e0fff]+"
)
_MAYBE_MARK_RUN = re.compile(r"[^\w\s\x00-\x7f]{7}")
"""A run of _MAX_MARKS marks needs seven characters at least: none decomposes into more than two marks, no letter
brings more than three.
"""
_ACCENTED = re.compile("[\u00c0-\u024f\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u1e00-\u1eff\u20d0-\u20ff\ufe20-\ufe2f]")
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")

_LOOK_ALIKES = dict(
    zip(
        "аеорсухкмтнвіѕјԁԛԝһгп" + "οαειкνρτυχγ" + "ıɑɡɪʏ",
        "aeopcyxkmthbisjdqwhrn" + "oaeiknptuxy" + "iagiy",
        strict=True,
    )
)
_DIGITS = {chr(zero + digit): str(digit) for zero in (0x09E6, 0x0966, 0x0660, 0x06F0) for digit in range(10)}
_REPLACED = str.maketrans(_LOOK_ALIKES | _DIGITS | {"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "॥": "।"})
_TO_REPLACE = re.compile("[" + "".join(map(chr, _REPLACED)) + "]")

_TOP_LEVEL = (
    "com|net|org|info|xyz|me|ly|co|bd|in|io|tk|ru|link|site|online|shop|club|top|gl|gg|tv|app|dev|live|vip|win|bet"
)
_URL = re.compile(rf"(?:https?://|www\.)\S+|(?<![a-z0-9.\-@])(?:[a-z0-9\-]+\.)+(?:{_TOP_LEVEL})(?:/\S*|(?![a-z0-9]))")
_MAYBE_URL = re.compile(rf"\.(?:{_TOP_LEVEL})|://|www\.")
_EMAIL = re.compile(r"(?<![a-z0-9._%+\-])[a-z0-9._%+\-]+@[a-z0-9.\-]+\.[a-z]{2,}")
_MENTION = re.compile(r"@(?<!\S@)(?!ss)\w[\w.]+")
_PHONE = re.compile(r"(?<!\d)\+?\d[\d\-]{2}[\d \-]{4,}\d(?!\d)")
_LATIN = re.compile("[a-z@$]")
_BANGLA = re.compile("[\u0980-\u09ff]")
_REPEATED = re.compile(r"(\D)\1\1+")
_DIGIT_RUN = re.compile(r"\d[\d \-]{6,}\d")
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u0981-\u0983\u09bc\u09be-\u09cd\u09d7\u09e2\u09e3]+[^\W_]*)*")


def normalise(text: str) -> str:
    """The form of ``text`` that is scored: at most MAX_CHARACTERS, in time linear in the text whatever it holds.

    Canonically equal strings have the same normalised form. Links, addresses, mentions and phone numbers become
    ‹url›, ‹mail›, ‹user› and ‹phone›.
    """
    return _normalised(text, PLAIN)


class Aligned(NamedTuple):
    """A normalised text, and for each of its characters where the piece of the raw text that it is made from begins
    and ends. Both ascend; neighbours may share a piece, and what was dropped is in none.
    """

    text: str
    begins: list[int]
    ends: list[int]


def aligned(text: str) -> Aligned:
    """``normalise`` with a record of where everything is from; some ten times slower."""
    edits = TracedEdits(text)
    return Aligned(_normalised(text, edits), edits.begins, edits.ends)


def with_tokens(text: str, edits: Edits = PLAIN) -> str:
    """Tokens for the links, addresses, mentions and phone numbers of a text in plain small characters."""
    if "." in text or "://" in text:
        if "@" in text:
            text = edits.substituted(text, _EMAIL, "‹mail›")
        if _MAYBE_URL.search(text):
            text = edits.substituted(text, _URL, "‹url›")
    if "@" in text:
        text = edits.substituted(text, _MENTION, "‹user›")
    return edits.substituted(text, _PHONE, "‹phone›") if _DIGIT_RUN.search(text) else text


def undisguised(text: str, edits: Edits = PLAIN) -> str:
    """Such a text, which has its tokens, without the disguises that ``classifiers.disguises`` knows."""
    if _LATIN.search(text):
        text = undo_latin_disguises(text, edits)
    return undo_bangla_disguises(text, edits) if _BANGLA.search(text) else text


def squeezed(text: str, edits: Edits = PLAIN) -> str:
    """Whatever stands three times or more, digits apart, stands twice."""
    return edits.substituted(text, _REPEATED, r"\1\1")


def words(text: str) -> list[str]:
    """The words of a normalised text: letters, digits and the marks on them (``\\w`` alone breaks Bangla at vowel
    signs).
    """
    return _WORD.findall(text)


def letters_key(text: str) -> str:
    """Two texts with the same key are the same comment up to case, spaces, punctuation and disguise."""
    return "".join(words(normalise(text)))


def _normalised(text: str, edits: Edits) -> str:
    text = edits.cut(text, _MAX_RAW)
    if not text.isascii():
        text = _composed(text, edits)
    text = edits.spaced(edits.lowered(edits.cut(text, MAX_CHARACTERS)))
    if not text.isascii():
        text = _in_plain_characters(text, edits)
    text = undisguised(with_tokens(text, edits), edits)
    return edits.cut(squeezed(text, edits), MAX_CHARACTERS)


def _composed(text: str, edits: Edits) -> str:
    text = edits.substituted(text, _INVISIBLE, "")
    if _MAYBE_MARK_RUN.search(text):
        text = edits.changed(text, _with_bounded_marks)
    return edits.changed(edits.cut(text, _MAX_COMPOSING), _nfkc)


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _with_bounded_marks(text: str) -> str:
    """At most _MAX_MARKS combining marks on one letter: unicodedata.normalize is quadratic in runs of them.

    Sorting the decomposed run by combining class before the cut keeps canonically equal strings equal.
    """
    done: list[str] = []
    run: list[str] = []
    for character in chain.from_iterable(unicodedata.normalize("NFD", one) for one in text):
        if unicodedata.combining(character):
            run.append(character)
            continue
        if run:
            done.extend(sorted(run, key=unicodedata.combining)[:_MAX_MARKS])
            run = []
        done.append(character)
    return "".join(done + sorted(run, key=unicodedata.combining)[:_MAX_MARKS])


def _in_plain_characters(text: str, edits: Edits) -> str:
    if _ACCENTED.search(text):
        text = edits.changed(text, _without_accents)
    return text.translate(_REPLACED) if _TO_REPLACE.search(text) else text


def _without_accents(text: str) -> str:
    return _nfkc(_ACCENTS.sub("", unicodedata.normalize("NFD", text)))
