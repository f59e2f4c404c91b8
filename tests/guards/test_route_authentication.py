"""Every address has its lock: the table below names it, and whoever has no key is turned away and changes nothing.

Who adds a route adds a line here; without it the first test fails.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from moderation.domain.vocabulary import Mode, Role
from moderation.runtime import Runtime
from moderation.steps import enrolling
from moderation.store.schema import Base
from moderation.web.factory import create_app
from tests.factories import World
from tests.guards.routes import all_routes, filled
from tests.moderation.web.webhook.sender import Sender, created


class Lock(StrEnum):
    """How an address knows who asks."""

    OPEN = "open to everybody"
    LOCAL = "this machine, or the metrics token"
    SIGNATURE = "a signed webhook"
    API_KEY = "the site's API key"
    SESSION = "a session"
    FORM = "a session and its token against forgery"
    ENTRANCE = "a form that needs no session, but comes from our own pages"


LOCKS: Final[Mapping[tuple[str, str], Lock]] = {
    ("GET", "static"): Lock.OPEN,
    ("GET", "dashboard.static"): Lock.OPEN,
    ("GET", "dashboard.stylesheet"): Lock.OPEN,
    ("GET", "reference.openapi_document"): Lock.OPEN,
    ("GET", "reference.show_reference"): Lock.OPEN,
    ("GET", "health.live"): Lock.OPEN,
    ("GET", "health.ready"): Lock.OPEN,
    ("GET", "health.metrics"): Lock.LOCAL,
    ("POST", "webhook.receive_event"): Lock.SIGNATURE,
    ("POST", "webhook.receive_batch"): Lock.SIGNATURE,
    ("GET", "webhook.show_comment"): Lock.API_KEY,
    ("GET", "webhook.list_decisions"): Lock.API_KEY,
    ("GET", "dashboard.login"): Lock.OPEN,
    ("POST", "dashboard.login"): Lock.ENTRANCE,
    ("POST", "dashboard.login_code"): Lock.ENTRANCE,
    ("GET", "dashboard.forgotten"): Lock.OPEN,
    ("POST", "dashboard.forgotten"): Lock.ENTRANCE,
    ("GET", "dashboard.welcome"): Lock.OPEN,
    ("POST", "dashboard.welcome"): Lock.ENTRANCE,
    ("POST", "dashboard.language"): Lock.ENTRANCE,
    ("POST", "dashboard.logout"): Lock.FORM,
    ("GET", "dashboard.home"): Lock.SESSION,
    ("GET", "dashboard.review"): Lock.SESSION,
    ("GET", "dashboard.review_news"): Lock.SESSION,
    ("GET", "dashboard.review_row"): Lock.SESSION,
    ("POST", "dashboard.decide_many"): Lock.FORM,
    ("POST", "dashboard.skip"): Lock.FORM,
    ("POST", "dashboard.show_skipped"): Lock.FORM,
    ("GET", "dashboard.card"): Lock.SESSION,
    ("POST", "dashboard.claim"): Lock.FORM,
    ("POST", "dashboard.release"): Lock.FORM,
    ("POST", "dashboard.decide"): Lock.FORM,
    ("POST", "dashboard.note"): Lock.FORM,
    ("POST", "dashboard.escalate"): Lock.FORM,
    ("POST", "dashboard.leave"): Lock.FORM,
    ("GET", "dashboard.alike"): Lock.SESSION,
    ("GET", "dashboard.thread"): Lock.SESSION,
    ("GET", "dashboard.author"): Lock.SESSION,
    ("POST", "dashboard.author_note"): Lock.FORM,
    ("GET", "dashboard.decisions"): Lock.SESSION,
    ("POST", "dashboard.undo"): Lock.FORM,
    ("POST", "dashboard.undo_bulk"): Lock.FORM,
    ("GET", "dashboard.holding"): Lock.SESSION,
    ("POST", "dashboard.hold_site"): Lock.FORM,
    ("GET", "dashboard.stories"): Lock.SESSION,
    ("GET", "dashboard.story"): Lock.SESSION,
    ("POST", "dashboard.tend"): Lock.FORM,
    ("GET", "dashboard.sites"): Lock.SESSION,
    ("GET", "dashboard.site"): Lock.SESSION,
    ("POST", "dashboard.change_callback"): Lock.FORM,
    ("POST", "dashboard.change_mode"): Lock.FORM,
    ("POST", "dashboard.rotate_secret"): Lock.FORM,
    ("POST", "dashboard.end_secret"): Lock.FORM,
    ("POST", "dashboard.issue_key"): Lock.FORM,
    ("POST", "dashboard.revoke_key"): Lock.FORM,
    ("GET", "dashboard.author_page"): Lock.SESSION,
    ("POST", "dashboard.sanction_author"): Lock.FORM,
    ("POST", "dashboard.note_on_author"): Lock.FORM,
    ("GET", "dashboard.search"): Lock.SESSION,
    ("POST", "dashboard.export"): Lock.FORM,
    ("GET", "dashboard.figures"): Lock.SESSION,
    ("GET", "dashboard.bundles"): Lock.SESSION,
    ("GET", "dashboard.bundle"): Lock.SESSION,
    ("GET", "dashboard.drift_picture"): Lock.SESSION,
    ("GET", "dashboard.deliveries"): Lock.SESSION,
    ("POST", "dashboard.replay"): Lock.FORM,
    ("GET", "dashboard.term_lists"): Lock.SESSION,
    ("GET", "dashboard.term_list"): Lock.SESSION,
    ("POST", "dashboard.create_term_list"): Lock.FORM,
    ("POST", "dashboard.save_term_list"): Lock.FORM,
    ("POST", "dashboard.try_term_list"): Lock.FORM,
    ("POST", "dashboard.restore_term_list"): Lock.FORM,
    ("GET", "dashboard.figures_days"): Lock.SESSION,
    ("GET", "dashboard.score_range"): Lock.SESSION,
    ("GET", "dashboard.score_dots"): Lock.SESSION,
    ("POST", "dashboard.decide_range"): Lock.FORM,
    ("GET", "dashboard.policies"): Lock.SESSION,
    ("GET", "dashboard.policy"): Lock.SESSION,
    ("GET", "dashboard.policy_told"): Lock.SESSION,
    ("GET", "dashboard.policy_picture"): Lock.SESSION,
    ("POST", "dashboard.try_policy"): Lock.FORM,
    ("POST", "dashboard.save_policy"): Lock.FORM,
    ("POST", "dashboard.restore_policy"): Lock.FORM,
    ("GET", "dashboard.people"): Lock.SESSION,
    ("POST", "dashboard.invite"): Lock.FORM,
    ("GET", "dashboard.person"): Lock.SESSION,
    ("POST", "dashboard.change_role"): Lock.FORM,
    ("POST", "dashboard.renew_link"): Lock.FORM,
    ("POST", "dashboard.disable"): Lock.FORM,
    ("POST", "dashboard.enable"): Lock.FORM,
    ("POST", "dashboard.reset_codes"): Lock.FORM,
    ("GET", "dashboard.account"): Lock.SESSION,
    ("GET", "dashboard.session"): Lock.SESSION,
    ("POST", "dashboard.comfort"): Lock.FORM,
    ("POST", "dashboard.own_keys"): Lock.FORM,
    ("GET", "dashboard.palette"): Lock.SESSION,
    ("POST", "dashboard.change_password"): Lock.FORM,
    ("POST", "dashboard.appearance"): Lock.FORM,
    ("POST", "dashboard.end_session"): Lock.FORM,
    ("POST", "dashboard.end_other_sessions"): Lock.FORM,
    ("POST", "dashboard.begin_codes"): Lock.FORM,
    ("POST", "dashboard.confirm_codes"): Lock.FORM,
    ("POST", "dashboard.switch_codes_off"): Lock.FORM,
    ("GET", "dashboard.handover"): Lock.SESSION,
    ("POST", "dashboard.leave_note"): Lock.FORM,
    ("POST", "dashboard.choose_notices"): Lock.FORM,
    ("POST", "dashboard.try_notice"): Lock.FORM,
    ("GET", "dashboard.notices"): Lock.SESSION,
    ("POST", "dashboard.set_notices"): Lock.FORM,
    ("POST", "dashboard.try_channel"): Lock.FORM,
}
STRANGER: Final = {"REMOTE_ADDR": "203.0.113.9"}
ROUTES: Final = all_routes()


def _locked_by(*locks: Lock) -> pytest.MarkDecorator:
    chosen = [(method, rule) for method, endpoint, rule in ROUTES if LOCKS.get((method, endpoint)) in locks]
    return pytest.mark.parametrize(("method", "rule"), chosen, ids=str)


def test_every_route_is_in_the_table_and_the_table_names_no_other() -> None:
    assert {(method, endpoint) for method, endpoint, _ in ROUTES} == set(LOCKS)


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return create_app(runtime)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sender(runtime: Runtime, client: FlaskClient) -> Sender:
    site = enrolling.enrol_site(
        runtime.work,
        runtime.vault,
        slug="khobor",
        name="Khobor",
        url="https://khobor.example",
        now=runtime.now(),
        mode=Mode.PUBLISH_FIRST,
    )
    return Sender(client, site)


@pytest.fixture
def path_values(world: World, sender: Sender, engine: Engine) -> Mapping[str, str]:
    """What stands in the addresses: a comment that is held, one that was decided, a link that was not used."""
    with engine.connect() as connection:
        site_id = connection.scalar(text("SELECT id FROM sites"))
    assert isinstance(site_id, int)
    held = world.make_held(site_id, "c1")
    list_id = world.make_term_list(site_id)
    return {
        "site": sender.site.slug,
        "comment_id": "c1",
        "public_id": str(held),
        "decision_id": "018f0000-0000-7000-8000-000000000000",
        "bulk_id": "018f0000-0000-7000-8000-000000000001",
        "token": world.invite("Karim", Role.MODERATOR),
        "slug": sender.site.slug,
        "bundle_id": "1",
        "moderator_id": "1",
        "session_id": "1",
        "story_id": "1",
        "author_id": "1",
        "secret_id": "1",
        "key_id": "1",
        "filename": "style.css",
        "list_id": str(list_id),
        "label": "threat",
    }


def _contents(engine: Engine) -> dict[str, str]:
    """Every row of every table but the sessions, whose end moves with each use."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "sessions"]
    with engine.connect() as connection:
        return {table.name: repr(sorted(map(repr, connection.execute(table.select())))) for table in tables}


