"""From error to answer: the one table of statuses; problem+json (RFC 9457) for machines, pages for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import structlog
from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from moderation.domain import errors as domain
from moderation.domain.errors import Fault, InvalidValueError, LoginDelayedError, ModerationError
from moderation.signing import SignatureError
from moderation.store.failures import PASSING_FAILURES
from moderation.web.answers import json_answer

PROBLEM_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 5

STATUS_OF: Final[Mapping[type[ModerationError], int]] = {
    domain.NotFoundError: 404,
    domain.ConflictError: 409,
    domain.NotPermittedError: 403,
    domain.LoginRefusedError: 401,
    domain.LoginDelayedError: 429,
    domain.LinkExpiredError: 410,
    domain.InvalidValueError: 422,
    domain.PromotionRefusedError: 409,
    domain.ModerationError: 400,
}
"""A class stands for its subclasses too; the nearest counts."""

_MACHINE_PATHS: Final = ("/v1/", "/openapi.json", "/live", "/ready", "/metrics")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal: what RFC 9457 asks for, our stable code, and each fault with the pointer to its field."""

    status: int
    code: str
    detail: str
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase

    def document(self) -> dict[str, object]:
        document: dict[str, object] = {
            "type": f"/docs#{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.faults:
            document["errors"] = [
                {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail} for fault in self.faults
            ]
        return document


class RefusalError(Exception):
    """A request that the web layer itself refuses, before any step is called."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def install(app: Flask) -> None:
    """Registers the handlers for everything that a view may raise."""
    app.register_error_handler(RefusalError, _refusal)
    app.register_error_handler(ModerationError, _domain_error)
    app.register_error_handler(SignatureError, _signature_error)
    app.register_error_handler(HTTPException, _http_error)
    for failure in PASSING_FAILURES:
        app.register_error_handler(failure, _database_failure)
    app.register_error_handler(Exception, _unforeseen)


def problem_of(error: ModerationError) -> Problem:
    """What a domain error is told as."""
    status = next(STATUS_OF[cls] for cls in type(error).__mro__ if cls in STATUS_OF)
    faults = error.faults if isinstance(error, InvalidValueError) else ()
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, LoginDelayedError) else {}
    return Problem(status, error.code, str(error) or HTTPStatus(status).phrase, faults, headers)


def _refusal(error: Exception) -> Response:
    assert isinstance(error, RefusalError)  # noqa: S101 - as registered
    return answer(error.problem)


def _domain_error(error: Exception) -> Response:
    assert isinstance(error, ModerationError)  # noqa: S101 - as registered
    return answer(problem_of(error))


def _signature_error(error: Exception) -> Response:
    assert isinstance(error, SignatureError)  # noqa: S101 - as registered
    return answer(Problem(401, error.code, error.detail))


def _http_error(error: Exception) -> ResponseReturnValue:
    """What Flask and Werkzeug refuse: unknown paths, wrong methods, bodies too large, hosts that are not trusted."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as registered
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    code = HTTPStatus(error.code).name.lower()
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer(Problem(error.code, code, error.description or HTTPStatus(error.code).phrase, headers=headers))


def _database_failure(error: Exception) -> Response:
    _log.warning("database_failed", error=type(error).__name__)
    detail = "The database does not answer at the moment. Nothing was stored; send the same request again."
    return answer(Problem(503, "database_unavailable", detail, headers={"Retry-After": str(RETRY_SECONDS)}))


def _unforeseen(error: Exception) -> Response:
    _log.error("request_failed", path=request.path, exc_info=error)
    detail = "Something went wrong on this server. Its log has the details under the X-Request-Id of this answer."
    return answer(Problem(500, "internal_error", detail))


def answer(problem: Problem) -> Response:
    if _asked_by_machine():
        return json_answer(problem.document(), problem.status, problem.headers, PROBLEM_TYPE)
    try:
        page = render_template("error.html", problem=problem, status=problem.status, code=problem.code)
    except TemplateNotFound:
        return json_answer(problem.document(), problem.status, problem.headers, PROBLEM_TYPE)
    return Response(page, problem.status, problem.headers, content_type="text/html; charset=utf-8")


def _asked_by_machine() -> bool:
    if request.blueprint == "dashboard":
        return False
    accepted = request.accept_mimetypes
    return request.path.startswith(_MACHINE_PATHS) or not accepted.accept_html or accepted.best == "*/*"
