"""The people page: who manages whom, one-time links, closed accounts."""

import re

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.domain.vocabulary import Role
from moderation.steps import proving
from moderation.store.schema import AuditEntry, Moderator
from tests.factories import World
from tests.moderation.web.dashboard.conftest import PASSWORD, csrf_of, make_person


def _person(world: World, name: str, role: Role = Role.MODERATOR, site: str | None = "khobor") -> int:
    """Somebody who has not followed their link yet."""
    world.invite(name, role, site)
    with world.runtime.reading() as connection:
        return int(connection.scalar(select(Moderator.id).where(Moderator.name == name)) or 0)


@pytest.fixture
def desk(world: World, client: FlaskClient) -> FlaskClient:
    """The administrator of ``khobor``; there is another site too."""
    world.make_site("khobor")
    world.make_site("other")
    assert make_person(world, client, Role.ADMINISTRATOR, "khobor").status_code == 303
    return client


def _post(client: FlaskClient, path: str, **form: str) -> tuple[int, str]:
    answer = client.post(path, data={"csrf": csrf_of(client, "/account"), **form})
    return answer.status_code, answer.text


def _acts(world: World) -> list[str]:
    with world.runtime.reading() as connection:
        return list(connection.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def _link(page: str) -> str:
    found = re.search(r'value="http://localhost(/welcome/[\w-]+)"', page)
    assert found is not None
    return found[1]


def test_an_invitation_shows_a_link_once_by_which_the_person_comes_in(
    app: Flask, world: World, desk: FlaskClient
) -> None:
    site = str(world.sites["khobor"])
    form = {"email": " New@Desk.example ", "name": "নতুন র‍্যাব", "role": "editor", "site": site}
    status, page = _post(desk, "/people/invite", **form)
    assert status == 200
    newcomer = app.test_client()
    assert newcomer.post(_link(page), data={"password": PASSWORD}).status_code == 303
    assert newcomer.get("/deliveries").status_code == 200
    listed = desk.get("/people").text
    assert "নতুন র‍্যাব" in listed
    assert "/welcome/" not in listed
    assert _acts(world)[-1] == "person.invited"


@pytest.mark.parametrize(
    ("change", "status"), [({"email": "none"}, 422), ({"role": "owner"}, 422), ({"site": "everywhere"}, 403)]
)
def test_an_invitation_that_cannot_be_is_refused_and_nobody_is_added(
    world: World, desk: FlaskClient, change: dict[str, str], status: int
) -> None:
    form = {"email": "new@desk.example", "role": "viewer", "site": str(world.sites["khobor"]), **change}
    assert _post(desk, "/people/invite", **form)[0] == status
    assert desk.get("/people").text.count("person-row") == 1


def test_who_is_of_another_desk_is_not_seen_and_not_touched(world: World, desk: FlaskClient) -> None:
    stranger = _person(world, "Karim", Role.MODERATOR, "other")
    assert "Karim" not in desk.get("/people").text
    for act in ("role", "link", "disable", "enable", "reset-codes"):
        form = {"site": str(world.sites["khobor"]), "role": "viewer", "typed_name": "Karim"}
        assert _post(desk, f"/people/{stranger}/{act}", **form)[0] == 404


def test_no_link_and_no_closing_for_whoever_also_works_for_another_desk(world: World, desk: FlaskClient) -> None:
    both = _person(world, "Karim", Role.MODERATOR, "khobor")
    world.invite("Karim", Role.ADMINISTRATOR, "other")
    assert _post(desk, f"/people/{both}/link")[0] == 403
    assert _post(desk, f"/people/{both}/disable", typed_name="Karim")[0] == 403
    assert "Other" not in desk.get(f"/people/{both}").text
    assert _post(desk, f"/people/{both}/role", site=str(world.sites["khobor"]), role="none")[0] == 303
    assert desk.get(f"/people/{both}").status_code == 404


def test_inviting_somebody_of_another_desk_gives_no_link_into_their_account(world: World, desk: FlaskClient) -> None:
    _person(world, "Karim", Role.ADMINISTRATOR, "other")
    form = {"email": "karim@desk.example", "role": "viewer", "site": str(world.sites["khobor"])}
    status, page = _post(desk, "/people/invite", **form)
    assert (status, "/welcome/" in page) == (303, False)


def test_who_administers_every_site_is_not_changed_by_an_administrator_of_one(world: World, desk: FlaskClient) -> None:
    chief = _person(world, "Karim", Role.ADMINISTRATOR, None)
    assert "Karim" in desk.get("/people").text
    assert _post(desk, f"/people/{chief}/role", site=str(world.sites["khobor"]), role="viewer")[0] == 403
    assert _post(desk, f"/people/{chief}/disable", typed_name="Karim")[0] == 403


def test_nobody_changes_what_they_may_do_themselves(world: World, desk: FlaskClient) -> None:
    own = _person(world, "Nasrin", Role.ADMINISTRATOR)
    for act in ("role", "link", "disable", "reset-codes"):
        form = {"site": str(world.sites["khobor"]), "role": "viewer", "typed_name": "Nasrin"}
        assert _post(desk, f"/people/{own}/{act}", **form)[0] == 403
    form = {"email": "nasrin@desk.example", "role": "viewer", "site": str(world.sites["khobor"])}
    assert _post(desk, "/people/invite", **form)[0] == 403
    assert desk.get("/people").status_code == 200


def test_a_closed_account_ends_its_sessions_and_needs_the_name_typed(
    app: Flask, world: World, desk: FlaskClient
) -> None:
    colleague = app.test_client()
    token = world.invite("Karim", Role.MODERATOR, "khobor")
    colleague.post(f"/welcome/{token}", data={"password": PASSWORD})
    person = _person(world, "Karim", Role.MODERATOR)
    assert _post(desk, f"/people/{person}/disable", typed_name="Rahim")[0] == 422
    assert colleague.get("/review").status_code == 200
    assert _post(desk, f"/people/{person}/disable", typed_name=" karim ")[0] == 303
    assert colleague.get("/review").status_code == 302
    again = {"email": "karim@desk.example", "password": PASSWORD}
    assert colleague.post("/login", data=again).status_code == 401
    assert _post(desk, f"/people/{person}/link")[0] == 409
    assert _post(desk, f"/people/{person}/enable")[0] == 303
    assert colleague.post("/login", data=again).status_code == 303
    assert _acts(world)[-2:] == ["person.disabled", "person.enabled"]


def test_a_lost_device_is_taken_off_by_an_administrator_who_types_the_name(world: World, desk: FlaskClient) -> None:
    person, now = _person(world, "Karim"), world.runtime.now()
    vault = world.runtime.vault
    proving.begin(world.work, vault, moderator_id=person)
    waiting = proving.standing(world.work, vault, moderator_id=person, email="karim@desk.example").waiting
    assert waiting is not None
    proving.confirm(world.work, vault, moderator_id=person, code=pyotp.TOTP(waiting.secret).at(now), now=now)
    assert _post(desk, f"/people/{person}/reset-codes", typed_name="Rahim")[0] == 422
    assert proving.asks_for_code(world.work, person)
    assert _post(desk, f"/people/{person}/reset-codes", typed_name="Karim")[0] == 303
    assert not proving.asks_for_code(world.work, person)
    assert _acts(world)[-1] == "person.codes_reset"


def test_a_fresh_link_makes_the_earlier_one_void(app: Flask, world: World, desk: FlaskClient) -> None:
    first = f"/welcome/{world.invite('Karim', Role.MODERATOR, 'khobor')}"
    person = int(re.findall(r"/people/(\d+)", desk.get("/people").text)[0])
    second = _link(_post(desk, f"/people/{person}/link")[1])
    visitor = app.test_client()
    assert visitor.post(first, data={"password": PASSWORD}).status_code == 410
    assert visitor.post(second, data={"password": PASSWORD}).status_code == 303


def test_a_name_is_shown_as_text(world: World, desk: FlaskClient) -> None:
    form = {
        "email": "x@desk.example",
        "name": "<img src=x>\u202e",
        "role": "viewer",
        "site": str(world.sites["khobor"]),
    }
    page = _post(desk, "/people/invite", **form)[1] + desk.get("/people").text
    assert "<img src=x>" not in page
    assert "\u202e" not in page
