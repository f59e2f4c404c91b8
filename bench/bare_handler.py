"""The peer of ``bench/ingest.py``: a bare WSGI handler that inserts the body as one row and commits. Nothing else."""

import os
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_held = threading.local()
_INSERT = "INSERT INTO bare_comments (body) VALUES (%s)"


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    connection = _connection()
    connection.execute(_INSERT, (body.decode(),))
    connection.commit()
    start_response("202 Accepted", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


def _connection() -> psycopg.Connection:
    """One for each thread, held."""
    held: psycopg.Connection | None = getattr(_held, "connection", None)
    if held is None:
        held = _held.connection = psycopg.connect(os.environ["BARE_DATABASE_URL"])
    return held
