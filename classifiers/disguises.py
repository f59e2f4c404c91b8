"""Undoing what people do to slip a word past a filter: leet, letters spaced out, punctuation inside words.

Every pattern runs in time linear in the text: a repetition can only begin where the character before it is not of the
same class, and gives nothing back that could be read in a second way (a test counts the steps).
"""

import re
from collections.abc import Callable

from classifiers.edits import PLAIN, Edits

_BASE = "\u0985-\u0994\u0995-\u09b9\u09ce\u09dc-\u09e1\u09f0\u09f1"
_VOWEL_SIGNS = "\u0981-\u0983\u09bc\u09be-\u09cc\u09d7\u09e2\u09e3"
_VIRAMA = "\u09cd"
_BANGLA = f"{_BASE}{_VOWEL_SIGNS}{_VIRAMA}"
_CLUSTER = f"[{_BASE}](?:{_VIRAMA}[{_BASE}]|[{_VOWEL_SIGNS}{_VIRAMA}])*+"

_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_LEET_TOKEN = re.compile(r"(?<![^\s.,;:(\"'])(?=[a-z@$])(?=[a-z0-9@$!]*[013457@$!][a-z])[a-z0-9@$!]+")
_LEET_INSIDE = re.compile(r"[013457@$!][a-z]")
_POINTED_LATIN = re.compile(r"(?<![a-z0-9])[a-z](?:[._*\-]{1,2}[a-z](?![a-z0-9])){2,}")
_SPACED_LATIN = re.compile(r"(?<![a-z0-9])[a-z](?:[ ._*\-]{1,2}[a-z](?![a-z0-9])){2,}")
_LONE_LATIN = re.compile(r"[ ._*\-][a-z][ ._*\-]")
_SEPARATORS = re.compile(r"[ ._*\-]+")

_MASKS_IN_BANGLA = re.compile(f"[*_~^|#@](?<=[{_BANGLA}].)[*_~^|#@]*(?=[{_BANGLA}])")
_SPLIT_BY_POINTS = re.compile(f"(?<![{_BANGLA}])(?:{_CLUSTER}){{1,2}}(?:[.\\-'](?:{_CLUSTER}){{1,2}}(?![{_BANGLA}]))+")
_SPLIT_BY_SPACES = re.compile(f"(?<![^ ]){_CLUSTER}(?: {_CLUSTER}(?![^ ,;:!?।])){{2,}}")
_MAYBE_SPLIT_BY_POINTS = re.compile(f"[.\\-'](?<=[{_BANGLA}].)[{_BASE}]")
_STRAY_SIGN = re.compile(f"[ .\\-'](?<=[{_BANGLA}].)[ .\\-']*(?=[{_VOWEL_SIGNS}{_VIRAMA}])")
_BANGLA_DISGUISE = re.compile(f"[*_~^|#@.\\-'][{_BANGLA}]| [{_VOWEL_SIGNS}{_VIRAMA}]")

_SHORT_WORDS = frozenset(
    word
    for words in (
        "কি কী কে সে যে না তা যা ও এ ঐ ই ওই এই সব হে মা বা নি রে গো দে নে তো জি জী",
        "দি দা হা বি ছি ভু দু দুই টা টি পা গা হয় নয় রা য়ে এক",
    )
    for word in words.split()
)
"""One-cluster words (and clusters) that stand in a row in plain Bangla: «সে যে কি না» is not a disguise."""


def undo_latin_disguises(text: str, edits: Edits = PLAIN) -> str:
    if _LEET_INSIDE.search(text):
        text = edits.substituted(text, _LEET_TOKEN, _plain_letters)
    if not _LONE_LATIN.search(text):
        return text
    # Points first, for a space among them parts two words: «s.t.u.p.i.d m.a.n».
    return edits.substituted(edits.substituted(text, _POINTED_LATIN, _joined), _SPACED_LATIN, _joined)


def undo_bangla_disguises(text: str, edits: Edits = PLAIN) -> str:
    if _BANGLA_DISGUISE.search(text):
        text = edits.substituted(text, _MASKS_IN_BANGLA, "")
        text = edits.substituted(text, _STRAY_SIGN, "")
        if _MAYBE_SPLIT_BY_POINTS.search(text):
            text = edits.substituted(text, _SPLIT_BY_POINTS, _without("."))
    return edits.substituted(text, _SPLIT_BY_SPACES, _joined_unless_plain)


def _plain_letters(match: re.Match[str]) -> str:
    return match.group().translate(_LEET)


def _joined(match: re.Match[str]) -> str:
    return _SEPARATORS.sub("", match.group())


def _without(points: str) -> Callable[[re.Match[str]], str]:
    table = str.maketrans("", "", points + "-'")
    return lambda match: match.group().translate(table)


def _joined_unless_plain(match: re.Match[str]) -> str:
    parts = match.group().split(" ")
    return match.group() if sum(part not in _SHORT_WORDS for part in parts) < 2 else "".join(parts)
