"""Pictures drawn on the server: their words put into the visitor's language, and told to the browser's cache."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any, Final

from flask import Response, request

from moderation.web.current import runtime
from moderation.web.dashboard import wording
from moderation.web.dashboard.blueprint import language

_TEXT: Final = re.compile(r"(<text\b[^>]*>)([^<]*)(</text>)")


def picture_answer(svg: str) -> Response:
    """304 where the browser has this very picture."""
    worded = _TEXT.sub(lambda found: found[1] + escape(wording.in_a_picture(found[2], language())) + found[3], svg)
    answer = Response(worded, content_type="image/svg+xml; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def drawn(kind: str, document: Mapping[str, Any]) -> Response:
    """A picture that ``moderation.drawing`` knows, from its numbers."""
    return picture_answer(runtime().draughtsman.draw(kind, document))
