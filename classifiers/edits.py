"""The ways in which ``normalise`` changes a text: plainly for scoring, and with a record of where every character of
the result is from.

Both are handed the same steps, so they cannot drift apart.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from unicodedata import combining

Replacement = str | Callable[[re.Match[str]], str]

_WORD_OR_SPACES = re.compile(r" +|[^ ]+")
_NO_SPACES = re.compile(r"\S+")


class Edits:
    """Plain changes; each takes the text as the change before has left it.

    Whatever else is done to the text in between must keep every character in its place, as ``str.translate`` from one
    character to one does.
    """

    def cut(self, text: str, length: int) -> str:
        return text[:length]

    def lowered(self, text: str) -> str:
        return text.lower()

    def spaced(self, text: str) -> str:
        """Single spaces between words, and none at the ends."""
        return " ".join(text.split())

    def substituted(self, text: str, pattern: re.Pattern[str], replacement: Replacement) -> str:
        """``pattern`` matches no empty string."""
        return pattern.sub(replacement, text)

    def changed(self, text: str, change: Callable[[str], str]) -> str:
        """``change`` is Unicode normalisation or the like: what comes of a character depends on the marks and letters
        that combine with it, and never on anything beyond a space.
        """
        return change(text)


PLAIN = Edits()


class TracedEdits(Edits):
    """For each character of the text where the piece of ``raw`` that it is made from begins and ends; both ascend.

    What is replaced by as many characters keeps its places one by one. Any other replacement is made from all that it
    replaces.
    """

    def __init__(self, raw: str) -> None:
        self.begins = list(range(len(raw)))
        self.ends = list(range(1, len(raw) + 1))

    def cut(self, text: str, length: int) -> str:
        del self.begins[length:], self.ends[length:]
        return text[:length]

    def lowered(self, text: str) -> str:
        lowered = text.lower()
        if len(lowered) > len(text):
            self._become((at, at + 1, len(character.lower())) for at, character in enumerate(text))
        return lowered

    def spaced(self, text: str) -> str:
        self._become(_spaced(text))
        return super().spaced(text)

    def substituted(self, text: str, pattern: re.Pattern[str], replacement: Replacement) -> str:
        matches = list(pattern.finditer(text))
        if not matches:
            return text
        news = [match.expand(replacement) if isinstance(replacement, str) else replacement(match) for match in matches]
        bounds = [0, *chain.from_iterable(match.span() for match in matches), len(text)]
        between = [text[begin:end] for begin, end in zip(bounds[::2], bounds[1::2], strict=True)]
        pieces = [*chain.from_iterable(zip(between, news, strict=False)), between[-1]]
        self._become(
            (begin, end, len(piece)) for begin, end, piece in zip(bounds[:-1], bounds[1:], pieces, strict=True)
        )
        return "".join(pieces)

    def changed(self, text: str, change: Callable[[str], str]) -> str:
        pieces = [piece for word in _WORD_OR_SPACES.findall(text) for piece in _independent(word, change)]
        ends = _running_sum(len(old) for old, _ in pieces)
        self._become((end - len(old), end, len(new)) for end, (old, new) in zip(ends, pieces, strict=True))
        return "".join(new for _, new in pieces)

    def _become(self, pieces: Iterator[tuple[int, int, int]]) -> None:
        """The text is now made of pieces that were so long and stood from here to there."""
        begins: list[int] = []
        ends: list[int] = []
        for begin, end, length in pieces:
            if length == end - begin:
                begins += self.begins[begin:end]
                ends += self.ends[begin:end]
            elif length:
                begins += [self.begins[begin]] * length
                ends += [self.ends[end - 1]] * length
        self.begins, self.ends = begins, ends


def _running_sum(lengths: Iterator[int]) -> Iterator[int]:
    total = 0
    for length in lengths:
        total += length
        yield total


def _spaced(text: str) -> Iterator[tuple[int, int, int]]:
    before = None
    for match in _NO_SPACES.finditer(text):
        begin, end = match.span()
        if before is not None:
            yield before, begin, 1
        yield begin, end, end - begin
        before = end


def _independent(word: str, change: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """The smallest pieces of a word that change by themselves, and what each changes into.

    A piece begins with a character that combines with nothing before it, as far as classes tell. Two of these may
    still compose («ে» and «া», the letters of Hangul): then they are one.
    """
    whole = change(word)
    if whole == word:
        yield word, whole
        return
    piece = new = ""
    for cluster in _clusters(word, change):
        own = change(cluster)
        both = change(piece + cluster)
        if both == new + own:
            if piece:
                yield piece, new
            piece, new = cluster, own
        else:
            piece, new = piece + cluster, both
    yield piece, new


def _clusters(word: str, change: Callable[[str], str]) -> Iterator[str]:
    begin = 0
    for at, character in enumerate(word):
        first = change(character)[:1]
        if at and first and not combining(first):
            yield word[begin:at]
            begin = at
    yield word[begin:]
