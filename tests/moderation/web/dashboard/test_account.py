"""One's own account: password, looks, sessions, and a log-in in two steps."""

import re

import pyotp
from flask import Flask
from flask.testing import FlaskClient

from moderation.domain.vocabulary import Role
from moderation.runtime import Runtime
from moderation.store import policies
from tests.factories import World
from tests.moderation.web.dashboard.conftest import PASSWORD, csrf_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def _post(client: FlaskClient, path: str, **form: str) -> tuple[int, str]:
    answer = client.post(path, data={"csrf": csrf_of(client, "/account"), **form})
    return answer.status_code, answer.text


def _again(app: Flask, password: str = PASSWORD) -> FlaskClient:
    """The same person on another device."""
    other = app.test_client()
    form = {"email": "nasrin@desk.example", "password": password}
    other.post("/login", data=form, headers={"User-Agent": FIREFOX})
    return other


def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(app: Flask, desk: FlaskClient) -> None:
    other, new = _again(app), "আরেকটি-লম্বা-পাসওয়ার্ড"
    assert _post(desk, "/account/password", old="wrong", new=new)[0] == 401
    assert _post(desk, "/account/password", old=PASSWORD, new="short")[0] == 422
    assert other.get("/review").status_code == 200
    assert _post(desk, "/account/password", old=PASSWORD, new=new)[0] == 303
    assert other.get("/review").status_code == 302
    assert desk.get("/review").status_code == 200
    assert _again(app, new).get("/review").status_code == 200


def test_guessing_the_old_password_gets_slow(desk: FlaskClient) -> None:
    told = [_post(desk, "/account/password", old="wrong", new="0123456789")[0] for _ in range(9)]
    assert told[:5] == [401] * 5
    assert 429 in told, "the waits double, so that even a slow machine meets one"


def test_the_look_is_kept_with_the_account_and_in_a_cookie(app: Flask, desk: FlaskClient) -> None:
    assert "data-theme" not in desk.get("/review").text
    assert _post(desk, "/account/appearance", theme="dark", language="en")[0] == 303
    assert '<html lang="en" data-theme="dark">' in desk.get("/review").text
    other = _again(app)
    assert '<html lang="en" data-theme="dark">' in other.get("/review").text
    other.delete_cookie("alochona")
    assert '<html lang="en" data-theme="dark">' in other.get("/login").text
    assert _post(desk, "/account/appearance", theme='"><script>', language="bn")[0] == 422


def test_sessions_are_listed_with_a_coarse_device_and_end_one_by_one(app: Flask, desk: FlaskClient) -> None:
    other, third = _again(app), _again(app)
    page = desk.get("/account").text
    assert page.count("Firefox · Linux") >= 2
    assert "140.0" not in page
    last = re.findall(r"/account/sessions/(\d+)/end", page)[0]
    assert _post(desk, f"/account/sessions/{last}/end")[0] == 303
    assert sorted(one.get("/review").status_code for one in (other, third)) == [200, 302]
    assert _post(desk, "/account/sessions/end-others")[0] == 303
    assert [one.get("/review").status_code for one in (other, third, desk)] == [302, 302, 200]


def test_nobody_ends_a_colleagues_session(app: Flask, world: World, desk: FlaskClient) -> None:
    _again(app)
    session = re.findall(r"/account/sessions/(\d+)/end", desk.get("/account").text)[0]
    colleague = app.test_client()
    colleague.post(f"/welcome/{world.invite('Karim')}", data={"password": PASSWORD})
    assert _post(colleague, f"/account/sessions/{session}/end")[0] == 404


