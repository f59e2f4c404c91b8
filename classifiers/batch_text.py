"""``normalise`` for many texts at once: NumPy finds the comments, which are most, that need little or nothing, and
those that do not need all.

The tests here may send a text to a step for nothing, but never keep from it one that would change: both ways give the
same.
"""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifiers.text import MAX_CHARACTERS, normalise, squeezed, undisguised, with_tokens

Flags = NDArray[np.bool_]
Codes = NDArray[np.uint32]
Kinds = NDArray[np.uint16]
Places = NDArray[np.int64]

_FEW = 6
"""So few texts are sooner done one by one."""

_WHOLE, _DISGUISED, _REPEATS, _OTHERWISE = 1, 2, 4, 8
"""What a text may need: all of ``normalise``, ``with_tokens`` and ``undisguised``, ``squeezed``, or plain digits and
quotes.
"""

_SIGN, _BANGLA, _LATIN, _SECOND_MARK, _COMPOSING, _SLASH, _ODD, _WRITTEN_OTHERWISE = (1 << bit for bit in range(8))
_SPACE, _POINT, _BEFORE_LATIN, _FIRST_MARK, _E_SIGN, _COLON, _DIGIT, _BASE = (256 << bit for bit in range(8))
"""Of a character: what it is after another (low byte), and before another (high byte). Two neighbours tell that there
may be something to do where they have the same bit of the first six, one after and one before.
"""
_PAIRED = 0x3F

_LAST_EMOJI = 0x1FAFF
_E, _VIRAMA = 0x09C7, 0x09CD
_MARKS = [0x09BC, _VIRAMA]
_DECOMPOSED = {"\u09dc": "ড\u09bc", "\u09dd": "ঢ\u09bc", "\u09df": "য\u09bc"}
_OTHER_DIGITS, _QUOTES = "০১২৩৪৫৬৭৮৯", "‘’“”"
_PLAIN = str.maketrans(_OTHER_DIGITS + _QUOTES, "0123456789''\"\"")
_SHORTEST_PHONE = 8


def normalise_all(texts: Sequence[str]) -> list[str]:
    """What ``normalise`` makes of each."""
    if len(texts) < _FEW:
        return list(map(normalise, texts))
    spaced = [" ".join(text.lower().split()) for text in texts]
    return list(map(_mended, texts, spaced, _needs(texts, spaced)))


def _mended(raw: str, text: str, needs: int) -> str:
    if needs & _WHOLE:
        return normalise(raw)
    if not text.isascii():
        for letter, decomposed in _DECOMPOSED.items():
            text = text.replace(letter, decomposed)
    if not needs:
        return text
    if needs & _OTHERWISE:
        text = text.translate(_PLAIN)
    if needs & _DISGUISED:
        return _told_plainly(text, needs)
    return squeezed(text) if needs & _REPEATS else text


def _told_plainly(text: str, needs: int) -> str:
    """Composed it is already; without that, what is disguised takes half the time of ``normalise``. Tokens bring no
    repeats about, but what is joined may.
    """
    tokens = with_tokens(text)
    plain = undisguised(tokens)
    return (squeezed(plain) if needs & _REPEATS or plain != tokens else plain)[:MAX_CHARACTERS]


@cache
def _kinds() -> Kinds:
    """What may stand in a text that needs no composing; all else is odd, and so is "@". What is beyond the table counts
    as its last.
    """
    table = np.full(_LAST_EMOJI + 2, _ODD, dtype=np.uint16)
    table[_codes_of("\"(),/:;<=>?![]{}&%+।৷“”–—.-'‘’*_~^|#$\\৳•·«»")] = 0
    table[0x2600:0x27C0] = table[0x1F300 : _LAST_EMOJI + 1] = 0
    table[_codes_of(".-'‘’*_~^|#")] |= _POINT
    table[_codes_of("!.$")] |= _BEFORE_LATIN
    table[_codes_of("0123456789" + _OTHER_DIGITS)] = _DIGIT | _BEFORE_LATIN
    table[_codes_of(_OTHER_DIGITS + _QUOTES)] |= _WRITTEN_OTHERWISE
    table[ord("a") : ord("z") + 1] = _LATIN
    table[[*range(0x0985, 0x098D), 0x098F, 0x0990, *range(0x0993, 0x09A9), *range(0x09AA, 0x09B1)]] = _BANGLA | _BASE
    table[[0x09B2, *range(0x09B6, 0x09BA), 0x09CE, 0x09DC, 0x09DD, 0x09DF]] = _BANGLA | _BASE
    table[[0x0981, 0x0982, 0x0983, *range(0x09BE, 0x09C5), _E, 0x09C8, 0x09CB, 0x09CC, 0x09D7]] = _BANGLA | _SIGN
    table[_MARKS] = _BANGLA | _SIGN | _FIRST_MARK | _SECOND_MARK
    table[_E] |= _E_SIGN
    table[[0x09BE, 0x09D7]] |= _COMPOSING
    table[ord(":")], table[ord("/")], table[ord(" ")] = _COLON, _SLASH, _SPACE
    return table


