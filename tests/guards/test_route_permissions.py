"""Every page and act of the dashboard, asked for by every role, at the desk that it belongs to and from another desk.

Who adds a route adds a line to the table; without it the first test fails.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from moderation.domain.permission import Permission, permits
from moderation.domain.vocabulary import Role
from moderation.runtime import Runtime
from moderation.web.factory import create_app
from tests.factories import World
from tests.guards.routes import all_routes, filled


class Reach(StrEnum):
    """What an address belongs to."""

    ENTRANCE = "nobody in particular: ways in and out"
    ACCOUNT = "whoever asks: their own account"
    PRIVATE = "one person: to everybody else it does not exist, or is refused"
    PAGE = "all sites where the visitor has the permission: without one it is refused"
    SITE = "one site: refused there without the permission, absent for other desks"


NEEDS: Final[Mapping[str, tuple[Reach, Permission | None]]] = {
    "static": (Reach.ENTRANCE, None),
    "stylesheet": (Reach.ENTRANCE, None),
    "login": (Reach.ENTRANCE, None),
    "login_code": (Reach.ENTRANCE, None),
    "forgotten": (Reach.ENTRANCE, None),
    "welcome": (Reach.ENTRANCE, None),
    "language": (Reach.ENTRANCE, None),
    "logout": (Reach.ENTRANCE, None),
    "home": (Reach.ACCOUNT, None),
    "account": (Reach.ACCOUNT, None),
    "session": (Reach.ACCOUNT, None),
    "comfort": (Reach.ACCOUNT, None),
    "own_keys": (Reach.ACCOUNT, None),
    "palette": (Reach.PAGE, Permission.READ_REVIEW_QUEUE),
    "change_password": (Reach.ACCOUNT, None),
    "appearance": (Reach.ACCOUNT, None),
    "end_session": (Reach.PRIVATE, None),
    "end_other_sessions": (Reach.ACCOUNT, None),
    "begin_codes": (Reach.ACCOUNT, None),
    "confirm_codes": (Reach.ACCOUNT, None),
    "switch_codes_off": (Reach.ACCOUNT, None),
    "choose_notices": (Reach.ACCOUNT, None),
    "try_notice": (Reach.ACCOUNT, None),
    "notices": (Reach.PAGE, Permission.MANAGE_SITE),
    "set_notices": (Reach.SITE, Permission.MANAGE_SITE),
    "try_channel": (Reach.SITE, Permission.MANAGE_SITE),
    "handover": (Reach.PAGE, Permission.READ_REVIEW_QUEUE),
    "leave_note": (Reach.SITE, Permission.DECIDE),
    "review": (Reach.PAGE, Permission.READ_REVIEW_QUEUE),
    "card": (Reach.SITE, Permission.READ_REVIEW_QUEUE),
    "claim": (Reach.SITE, Permission.DECIDE),
    "release": (Reach.SITE, Permission.DECIDE),
    "decide": (Reach.SITE, Permission.DECIDE),
    "decide_many": (Reach.SITE, Permission.DECIDE),
    "review_news": (Reach.PAGE, Permission.READ_REVIEW_QUEUE),
    "review_row": (Reach.SITE, Permission.READ_REVIEW_QUEUE),
    "skip": (Reach.SITE, Permission.DECIDE),
    "show_skipped": (Reach.ACCOUNT, None),
    "note": (Reach.SITE, Permission.DECIDE),
    "author_note": (Reach.SITE, Permission.DECIDE),
    "escalate": (Reach.SITE, Permission.DECIDE),
    "leave": (Reach.SITE, Permission.DECIDE),
    "alike": (Reach.SITE, Permission.READ_REVIEW_QUEUE),
    "thread": (Reach.SITE, Permission.READ_REVIEW_QUEUE),
    "author": (Reach.SITE, Permission.READ_REVIEW_QUEUE),
    "undo_bulk": (Reach.PRIVATE, None),
    "search": (Reach.PAGE, Permission.READ_REVIEW_QUEUE),
    "export": (Reach.PAGE, Permission.EXPORT),
    "stories": (Reach.PAGE, Permission.READ_REVIEW_QUEUE),
    "story": (Reach.SITE, Permission.READ_REVIEW_QUEUE),
    "tend": (Reach.SITE, Permission.ACT_ON_STORIES),
    "sites": (Reach.PAGE, Permission.MANAGE_SITE),
    "site": (Reach.SITE, Permission.MANAGE_SITE),
    "change_callback": (Reach.SITE, Permission.MANAGE_SITE),
    "change_mode": (Reach.SITE, Permission.MANAGE_SITE),
    "rotate_secret": (Reach.SITE, Permission.MANAGE_SITE),
    "end_secret": (Reach.SITE, Permission.MANAGE_SITE),
    "issue_key": (Reach.SITE, Permission.MANAGE_SITE),
    "revoke_key": (Reach.SITE, Permission.MANAGE_SITE),
    "author_page": (Reach.SITE, Permission.READ_REVIEW_QUEUE),
    "sanction_author": (Reach.SITE, Permission.SANCTION_AUTHORS),
    "note_on_author": (Reach.SITE, Permission.DECIDE),
    "holding": (Reach.PAGE, Permission.HOLD_EVERYTHING),
    "hold_site": (Reach.SITE, Permission.HOLD_EVERYTHING),
    "term_lists": (Reach.PAGE, Permission.READ_REVIEW_QUEUE),
    "term_list": (Reach.SITE, Permission.READ_REVIEW_QUEUE),
    "create_term_list": (Reach.SITE, Permission.EDIT_TERM_LISTS),
    "save_term_list": (Reach.SITE, Permission.EDIT_TERM_LISTS),
    "try_term_list": (Reach.SITE, Permission.READ_REVIEW_QUEUE),
    "restore_term_list": (Reach.SITE, Permission.EDIT_TERM_LISTS),
    "score_range": (Reach.PAGE, Permission.READ_REVIEW_QUEUE),
    "score_dots": (Reach.PAGE, Permission.READ_REVIEW_QUEUE),
    "decide_range": (Reach.SITE, Permission.DECIDE),
    "policies": (Reach.PAGE, Permission.READ_REVIEW_QUEUE),
    "policy": (Reach.SITE, Permission.READ_REVIEW_QUEUE),
    "try_policy": (Reach.SITE, Permission.READ_REVIEW_QUEUE),
    "policy_told": (Reach.SITE, Permission.READ_REVIEW_QUEUE),
    "policy_picture": (Reach.SITE, Permission.READ_REVIEW_QUEUE),
    "save_policy": (Reach.SITE, Permission.EDIT_POLICY),
    "restore_policy": (Reach.SITE, Permission.EDIT_POLICY),
    "decisions": (Reach.PAGE, Permission.READ_REVIEW_QUEUE),
    "undo": (Reach.PRIVATE, None),
    "figures_days": (Reach.PAGE, Permission.SEE_FIGURES),
    "figures": (Reach.PAGE, Permission.SEE_FIGURES),
    "drift_picture": (Reach.PAGE, Permission.SEE_FIGURES),
    "bundles": (Reach.PAGE, Permission.SEE_BUNDLES),
    "bundle": (Reach.PAGE, Permission.SEE_BUNDLES),
    "deliveries": (Reach.PAGE, Permission.SEE_DELIVERIES),
    "replay": (Reach.SITE, Permission.REPLAY_CALLBACKS),
    "people": (Reach.PAGE, Permission.MANAGE_PEOPLE),
    "invite": (Reach.SITE, Permission.MANAGE_PEOPLE),
    "person": (Reach.SITE, Permission.MANAGE_PEOPLE),
    "change_role": (Reach.SITE, Permission.MANAGE_PEOPLE),
    "renew_link": (Reach.SITE, Permission.MANAGE_PEOPLE),
    "disable": (Reach.SITE, Permission.MANAGE_PEOPLE),
    "enable": (Reach.SITE, Permission.MANAGE_PEOPLE),
    "reset_codes": (Reach.SITE, Permission.MANAGE_PEOPLE),
}
PASSWORD: Final = "একটি-লম্বা-পাসওয়ার্ড"
REFUSED, ABSENT, OPEN = "refused", "absent", "open"


ROUTES: Final = [
    (endpoint.removeprefix("dashboard."), method, rule)
    for method, endpoint, rule in all_routes()
    if endpoint.startswith("dashboard.")
]


def test_every_route_is_in_the_table_and_the_table_names_no_other() -> None:
    assert {endpoint for endpoint, _, _ in ROUTES} == set(NEEDS)


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return create_app(runtime)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def _csrf(client: FlaskClient) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/account").text)
    assert found is not None
    return found[1]


@pytest.fixture
def values(world: World, app: Flask) -> Mapping[str, str]:
    """What stands in addresses and forms: all of it is of the site ``khobor`` and its people."""
    site_id = world.make_site("khobor")
    world.make_site("other")
    held = world.make_held(site_id, "c1")
    list_id = world.make_term_list(site_id)
    colleague = app.test_client()
    welcome = f"/welcome/{world.invite('Karim', Role.MODERATOR, 'khobor')}"
    assert colleague.post(welcome, data={"password": PASSWORD}).status_code == 303
    decided = world.make_held(site_id, "c2")
    form = {"csrf": _csrf(colleague), "revision": "1", "version": "1", "verdict": "approve"}
    assert colleague.post(f"/review/{decided}/decide", data=form).status_code == 303
    with world.runtime.reading() as connection:
        moderator_id, session_id = connection.execute(text("SELECT moderator_id, id FROM sessions")).one()
        decision_id = connection.scalar(text("SELECT id FROM decisions WHERE moderator_id IS NOT NULL"))
        story_id = connection.scalar(text("SELECT id FROM stories"))
        author_id = connection.scalar(text("SELECT id FROM authors"))
        bundle_id = connection.scalar(text("SELECT max(id) FROM bundles"))
    return {
        "public_id": str(held),
        "decision_id": str(decision_id),
        "slug": "khobor",
        "bundle_id": str(bundle_id),
        "list_id": str(list_id),
        "label": "threat",
        "story_id": str(story_id),
        "author_id": str(author_id),
        "secret_id": "1",
        "key_id": "1",
        "bulk_id": "018f0000-0000-7000-8000-000000000000",
        "seen": f"{held}:1:1",
        "act": "publish",
        "moderator_id": str(moderator_id),
        "session_id": str(session_id),
        "site": str(site_id),
        "role": "viewer",
        "email": "new@desk.example",
        "callback": "all",
        "revision": "1",
        "version": "1",
        "verdict": "approve",
        "language": "bn",
        "theme": "dark",
    }


def _told(status: int) -> str:
    assert status < 500
    return {403: REFUSED, 404: ABSENT}.get(status, OPEN)


def _expected(endpoint: str, role: Role, *, at_home: bool) -> set[str]:
    reach, permission = NEEDS[endpoint]
    if reach is Reach.ACCOUNT:
        return {OPEN}
    if reach is Reach.PRIVATE:
        return {REFUSED, ABSENT}
    assert permission is not None
    if not permits(role, permission):
        return {REFUSED} if at_home or reach is Reach.PAGE else {REFUSED, ABSENT}
    if reach is Reach.PAGE:
        return {OPEN, ABSENT} if endpoint == "drift_picture" else {OPEN}  # absent until drift was measured
    return {OPEN} if at_home else {ABSENT}


@pytest.mark.parametrize("at_home", [True, False], ids=["of the site", "of another site"])
@pytest.mark.parametrize("role", Role, ids=str)
def test_each_role_opens_what_the_table_says_and_nothing_else(
    world: World, client: FlaskClient, values: Mapping[str, str], role: Role, *, at_home: bool
) -> None:
    token = world.invite("Nasrin", role, "khobor" if at_home else "other")
    assert client.post(f"/welcome/{token}", data={"password": PASSWORD}).status_code == 303
    csrf = _csrf(client)
    asked = [route for route in ROUTES if NEEDS[route[0]][0] is not Reach.ENTRANCE]
    told = {}
    for endpoint, method, rule in sorted(asked, key=lambda route: route[1]):  # reading first: acts change what is there
        data = {**values, "csrf": csrf} if method == "POST" else None
        if data and endpoint == "export":
            del data["site"]  # the export's filter, which wants a name and not a number
        told[endpoint] = _told(client.open(filled(rule, values), method=method, data=data).status_code)
    wrong = {name: one for name, one in told.items() if one not in _expected(name, role, at_home=at_home)}
    assert wrong == {}