def test_with_a_code_the_log_in_has_two_steps(app: Flask, runtime: Runtime, desk: FlaskClient) -> None:
    assert _post(desk, "/account/codes/begin", password="wrong")[0] == 401
    assert _post(desk, "/account/codes/begin", password=PASSWORD)[0] == 303
    key = re.search(r'class="key">(\w+)<', desk.get("/account").text)
    assert key is not None
    device = pyotp.TOTP(key[1])
    assert _post(desk, "/account/codes/confirm", code="x")[0] == 401
    status, page = _post(desk, "/account/codes/confirm", code=device.at(runtime.now()))
    codes = re.findall(r"\b(?:[a-z2-9]{4}-){3}[a-z2-9]{4}\b", page)
    assert (status, len(codes)) == (200, 10)
    assert codes[0] not in desk.get("/account").text

    other = app.test_client()
    first = other.post("/login", data={"email": "nasrin@desk.example", "password": PASSWORD, "next": "/decisions"})
    assert other.get_cookie("alochona") is None
    ticket = re.search(r'name="ticket" value="([^"]+)"', first.text)
    assert ticket is not None
    wrong = other.post("/login/code", data={"ticket": ticket[1], "code": "x", "next": "/decisions"})
    assert wrong.status_code == 401
    assert ticket[1] in wrong.text
    right = other.post("/login/code", data={"ticket": ticket[1], "code": codes[0], "next": "/decisions"})
    assert (right.status_code, right.location) == (303, "/decisions")
    assert other.get("/review").status_code == 200
    assert _post(desk, "/account/codes/off", password=PASSWORD)[0] == 303
    assert other.get("/review").status_code == 302


def test_own_keys_stand_on_the_buttons_and_in_the_legend_until_they_are_given_up(
    world: World, desk: FlaskClient
) -> None:
    path = f"/review/{world.make_held(world.make_site())}"
    keys = dict(re.findall(r'name="(\w+)" value="([^"]?)" maxlength="1"', desk.get("/account").text))
    assert keys["publish"] == "a"
    assert _post(desk, "/account/keys", **{**keys, "publish": "p", "spam": ""})[0] == 303
    page = desk.get(path).text
    assert "<kbd>p</kbd></button>" in page
    assert "<kbd>s</kbd>" not in page
    assert "&#34;publish&#34;: [&#34;p&#34;]" in page
    status, told = _post(desk, "/account/keys", **{**keys, "publish": "d"})
    assert (status, 'name="publish" value="d"' in told) == (422, True)
    assert "<kbd>p</kbd></button>" in desk.get(path).text
    assert _post(desk, "/account/keys", publish="ক")[0] == 422
    assert _post(desk, "/account/keys", reset="yes")[0] == 303
    assert "<kbd>a</kbd></button>" in desk.get(path).text


def test_slurs_are_masked_as_the_site_has_it_unless_the_person_or_this_browser_says_otherwise(
    world: World, desk: FlaskClient
) -> None:
    site_id = world.make_site()
    path = f"/review/{world.make_held(site_id)}"

    def masked() -> bool:
        return "data-masked" in desk.get(path).text

    assert not masked()
    with world.work() as unit:
        policies.save(unit.connection, site_id, {"mask": True}, author="test", note="")
    assert masked()
    assert _post(desk, "/account/comfort", mask="never", break_after="25")[0] == 303
    assert not masked()
    desk.set_cookie("mask", "on")
    assert masked()
    assert _post(desk, "/account/comfort", mask="never", break_after="25")[0] == 303
    assert not masked(), "who sets it anew means it for this browser too"
    assert _post(desk, "/account/comfort", mask="x", break_after="25")[0] == 422
    assert _post(desk, "/account/comfort", mask="auto", break_after="7")[0] == 422


def test_what_was_rejected_is_told_to_that_person_alone(app: Flask, world: World, desk: FlaskClient) -> None:
    public_id = world.make_held(world.make_site())
    form = {"csrf": csrf_of(desk), "revision": "1", "version": "1", "verdict": "reject", "label": "threat"}
    desk.post(f"/review/{public_id}/decide", data=form)
    assert "আজ আপনি ১টি আপত্তিকর মন্তব্য বাতিল করেছেন" in desk.get("/account").text
    assert "আজ ১টি আপত্তিকর" in desk.get("/review").text
    administrator = app.test_client()
    administrator.post(f"/welcome/{world.invite('Karim', Role.ADMINISTRATOR)}", data={"password": PASSWORD})
    for path in ("/account", "/review", "/people", "/people/1"):
        assert "আজ ১টি" not in administrator.get(path).text
        assert "আজ আপনি ১টি" not in administrator.get(path).text
