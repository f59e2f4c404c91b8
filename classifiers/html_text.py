"""Readable text from a comment's HTML: what a reader would see, with the targets of links kept (spam lives in them)."""

from html.parser import HTMLParser

_HIDDEN = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "title", "textarea"}
)
_BLOCKS = frozenset(
    tag
    for tags in (
        "address article aside blockquote br dd div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr",
        "li main nav ol p pre section table td th tr ul",
    )
    for tag in tags.split()
)
_MAX_TARGET = 2_000


def html_to_text(html: str) -> str:
    """The visible text of ``html``; a link reads «text (target)». Broken HTML gives what can be read of it, never an
    error.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._hidden: list[str] = []
        self._targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag in _BLOCKS:
            self._parts.append("\n")
        elif tag == "a":
            self._targets.append(_target(attrs, "href"))
        elif tag == "img" and not self._hidden:
            self._parts.append(" " + _target(attrs, "alt") + " ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _HIDDEN:
            self.handle_starttag(tag, attrs)
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag == self._hidden[-1]:
            self._hidden.pop()
        elif tag in _BLOCKS:
            self._parts.append("\n")
        elif tag == "a" and self._targets:
            self._close_link(self._targets.pop())

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._parts.append(data)

    def _close_link(self, target: str) -> None:
        if target and not self._hidden and "".join(self._parts[-1:]).strip() != target:
            self._parts.append(f" ({target})")

    def text(self) -> str:
        """What was read so far; links that were never closed keep their targets too."""
        for target in reversed(self._targets):
            self._close_link(target)
        self._targets = []
        lines = (" ".join(line.split()) for line in "".join(self._parts).split("\n"))
        return "\n".join(line for line in lines if line)


def _target(attributes: list[tuple[str, str | None]], name: str) -> str:
    return next((value.strip()[:_MAX_TARGET] for key, value in attributes if key == name and value), "")
