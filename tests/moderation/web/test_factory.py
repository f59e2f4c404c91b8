"""What holds for every answer of the application."""

from dataclasses import replace

import pytest
import structlog
from flask import request
from flask.testing import FlaskClient

from moderation.runtime import Runtime, build_runtime
from moderation.settings import Settings
from moderation.web.factory import CONTENT_SECURITY_POLICY, create_app
from tests.moderation.web.webhook.sender import Sender, created

PATHS = ["/docs", "/openapi.json", "/live", "/v1/sites/x/decisions", "/v1/nothing", "/nothing", "/reference/none.css"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_security_headers_and_a_request_id(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert len(answer.headers["X-Request-Id"]) >= 8


def test_a_request_id_of_a_proxy_is_kept_unless_it_could_forge_a_log_line(client: FlaskClient) -> None:
    assert client.get("/live", headers={"X-Request-Id": "abcdef-123456"}).headers["X-Request-Id"] == "abcdef-123456"
    forged = client.get("/live", headers={"X-Request-Id": "x y z <script>"})
    assert "<" not in forged.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/v1/sites/x/events", 405, "method_not_allowed"),
        ("POST", "/v1/sites/x/decisions", 405, "method_not_allowed"),
    ],
)
def test_what_does_not_exist_is_told_as_a_problem(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.open(path, method=method)
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert (answer.status_code, answer.json["status"], answer.json["code"]) == (status, status, code)
    assert ("Allow" in answer.headers) == (status == 405)


def test_a_host_that_is_not_trusted_is_refused(settings: Settings) -> None:
    trusting = build_runtime(replace(settings, trusted_hosts=("desk.example",)))
    client = create_app(trusting).test_client()
    assert client.get("/live", headers={"Host": "desk.example"}).status_code == 200
    assert client.get("/live", headers={"Host": "evil.example"}).status_code == 400
    trusting.engine.dispose()
    trusting.celery.close()


def test_more_requests_than_the_rate_are_429_and_do_not_count_for_others(
    settings: Settings, sender: Sender, other: Sender
) -> None:
    slow = build_runtime(replace(settings, rate_limit=2))
    client = create_app(slow).test_client()
    answers = [Sender(client, sender.site).post(created(f"c{n}")) for n in range(12)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0].headers["Retry-After"] == "1"
    assert Sender(client, other.site).post(created()).status_code == 202
    slow.engine.dispose()
    slow.celery.close()


def test_a_database_that_is_away_is_503_with_a_time_to_try_again(settings: Settings) -> None:
    away = build_runtime(replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none"))
    answer = create_app(away).test_client().get("/v1/sites/x/decisions", headers={"Authorization": "Bearer abc"})
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    away.engine.dispose()
    away.celery.close()


@pytest.mark.parametrize(
    ("proxies", "seen"), [(0, "10.0.0.1"), (1, "10.0.0.2"), (2, "203.0.113.9"), (3, "198.51.100.66"), (4, "10.0.0.1")]
)
def test_the_clients_address_is_what_our_outermost_proxy_saw(runtime: Runtime, proxies: int, seen: str) -> None:
    app = create_app(replace(runtime, settings=replace(runtime.settings, trusted_proxies=proxies)))
    app.add_url_rule("/address", view_func=lambda: str(request.remote_addr))
    forwarded = "198.51.100.66, 203.0.113.9, 10.0.0.2"
    answer = app.test_client().get(
        "/address", headers={"X-Forwarded-For": forwarded}, environ_base={"REMOTE_ADDR": "10.0.0.1"}
    )
    assert answer.text == seen


def test_a_proxys_word_on_scheme_and_host_is_not_taken(runtime: Runtime) -> None:
    app = create_app(replace(runtime, settings=replace(runtime.settings, trusted_proxies=1)))
    app.add_url_rule("/address", view_func=lambda: request.url)
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
    assert app.test_client().get("/address", headers=forwarded).text == "http://localhost/address"


def test_a_line_that_is_logged_after_a_request_does_not_carry_its_id(client: FlaskClient) -> None:
    assert client.get("/nothing").status_code == 404
    assert structlog.contextvars.get_contextvars() == {}