FORM: Final = {"revision": "1", "version": "1", "verdict": "approve", "language": "en"}
EVENT: Final = json.dumps(created("c9")).encode()


def _ask(client: FlaskClient, method: str, path: str, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if path.startswith("/v1/"):
        return client.open(path, method=method, data=EVENT, headers=named, environ_base=STRANGER)
    return client.open(path, method=method, data=FORM, headers=named, environ_base=STRANGER)


@_locked_by(Lock.SIGNATURE)
def test_an_unsigned_or_wrongly_signed_event_is_refused_and_stores_nothing(
    client: FlaskClient, engine: Engine, sender: Sender, path_values: Mapping[str, str], method: str, rule: str
) -> None:
    path, before = filled(rule, path_values), _contents(engine)
    wrong = sender.headers(EVENT, secret=sender.site.callback_secret)
    stranger = _ask(client, method, path, Authorization=f"Bearer {sender.site.api_key}")
    forger = client.open(path, method=method, data=EVENT, headers=wrong)
    assert (stranger.status_code, stranger.get_json()["code"]) == (401, "missing_header")
    assert (forger.status_code, forger.get_json()["code"]) == (401, "wrong_signature")
    assert _contents(engine) == before


@_locked_by(Lock.API_KEY)
def test_without_the_sites_own_key_nothing_is_told(
    runtime: Runtime, client: FlaskClient, sender: Sender, path_values: Mapping[str, str], method: str, rule: str
) -> None:
    path = filled(rule, path_values)
    other = enrolling.enrol_site(
        runtime.work,
        runtime.vault,
        slug="other",
        name="Other",
        url="https://other.example",
        now=runtime.now(),
    )
    assert _ask(client, method, path).status_code == 401
    assert _ask(client, "HEAD", path).status_code == 401
    assert _ask(client, method, path, Authorization="Bearer wrong").status_code == 401
    assert _ask(client, method, path, Authorization=f"Bearer {other.api_key}").status_code == 404
    assert _ask(client, method, path, Authorization=f"Bearer {sender.site.api_key}").status_code == 200


@_locked_by(Lock.LOCAL)
def test_figures_are_shut_to_strangers_and_open_with_the_token(
    runtime: Runtime, method: str, rule: str, path_values: Mapping[str, str]
) -> None:
    guarded = replace(runtime, settings=replace(runtime.settings, metrics_token="figures-please"))
    client = create_app(guarded).test_client()
    path = filled(rule, path_values)
    assert _ask(client, method, path).status_code == 403
    assert _ask(client, method, path, Authorization="Bearer figures-please").status_code == 200


@_locked_by(Lock.SESSION)
def test_a_page_sends_who_is_not_logged_in_to_the_log_in_page(
    client: FlaskClient, path_values: Mapping[str, str], method: str, rule: str
) -> None:
    path = filled(rule, path_values)
    for asked in (method, "HEAD"):
        answer = _ask(client, asked, path)
        assert answer.status_code == 302
        assert answer.location.startswith("/login?next=")
    assert "তোকে" not in _ask(client, method, path).text


def _log_in(world: World, client: FlaskClient) -> None:
    token = world.invite("Nasrin", Role.ADMINISTRATOR)
    assert client.post(f"/welcome/{token}", data={"password": "একটি-লম্বা-পাসওয়ার্ড"}).status_code == 303
    assert client.get_cookie("alochona") is not None


@_locked_by(Lock.FORM)
def test_a_change_without_a_session_or_without_its_token_is_refused_and_changes_nothing(
    world: World,
    client: FlaskClient,
    engine: Engine,
    path_values: Mapping[str, str],
    method: str,
    rule: str,
) -> None:
    path = filled(rule, path_values)
    before = _contents(engine)
    assert _ask(client, method, path).status_code == 403
    assert _contents(engine) == before
    _log_in(world, client)
    before = _contents(engine)
    assert _ask(client, method, path).status_code == 403
    assert client.open(path, method=method, data={**FORM, "csrf": "0" * 64}).status_code == 403
    assert _contents(engine) == before
    assert client.get("/review").status_code == 200


@_locked_by(Lock.FORM, Lock.ENTRANCE)
def test_a_form_that_another_site_sends_is_refused_and_changes_nothing(
    client: FlaskClient, engine: Engine, path_values: Mapping[str, str], method: str, rule: str
) -> None:
    path, before = filled(rule, path_values), _contents(engine)
    assert _ask(client, method, path, Sec_Fetch_Site="cross-site").status_code == 403
    assert _ask(client, method, path, Origin="https://evil.example").status_code == 403
    assert _contents(engine) == before


@_locked_by(Lock.OPEN, Lock.LOCAL, Lock.API_KEY, Lock.SESSION)
def test_what_is_only_read_changes_nothing(
    world: World,
    client: FlaskClient,
    engine: Engine,
    path_values: Mapping[str, str],
    method: str,
    rule: str,
) -> None:
    _log_in(world, client)
    before = _contents(engine)
    with client.open(filled(rule, path_values), method=method) as answer:
        assert answer.status_code < 500
    assert _contents(engine) == before
