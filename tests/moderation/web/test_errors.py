"""Whatever a step raises is told with a status, a stable code and what to do; nothing that is foreseen is a 500."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from flask import Flask

import moderation
from classifiers import BundleError
from moderation.callback_client import CallbackUrlError
from moderation.domain.errors import (
    DecisionsUnderWayError,
    Fault,
    InvalidValueError,
    LoginDelayedError,
    ModerationError,
)
from moderation.signing import SignatureError
from moderation.vault import VaultError
from moderation.web.errors import STATUS_OF, problem_of
from moderation.web.problem_codes import PROBLEM_CODES

_NOT_SERVED = ("moderation.commands", "moderation.embedded", "moderation.demo", "tests")


def _kinds(root: type[ModerationError]) -> Iterator[type[ModerationError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _all_kinds() -> list[type[ModerationError]]:
    for module in pkgutil.walk_packages(moderation.__path__, "moderation."):
        if "__main__" not in module.name and not module.name.startswith(("moderation.migrations.", *_NOT_SERVED)):
            importlib.import_module(module.name)
    kinds = {kind for kind in _kinds(ModerationError) if not kind.__module__.startswith(_NOT_SERVED)}
    return sorted(kinds, key=lambda kind: kind.__name__)


def _made(kind: type[ModerationError]) -> ModerationError:
    if kind is LoginDelayedError:
        return LoginDelayedError(7)
    return kind() if kind is DecisionsUnderWayError else kind("Do this instead.")


def _raise(app: Flask, error: Exception, path: str = "/v1/raise") -> tuple[int, dict[str, object], dict[str, str]]:
    def view() -> str:
        raise error

    app.add_url_rule(path, view_func=view)
    answer = app.test_client().get(path)
    return answer.status_code, answer.get_json(), dict(answer.headers)


@pytest.mark.parametrize("kind", _all_kinds())
def test_every_error_of_the_product_has_a_status_a_described_code_and_words(kind: type[ModerationError]) -> None:
    problem = problem_of(_made(kind))
    described = {one.code: one.status for one in PROBLEM_CODES}
    assert kind.__mro__[1] in STATUS_OF or kind in STATUS_OF
    assert described[problem.code] == problem.status
    assert problem.detail
    assert ("Retry-After" in problem.headers) == (problem.status in {429, 503})


@pytest.mark.parametrize(
    ("error", "status", "code", "said"),
    [
        (CallbackUrlError("address_refused", "Callbacks go to public addresses."), 422, "address_refused", "public"),
        (SignatureError("wrong_signature", "No signature fits."), 401, "wrong_signature", "No signature"),
        (BundleError("its weights are damaged"), 409, "bundle_unusable", "damaged"),
        (VaultError("It was made with another key."), 503, "secret_unreadable", "operator"),
        (InvalidValueError("Wrong.", [Fault("/a", "missing", "Give a.")]), 422, "invalid_value", "Wrong"),
        (RuntimeError("a secret"), 500, "internal_error", "X-Request-Id"),
    ],
)
def test_what_stands_below_the_steps_is_told_as_a_problem_too(
    app: Flask, error: Exception, status: int, code: str, said: str
) -> None:
    answered, document, headers = _raise(app, error)
    assert (answered, document["status"], document["code"]) == (status, status, code)
    assert said in str(document["detail"])
    assert "a secret" not in str(document)
    assert "another key" not in str(document)
    assert ("Retry-After" in headers) == (status == 503)


def test_a_person_gets_a_page_instead(app: Flask) -> None:
    def view() -> str:
        raise CallbackUrlError("bad_url", "Give one like https://example.org/callback.")

    app.add_url_rule("/somewhere", view_func=view)
    answer = app.test_client().get("/somewhere", headers={"Accept": "text/html"})
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"
    assert "bad_url" in answer.text
    assert "ফিরে গিয়ে পাতাটি আবার খুলুন" in answer.text