def _codes_of(characters: str) -> list[int]:
    return list(map(ord, characters))


def _needs(texts: Sequence[str], spaced: Sequence[str]) -> list[int]:
    """What each may need of what ``_mended`` can do."""
    ends = np.cumsum(np.fromiter(map(len, spaced), dtype=np.int64, count=len(spaced)) + 1)
    codes = np.frombuffer((" " + " ".join(spaced) + " ").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    needs = np.zeros(len(spaced), dtype=np.uint8)
    # A third of the time of clipping, and then indexing.
    for need, places in _telling(codes, _kinds().take(codes, mode="clip")):
        needs[ends.searchsorted(places)] |= need
    # The whole would be cut before anything else, once letters are decomposed into two.
    needs[np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) > MAX_CHARACTERS // 2] |= _WHOLE
    found: list[int] = needs.tolist()
    return found


def _telling(codes: Codes, kinds: Kinds) -> Iterator[tuple[int, Places]]:
    """What may be needed, and the places that tell it. They are few: it costs nothing to look closer at these, where
    a pass over all characters takes about a hundredth of a microsecond for a comment.
    """
    told = _told_by_neighbours(kinds)
    places = (told > 0).nonzero()[0]  # five times as fast as asking the numbers themselves
    strongly = (told[places] & (_ODD | _SECOND_MARK | _COMPOSING)) > 0
    places += 1
    yield _DISGUISED, places
    yield _WHOLE, places[strongly & (codes[places] != ord("@"))]
    yield _DISGUISED, _spelled_in_bangla(codes, kinds)
    yield _DISGUISED, _spelled_in_latin(kinds)
    yield _DISGUISED, _phones(codes, kinds)
    repeats = _ends_of_three(codes)
    yield _REPEATS, repeats
    yield _DISGUISED, repeats[(codes[repeats] == ord("w")) & (codes[repeats + 1] == ord("."))]
    otherwise = ((kinds & _WRITTEN_OTHERWISE) > 0).nonzero()[0]
    yield _OTHERWISE, otherwise
    yield _REPEATS, otherwise[codes[otherwise] >= ord("‘")]  # different quotes become the same


def _told_by_neighbours(kinds: Kinds) -> Kinds:
    """The bits of each character but the first that tell something with the one before, and whether it is odd."""
    told: Kinds = kinds[:-1] >> np.uint16(8)
    told &= _PAIRED
    told |= _ODD
    told &= kinds[1:]
    return told


def _ends_of_three(codes: Codes) -> Places:
    """Where a character, but not the last, stands for the third time in a row."""
    same = codes[1:-1] == codes[:-2]
    ends: Places = (same[1:] & same[:-1]).nonzero()[0] + 2
    return ends


def _spelled_in_bangla(codes: Codes, kinds: Kinds) -> Places:
    """The ends of three words of one cluster each, as in a word spelled out with spaces."""
    clusters = (kinds & _BASE) > 0
    clusters[1:] &= codes[:-1] != _VIRAMA
    places = (clusters | ((kinds & _SPACE) > 0)).nonzero()[0]
    apart = clusters[places]
    single = apart[1:-1] & ~apart[:-2] & ~apart[2:]
    return places[5:-1][single[:-4] & single[2:-2] & single[4:]]


def _spelled_in_latin(kinds: Kinds) -> Places:
    """The ends of three Latin letters, each alone, that follow each other with one or two characters between."""
    joined = (kinds & (_LATIN | _DIGIT)) > 0
    alone = (kinds & _LATIN) > 0
    alone[1:] &= ~joined[:-1]
    alone[:-1] &= ~joined[1:]
    places = alone.nonzero()[0]
    near = places[1:] - places[:-1] <= 3
    ends: Places = places[2:][near[:-1] & near[1:]]
    return ends


def _phones(codes: Codes, kinds: Kinds) -> Places:
    """Where so many digits, spaces and hyphens as make a phone number begin with a digit."""
    runs = ((kinds & (_DIGIT | _SPACE)) > 0) | (codes == ord("-"))
    size = 1
    while size < _SHORTEST_PHONE:
        runs = runs[:-size] & runs[size:]
        size *= 2
    places = runs.nonzero()[0]
    starts: Places = places[(kinds[places] & _DIGIT) > 0]
    return starts
