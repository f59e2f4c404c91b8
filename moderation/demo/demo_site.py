"""The demo site as a WSGI application: verifies callbacks, takes each once, and shows what it has heard."""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import NamedTuple
from wsgiref.types import StartResponse, WSGIEnvironment

from pydantic import ValidationError

from moderation.demo.callbacks import AsideCallback, Verifier, aside_line, line, parse, printable
from moderation.demo.memory import Heard, Memory
from moderation.demo.page import Page

CALLBACK_PATH = "/callbacks"
LARGEST_BODY = 256 * 1024
MOST_DIGITS = 9

_READING = ("GET", "HEAD")

_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SECURITY = (
    ("Content-Security-Policy", _CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
)


class Answer(NamedTuple):
    status: HTTPStatus
    body: bytes = b""
    type: str = "text/plain; charset=utf-8"


class RefusedError(Exception):
    """A request that is answered with an error; the message goes to the caller and to our own line."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class DemoSite:
    """The application. Callbacks are taken one at a time; after `close` none is taken any more."""

    def __init__(self, verifier: Verifier, memory: Memory, page: Page, tell: Callable[[str], None]) -> None:
        self._verifier = verifier
        self._memory = memory
        self._page = page
        self._tell = tell
        self._lock = threading.Lock()
        self._closed = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._answer(environ)
        start_response(f"{answer.status.value} {answer.status.phrase}", [*_headers(answer)])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def close(self) -> None:
        with self._lock:
            self._closed = True

    def _answer(self, environ: WSGIEnvironment) -> Answer:
        try:
            return self._routed(environ)
        except RefusedError as refused:
            self._say(f"refused  {refused.status.value}  {refused}")
            return Answer(refused.status, f"{refused}\n".encode())

    def _routed(self, environ: WSGIEnvironment) -> Answer:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        if method == "POST" and path == CALLBACK_PATH:
            return self._hear(_signed_headers(environ), _body(environ))
        if method not in _READING:
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, f"Callbacks go to POST {CALLBACK_PATH}")
        if path == "/":
            return self._shown()
        if path == "/style.css":
            return Answer(HTTPStatus.OK, self._page.style, "text/css; charset=utf-8")
        if path == "/favicon.ico":
            return Answer(HTTPStatus.NO_CONTENT)
        return Answer(HTTPStatus.NOT_FOUND, f"The page is at /, callbacks go to POST {CALLBACK_PATH}\n".encode())

    def _shown(self) -> Answer:
        with self._lock:
            return Answer(HTTPStatus.OK, self._page.render(self._memory), "text/html; charset=utf-8")

    def _hear(self, headers: dict[str, str], body: bytes) -> Answer:
        flaw = self._verifier.flaw(headers, body)
        if flaw:
            raise RefusedError(HTTPStatus.UNAUTHORIZED, flaw)
        try:
            callback = parse(body)
        except ValidationError as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"No callback: {_first_flaw(error)}") from error
        if callback is None:
            self._say("acknowledged a callback of a type that this demo does not know")
        elif isinstance(callback, AsideCallback):
            self._say(aside_line(callback))
        else:
            self._take(Heard(at=datetime.now(UTC), webhook_id=headers["webhook-id"], callback=callback))
        return Answer(HTTPStatus.NO_CONTENT)

    def _take(self, heard: Heard) -> None:
        with self._lock:
            if self._closed:
                raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "Closing")
            try:
                new = self._memory.hear(heard)
            except OSError as error:
                message = f"The log cannot be written: {error.strerror}"
                raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, message) from error
            if new:
                told = heard.callback.data
                standing = self._memory.standing(told.comment_id) or told
                self._tell(line(heard.at.astimezone(), heard.callback, stands=standing.version))

    def _say(self, message: str) -> None:
        with self._lock:
            if not self._closed:
                self._tell(f"{datetime.now().astimezone():%H:%M:%S}  {printable(message)}")


def _headers(answer: Answer) -> Iterable[tuple[str, str]]:
    yield from _SECURITY
    if answer.status is HTTPStatus.METHOD_NOT_ALLOWED:
        yield "Allow", "GET, HEAD, POST"
    if answer.status is not HTTPStatus.NO_CONTENT:
        yield "Content-Type", answer.type
        yield "Content-Length", str(len(answer.body))


def _first_flaw(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return ".".join(str(step) for step in first["loc"]) + " " + first["msg"]


def _signed_headers(environ: WSGIEnvironment) -> dict[str, str]:
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return {name: environ.get(f"HTTP_{name.upper().replace('-', '_')}", "") for name in names}


def _body(environ: WSGIEnvironment) -> bytes:
    length = environ.get("CONTENT_LENGTH", "")
    if not length:
        raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "A Content-Length is needed")
    if not (length.isascii() and length.isdigit() and len(length) <= MOST_DIGITS):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "The Content-Length is no number")
    if int(length) > LARGEST_BODY:
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {LARGEST_BODY} bytes are taken")
    try:
        body: bytes = environ["wsgi.input"].read(int(length))
    except OSError as error:
        raise RefusedError(HTTPStatus.REQUEST_TIMEOUT, "The body did not come in time") from error
    if len(body) < int(length):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "The body is shorter than its Content-Length")
    return body
