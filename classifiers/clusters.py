"""Where a text may be parted without parting what a reader sees as one character.

The rules are those of extended grapheme clusters (Unicode Standard Annex 29), made coarser where that needs no tables:
what they keep together stays together here, and a little more may.
"""

from unicodedata import category, combining

_JOINER = "\u200d"
_CONTINUING = frozenset("\u200c\u0e33\u0eb3\uff9e\uff9f" + _JOINER)
"""What continues a cluster and is no mark."""
_PREPENDED = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd\U000111c2\U000111c3\U000113d1\U0001193f"
    "\U00011941\U00011a3a\U00011d46\U00011f02" + "".join(map(chr, range(0x11A84, 0x11A8A)))
)
_VIRAMA = 9
"""The combining class of the signs that join two consonants."""
_CHAINS = ((0x1100, 0x1200), (0xA960, 0xA980), (0xAC00, 0xD7FC), (0x1F1E6, 0x1F200))
"""Hangul, and the letters that make flags: what stands in a row of them is not parted."""
_SKIN_TONES_AND_TAGS = ((0x1F3FB, 0x1F400), (0xE0000, 0xE1000))


def may_part(text: str, at: int) -> bool:
    """Whether there is an edge before the character at ``at``, as there is at both ends."""
    if not 0 < at < len(text):
        return True
    before, here = text[at - 1], text[at]
    if here.isascii():
        return (before, here) != ("\r", "\n") and before not in _PREPENDED
    return not (_continues(here) or before in _PREPENDED or _chained(before, here) or _joined(text, at))


def _continues(character: str) -> bool:
    return character in _CONTINUING or category(character)[0] == "M" or _within(ord(character), _SKIN_TONES_AND_TAGS)


def _chained(before: str, here: str) -> bool:
    return _within(ord(before), _CHAINS) and _within(ord(here), _CHAINS)


def _joined(text: str, at: int) -> bool:
    """Whether a joiner or a virama stands among the marks before."""
    while at and _continues(text[at - 1]):
        at -= 1
        if text[at] == _JOINER or combining(text[at]) == _VIRAMA:
            return True
    return False


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(begin <= code < end for begin, end in ranges)
