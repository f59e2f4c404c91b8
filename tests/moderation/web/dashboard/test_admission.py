"""The way in: one-time links, passwords, delays, sessions, and requests that other sites forge."""

import pytest
from flask.testing import FlaskClient

from moderation.domain.vocabulary import Role
from moderation.web.dashboard.admission import local_path
from tests.factories import World
from tests.moderation.web.dashboard.conftest import PASSWORD, csrf_of


def _log_in(client: FlaskClient, password: str = PASSWORD, **form: str) -> int:
    return client.post("/login", data={"email": "nasrin@desk.example", "password": password, **form}).status_code


def test_a_visitor_is_sent_to_the_log_in_page_and_back(client: FlaskClient) -> None:
    answer = client.get("/review?site=khobor")
    assert answer.status_code == 302
    assert answer.location == "/login?next=/review?site%3Dkhobor"


def test_a_one_time_link_works_once_and_looking_at_it_does_not_use_it_up(world: World, client: FlaskClient) -> None:
    token = world.invite(role=Role.VIEWER)
    for _ in range(2):
        assert client.get(f"/welcome/{token}").status_code == 200
    assert client.post(f"/welcome/{token}", data={"password": "short"}).status_code == 422
    assert client.post(f"/welcome/{token}", data={"password": PASSWORD}).status_code == 303
    client.delete_cookie("alochona")
    assert client.post(f"/welcome/{token}", data={"password": PASSWORD}).status_code == 410


def test_the_right_password_opens_and_log_out_ends_the_session_for_good(desk: FlaskClient) -> None:
    token = desk.get_cookie("alochona")
    assert token is not None
    assert desk.post("/logout", data={"csrf": csrf_of(desk)}).status_code == 303
    desk.set_cookie("alochona", token.value)
    assert desk.get("/review").status_code == 302
    assert _log_in(desk) == 303
    assert desk.get("/review").status_code == 200


def test_unknown_e_mail_and_wrong_password_are_told_alike(desk: FlaskClient) -> None:
    desk.delete_cookie("alochona")
    wrong = desk.post("/login", data={"email": "nasrin@desk.example", "password": "x"})
    unknown = desk.post("/login", data={"email": "nobody@desk.example", "password": "x"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.get_data() == unknown.get_data()


def test_after_some_wrong_passwords_even_the_right_one_must_wait(desk: FlaskClient) -> None:
    desk.delete_cookie("alochona")
    for _ in range(7):
        _log_in(desk, "wrong")
    answer = desk.post("/login", data={"email": "nasrin@desk.example", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_the_session_cookie_is_not_for_scripts_nor_other_sites(desk: FlaskClient) -> None:
    cookie = desk.get_cookie("alochona")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_a_change_that_another_site_asks_for_is_refused(desk: FlaskClient, headers: dict[str, str]) -> None:
    assert desk.post("/logout", data={"csrf": csrf_of(desk)}, headers=headers).status_code == 403


@pytest.mark.parametrize("token", ["", "0" * 64, "ö"])
def test_a_change_without_the_sessions_token_is_refused(desk: FlaskClient, token: str) -> None:
    assert desk.post("/logout", data={"csrf": token}).status_code == 403
    assert desk.get("/review").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "\\\\evil",
        "/a\r\nb",
        "evil",
        "",
    ],
)
def test_after_log_in_nobody_is_led_to_another_site(desk: FlaskClient, wanted: str) -> None:
    with desk.application.test_request_context():
        assert local_path(wanted) == "/review"


def test_bangla_is_the_first_language_and_english_one_click_away(desk: FlaskClient) -> None:
    assert "পর্যালোচনার সারি" in desk.get("/review").get_data(as_text=True)
    desk.post("/language", data={"csrf": csrf_of(desk), "language": "en", "next": "/review"})
    assert "Review queue" in desk.get("/review").get_data(as_text=True)
