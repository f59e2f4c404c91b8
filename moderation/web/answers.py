"""JSON answers, written by orjson: the standard library's encoder shows in the ingest benchmark."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import orjson
from flask import Response
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class JsonResponse(Response):
    """Its headers are whole when it is made: a length, and addresses that are encoded already.

    Werkzeug would copy them all and parse and encode ``Location`` anew, which also showed in the benchmark.
    """

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:  # noqa: ARG002 - as Werkzeug calls it
        return self.headers


def json_answer(
    document: object,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    content_type: str = "application/json",
) -> Response:
    """``headers`` go out as they are: a ``Location`` is an absolute address in ASCII."""
    return JsonResponse(orjson.dumps(document), status, headers, content_type=content_type)
