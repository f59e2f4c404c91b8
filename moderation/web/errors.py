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

from classifiers import BundleError
from moderation.callback_client import CallbackUrlError
from moderation.domain import errors as domain
from moderation.domain.errors import (
    DecisionsUnderWayError,
    Fault,
    InvalidValueError,
    LoginDelayedError,
    ModerationError,
)
from moderation.signing import SignatureError
from moderation.store.failures import PASSING_FAILURES
from moderation.vault import VaultError
from moderation.web.answers import json_answer

PROBLEM_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 5

STATUS_OF: Final[Mapping[type[ModerationError], int]] = {
    domain.NotFoundError: 404,
    domain.ConflictError: 409,
    domain.NotPermittedError: 403,
    domain.LoginRefusedError: 401,
    domain.CodeRefusedError: 401,
    domain.LoginDelayedError: 429,
    domain.LinkExpiredError: 410,
    domain.InvalidValueError: 422,
    domain.PromotionRefusedError: 409,
    domain.DecisionsUnderWayError: 503,
    domain.ModerationError: 400,
}
"""A class stands for its subclasses too; the nearest counts."""

_LATER: Final = (LoginDelayedError, DecisionsUnderWayError)

HTTP_CODES: Final[Mapping[int, str]] = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    416: "range_not_satisfiable",
}
"""Our names for what Flask and Werkzeug refuse: Python's own differ from version to version."""

_MACHINE_PATHS: Final = ("/v1/", "/openapi.json", "/live", "/ready", "/metrics")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal: what RFC 9457 asks for, our stable code, and each fault with the pointer to its field.

    ``template`` and ``values`` are the detail before it was filled, for pages in other languages.
    """

    status: int
    code: str
    detail: str
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    template: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

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
    app.register_error_handler(CallbackUrlError, _callback_url_error)
    app.register_error_handler(VaultError, _vault_error)
    app.register_error_handler(BundleError, _bundle_error)
    app.register_error_handler(HTTPException, _http_error)
    for failure in PASSING_FAILURES:
        app.register_error_handler(failure, _database_failure)
    app.register_error_handler(Exception, _unforeseen)


def problem_of(error: ModerationError) -> Problem:
    """What a domain error is told as."""
    status = next(STATUS_OF[cls] for cls in type(error).__mro__ if cls in STATUS_OF)
    faults = error.faults if isinstance(error, InvalidValueError) else ()
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, _LATER) else {}
    detail = str(error) or HTTPStatus(status).phrase
    return Problem(status, error.code, detail, faults, headers, error.template, error.values)


def _refusal(error: Exception) -> Response:
    assert isinstance(error, RefusalError)  # noqa: S101 - as registered
    return answer(error.problem)


def _domain_error(error: Exception) -> Response:
    assert isinstance(error, ModerationError)  # noqa: S101 - as registered
    return answer(problem_of(error))


def _signature_error(error: Exception) -> Response:
    assert isinstance(error, SignatureError)  # noqa: S101 - as registered
    return answer(Problem(401, error.code, error.detail))


def _callback_url_error(error: Exception) -> Response:
    assert isinstance(error, CallbackUrlError)  # noqa: S101 - as registered
    return answer(Problem(422, error.code, error.detail))


def _vault_error(error: Exception) -> Response:
    """The installation's key does not fit its database. Its message is for the operator and goes to the log."""
    _log.error("secret_unreadable", error=str(error))
    detail = "A secret of this site cannot be read on this server. Its log tells the operator what to do."
    return answer(Problem(503, "secret_unreadable", detail, headers={"Retry-After": str(RETRY_SECONDS)}))


def _bundle_error(error: Exception) -> Response:
    return answer(Problem(409, "bundle_unusable", f"The bundle cannot be used: {error}"))


def _http_error(error: Exception) -> ResponseReturnValue:
    """What Flask and Werkzeug refuse: unknown paths, wrong methods, bodies too large, hosts that are not trusted."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as registered
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    code = HTTP_CODES.get(error.code, domain.ModerationError.code)
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
