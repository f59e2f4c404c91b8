"""A moderator's way through the dashboard, over real forms: the link, the queue, the card, a verdict, its undo."""

import re
import uuid
from dataclasses import dataclass
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation.domain.vocabulary import Role, State
from moderation.runtime import Runtime
from moderation.steps import enrolling
from moderation.store.unit_of_work import Work
from tests.factories import World

PASSWORD = "নদীর ধারে চারটি নৌকা"


@dataclass
class Desk:
    """A browser of one person, who is let in by a one-time link."""

    client: FlaskClient
    link: str

    def enter(self) -> TestResponse:
        return self.client.post(self.link, data={"password": PASSWORD})

    def csrf(self, page: str = "/decisions") -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.client.get(page).text)
        assert found is not None
        return found[1]

    def post(self, path: str, **form: object) -> TestResponse:
        return self.client.post(path, data={"csrf": self.csrf(), **form})


@pytest.fixture
def site_id(world: World) -> int:
    return world.make_site()


@pytest.fixture
def desk(client: FlaskClient, work: Work, runtime: Runtime, site_id: int) -> Desk:
    assert site_id
    token = enrolling.invite_moderator(
        work, runtime.vault, email="nasrin@desk.example", role=Role.MODERATOR, site_slug="khobor", now=runtime.now()
    )
    return Desk(client, f"/welcome/{token}")


def decide(desk: Desk, comment: uuid.UUID, **form: object) -> TestResponse:
    page = desk.client.get(f"/review/{comment}").text
    seen = {name: re.search(rf'name="{name}" value="(\d+)"', page)[1] for name in ("revision", "version")}  # type: ignore[index]
    return desk.post(f"/review/{comment}/decide", **{**seen, **form})


def test_looking_at_a_one_time_link_does_not_use_it_up_and_using_it_does(desk: Desk) -> None:
    assert desk.client.get(desk.link).status_code == HTTPStatus.OK
    assert desk.enter().status_code == HTTPStatus.SEE_OTHER
    assert desk.post(desk.link, password=PASSWORD).status_code == HTTPStatus.GONE


def test_a_password_opens_and_a_wrong_one_says_the_same_for_known_and_unknown_people(desk: Desk) -> None:
    desk.enter()
    desk.post("/logout")
    answers = [
        desk.client.post("/login", data={"email": email, "password": "wrong wrong wrong"})
        for email in ("nasrin@desk.example", "nobody@desk.example")
    ]
    assert [one.status_code for one in answers] == [401, 401]
    assert answers[0].text == answers[1].text
    right = desk.client.post("/login", data={"email": " Nasrin@desk.example", "password": PASSWORD})
    assert right.status_code == HTTPStatus.SEE_OTHER


def test_an_email_with_a_nul_in_it_is_a_wrong_one(client: FlaskClient) -> None:
    assert client.post("/login", data={"email": "a\0b", "password": "x"}).status_code == HTTPStatus.UNAUTHORIZED


def test_without_a_session_the_queue_leads_to_the_way_in(client: FlaskClient) -> None:
    answer = client.get("/review?site=khobor")
    assert answer.status_code == HTTPStatus.FOUND
    assert answer.location.startswith("/login?next=/review")


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_in_never_leads_to_another_host(desk: Desk, wanted: str) -> None:
    desk.enter()
    answer = desk.post("/login", email="nasrin@desk.example", password=PASSWORD, next=wanted)
    assert answer.location == "/review"


def test_hostile_text_is_shown_as_text(desk: Desk, world: World, site_id: int) -> None:
    comment = world.make_held(site_id, body="তোকে <script>alert(1)</script> \u202eabc")
    desk.enter()
    for page in ("/review", f"/review/{comment}"):
        shown = desk.client.get(page).text
        assert "<script>alert" not in shown
        assert "&lt;script&gt;" in shown
        assert "\u202e" not in shown
        assert "U+202E" in shown


def test_rejecting_with_a_label_decides_and_undo_brings_it_back(desk: Desk, world: World, site_id: int) -> None:
    comment = world.make_held(site_id)
    desk.enter()
    answer = decide(desk, comment, verdict="reject", label="threat")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert world.status(site_id).state is State.REJECTED
    decision = answer.location.split("done=")[1]
    assert desk.post(f"/decisions/{decision}/undo").status_code == HTTPStatus.SEE_OTHER
    assert world.status(site_id).state is State.HELD


def test_rejecting_without_a_reason_says_what_to_do_and_decides_nothing(desk: Desk, world: World, site_id: int) -> None:
    comment = world.make_held(site_id)
    desk.enter()
    assert decide(desk, comment, verdict="reject").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert world.status(site_id).state is State.HELD


def test_a_stale_page_is_told_and_changes_nothing(desk: Desk, world: World, site_id: int) -> None:
    comment = world.make_held(site_id)
    desk.enter()
    answer = desk.post(f"/review/{comment}/decide", revision=1, version=0, verdict="approve")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert world.status(site_id).state is State.HELD


@pytest.mark.parametrize("form", [{"verdict": "burn"}, {"version": "x"}, {"verdict": "reject", "label": "ugly"}])
def test_a_damaged_form_is_refused(desk: Desk, world: World, site_id: int, form: dict[str, object]) -> None:
    comment = world.make_held(site_id)
    desk.enter()
    assert decide(desk, comment, **{"verdict": "approve", **form}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}])
def test_a_forged_change_is_refused(desk: Desk, world: World, site_id: int, headers: dict[str, str]) -> None:
    comment = world.make_held(site_id)
    desk.enter()
    form = {"csrf": desk.csrf() if headers else "0" * 64}
    assert desk.client.post(f"/review/{comment}/claim", data=form, headers=headers).status_code == HTTPStatus.FORBIDDEN


def test_another_desks_comment_is_not_there(desk: Desk, world: World) -> None:
    comment = world.make_held(world.make_site("other"))
    desk.enter()
    assert desk.client.get(f"/review/{comment}").status_code == HTTPStatus.NOT_FOUND
    assert desk.post(f"/review/{comment}/claim").status_code == HTTPStatus.NOT_FOUND


def test_a_comment_that_was_not_scored_yet_has_a_card(desk: Desk, world: World, site_id: int) -> None:
    comment = world.make_comment(site_id)
    desk.enter()
    assert desk.client.get(f"/review/{comment}").status_code == HTTPStatus.OK


def test_the_language_can_be_changed_before_and_after_logging_in(desk: Desk) -> None:
    assert 'lang="bn"' in desk.client.get("/login").text
    desk.client.post("/language", data={"language": "en"})
    assert '<html lang="en">' in desk.client.get("/login").text
    desk.enter()
    desk.post("/language", language="en")
    assert '<html lang="en">' in desk.client.get("/review").text


def test_an_ended_session_may_still_choose_a_language(desk: Desk) -> None:
    desk.client.set_cookie("alochona", "an-old-token")
    assert desk.client.post("/language", data={"language": "en"}).status_code == HTTPStatus.SEE_OTHER


def test_somebody_who_is_logged_in_can_use_another_link_through_its_own_form(
    desk: Desk, work: Work, runtime: Runtime
) -> None:
    desk.enter()
    token = enrolling.invite_moderator(
        work, runtime.vault, email="rahim@desk.example", role=Role.VIEWER, site_slug="khobor", now=runtime.now()
    )
    page = desk.client.get(f"/welcome/{token}").text
    form = page[page.index("<main") :]
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', form)
    answer = desk.client.post(f"/welcome/{token}", data={"password": PASSWORD, "csrf": csrf[1] if csrf else ""})
    assert answer.status_code == HTTPStatus.SEE_OTHER
