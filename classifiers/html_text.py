"""Readable text from a comment's HTML: what a reader would see, with the targets of links kept (spam lives in them).

The standard library's parser takes time quadratic in what is left open (seconds for 40 kB of «<a <a <a …») and fails on
overlong numbers of characters. This reader goes over the text once: what may run to its end in vain does so once.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

_HIDDEN = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "title", "textarea"}
)
_OF_TEXT_ONLY = frozenset({"script", "style", "noscript", "iframe", "title", "textarea"})
"""In these nothing is a tag but their own end."""
_BLOCKS = frozenset(
    tag
    for tags in (
        "address article aside blockquote br dd div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr",
        "li main nav ol p pre section table td th tr ul",
    )
    for tag in tags.split()
)
_MAX_TARGET = 2_000

_TAG_NAME = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)")
_TO_TAG_END = re.compile(r"(?:=\s*+\"[^\"]*+\"|=\s*+'[^']*+'|[^>])*+>")
_ATTRIBUTE = re.compile(r"([^\s/=][^\s/=]*+)\s*+(?:=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|(\S*+)))?+")
_OVERLONG_NUMBER = re.compile(r"&#[xX]?+[0-9a-fA-F]{9,}+;?+")


def html_to_text(html: str) -> str:
    """The visible text of ``html``; a link reads «text (target)». Broken HTML gives what can be read of it, never an
    error. The time is linear in the HTML.
    """
    reader = _Reader()
    for piece in _Scanner(html).pieces():
        if isinstance(piece, _Tag):
            reader.read_tag(piece)
        else:
            reader.read_text(piece)
    return reader.text()


class _Tag(NamedTuple):
    name: str
    closes: bool
    inside: str
    """What stands between name and «>»."""

    def attribute(self, name: str) -> str:
        for key, *values in _ATTRIBUTE.findall(self.inside):
            if key.lower() == name:
                return _unescaped("".join(values)).strip()[:_MAX_TARGET]
        return ""


class _Scanner:
    """Parts HTML into tags and texts from left to right; comments and declarations are left out."""

    def __init__(self, html: str) -> None:
        self._html, self._last_end = html, html.rfind(">")
        self._ends_of_comments = self._quotes_count = True

    def pieces(self) -> Iterator[_Tag | str]:
        at = 0
        while 0 <= (begin := self._html.find("<", at)) < self._last_end:
            yield _unescaped(self._html[at:begin])
            if opening := _TAG_NAME.match(self._html, begin):
                at = self._end_of_tag(opening.end())
                tag = _Tag(opening[2].lower(), bool(opening[1]), self._html[opening.end() : at - 1])
                yield tag
                if tag.name in _OF_TEXT_ONLY and not tag.closes:
                    at = self._end_of_text(tag.name, at)
            elif self._html.startswith(("<!", "<?", "</"), begin):
                at = self._end_of_comment(begin)
            else:
                yield "<"
                at = begin + 1
        yield _unescaped(self._html[at:])

    def _end_of_tag(self, begin: int) -> int:
        """The place after its «>», which does not count in a quoted value. Where quotes take all the rest, none counts
        from there on.
        """
        if self._quotes_count:
            if found := _TO_TAG_END.match(self._html, begin):
                return found.end()
            self._quotes_count = False
        return self._html.find(">", begin) + 1

    def _end_of_comment(self, begin: int) -> int:
        """The place after a comment or declaration. A comment that is never closed ends with the first «>», so that
        nothing more is lost.
        """
        if self._html.startswith("<!--", begin) and self._ends_of_comments:
            end = self._html.find("-->", begin + 2)
            if end >= 0:
                return end + 3
            self._ends_of_comments = False
        return self._html.find(">", begin) + 1

    def _end_of_text(self, name: str, begin: int) -> int:
        """Where the end tag of an element that holds text only begins; all the rest belongs to one that has none."""
        found = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(self._html, begin)
        return found.start() if found else len(self._html)


class _Reader:
    """Puts together what is seen."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._hidden: list[str] = []
        self._targets: list[str] = []

    def read_tag(self, tag: _Tag) -> None:
        if tag.closes:
            self._close(tag.name)
        elif tag.name in _HIDDEN:
            if not tag.inside.endswith("/") or tag.name in _OF_TEXT_ONLY:
                self._hidden.append(tag.name)
        elif tag.name in _BLOCKS:
            self._parts.append("\n")
        elif tag.name == "a":
            self._targets.append(tag.attribute("href"))
        elif tag.name == "img" and not self._hidden:
            self._parts.append(f" {tag.attribute('alt')} ")

    def read_text(self, text: str) -> None:
        if text and not self._hidden:
            self._parts.append(text)

    def text(self) -> str:
        """What was read so far; links that were never closed keep their targets too."""
        for target in reversed(self._targets):
            self._close_link(target)
        self._targets = []
        lines = (" ".join(line.split()) for line in "".join(self._parts).split("\n"))
        return "\n".join(line for line in lines if line)

    def _close(self, name: str) -> None:
        if self._hidden and name == self._hidden[-1]:
            self._hidden.pop()
        elif name in _BLOCKS:
            self._parts.append("\n")
        elif name == "a" and self._targets:
            self._close_link(self._targets.pop())

    def _close_link(self, target: str) -> None:
        if target and not self._hidden and "".join(self._parts[-1:]).strip() != target:
            self._parts.append(f" ({target})")


def _unescaped(text: str) -> str:
    """Entities as characters; numbers longer than any character's are U+FFFD (the standard library fails on them)."""
    return unescape(_OVERLONG_NUMBER.sub("\ufffd", text)) if "&" in text else text
