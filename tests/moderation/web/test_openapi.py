"""The description of the webhook is held against the service: schemathesis sends what it allows."""

import io
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.wrappers import Request

from moderation.web.problem_codes import PROBLEM_CODES
from tests.moderation.web.webhook.sender import Sender, created

CONFORMANCE = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def described(client: FlaskClient) -> dict[str, Any]:
    document = client.get("/openapi.json").json
    assert isinstance(document, dict)
    return document


def test_every_route_of_the_webhook_is_described_and_no_other(app: Flask, described: dict[str, Any]) -> None:
    routes = {
        (rule.rule.replace("<any_id:comment_id>", "{comment_id}").replace("<site>", "{site}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.startswith("webhook.")
    }
    assert routes == {(path, method) for path, methods in described["paths"].items() for method in methods}


def test_the_page_shows_every_operation_schema_and_problem_and_loads_nothing_from_elsewhere(
    client: FlaskClient, described: dict[str, Any]
) -> None:
    page = client.get("/docs").text
    for path in described["paths"]:
        assert path in page
    for name in described["components"]["schemas"]:
        assert f'id="schema-{name}"' in page
    for problem in PROBLEM_CODES:
        assert f'id="{problem.code}"' in page
    assert "://" not in page.replace("http://www.w3.org", "")
    assert "<script" not in page
    with client.get("/reference/reference.css") as style:
        assert style.status_code == 200


def _signing(app: WSGIApplication, sender: Sender) -> WSGIApplication:
    """The application behind a site's own backend, which signs what passes."""

    def signed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = Request(environ).get_data()
        environ["wsgi.input"] = io.BytesIO(body)
        if environ["REQUEST_METHOD"] == "POST" and _is_text(body):
            for name, value in sender.headers(body).items():
                environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        environ["HTTP_AUTHORIZATION"] = f"Bearer {sender.site.api_key}"
        return app(environ, start_response)

    return signed


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("operation", ["receive_event", "receive_batch", "show_comment", "list_decisions"])
def test_the_service_keeps_to_its_description(app: Flask, sender: Sender, operation: str) -> None:
    sender.post(created())
    schema = schemathesis.openapi.from_wsgi("/openapi.json", _signing(app, sender))
    described = schema.find_operation_by_id(operation)
    statuses: set[int] = set()

    @hypothesis_settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=described.as_strategy())
    def hold(case: "Case[Any]") -> None:
        case.path_parameters["site"] = "khobor"
        statuses.add(case.call_and_validate(checks=CONFORMANCE).status_code)

    hold()
    assert 401 not in statuses
    assert statuses & {200, 202, 404}
