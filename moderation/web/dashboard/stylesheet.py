"""The pages' one stylesheet, put together from the parts in ``static/styles`` in the order in which they may override.

Its address carries a digest of its content, so that browsers keep it for a year and take a new one at once.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from moderation.web.dashboard.blueprint import dashboard

FOLDER: Final = Path(__file__).parent / "static" / "styles"
FIRST: Final = ("tokens", "base", "frame", "pieces")
"""What all pages share; the parts of single pages follow in the order of their names."""


class Sheet(NamedTuple):
    content: bytes
    version: str


@cache
def sheet() -> Sheet:
    """Read once in each process."""
    shared = [FOLDER / f"{name}.css" for name in FIRST]
    pages = sorted(set(FOLDER.glob("*.css")) - set(shared))
    content = b"\n".join(path.read_bytes() for path in (*shared, *pages))
    return Sheet(content, sha256(content).hexdigest()[:12])


@dashboard.get("/dashboard.css")
def stylesheet() -> ResponseReturnValue:
    content, version = sheet()
    response = Response(content, content_type="text/css; charset=utf-8")
    current = request.args.get("v") == version
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
    return response


@dashboard.app_context_processor
def _stylesheet_address() -> dict[str, object]:
    return {"stylesheet_url": lambda: url_for("dashboard.stylesheet", v=sheet().version)}
