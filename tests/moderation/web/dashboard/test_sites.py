"""A site's page: its address, secrets, keys and mode, for its administrators only; what is secret is shown once."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.domain.vocabulary import Mode, Role, SecretPurpose
from moderation.steps import enrolling
from moderation.store.schema import AuditEntry, Endpoint, Site
from tests.factories import World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person

PAGE = "/sites/khobor"


@pytest.fixture
def administrator(world: World, client: FlaskClient) -> FlaskClient:
    enrolling.enrol_site(
        world.work,
        world.runtime.vault,
        slug="khobor",
        name="<b>খবর",
        url="https://khobor.example",
        now=world.runtime.now(),
    )
    make_person(world, client, Role.ADMINISTRATOR)
    return client


def _post(client: FlaskClient, path: str, **fields: str) -> tuple[int, str]:
    answer = client.post(f"{PAGE}{path}", data={"csrf": csrf_of(client, "/account"), **fields})
    return answer.status_code, answer.get_data(as_text=True)


def _page(client: FlaskClient) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _shown(page: str) -> str:
    found = re.search(r'id="secret" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_list_leads_to_each_site_and_the_page_shows_hints_and_no_secret(administrator: FlaskClient) -> None:
    assert f'href="{PAGE}"' in administrator.get("/sites").get_data(as_text=True)
    page = _page(administrator)
    assert "&lt;b&gt;খবর" in page
    assert len(re.findall(r"<code class=\"key\">…[\w+/-]{4}</code>", page)) == 3
    assert "whsec_" not in page
    assert "alo_" not in page


def test_a_new_secret_is_shown_once_and_the_old_one_stays_beside_it(administrator: FlaskClient) -> None:
    status, page = _post(administrator, "/secret", purpose="webhook", overlap="72")
    secret = _shown(page)
    assert (status, secret[:6]) == (200, "whsec_")
    after = _page(administrator)
    assert secret not in after
    assert f"…{secret.rstrip('=')[-4:]}" in after
    ends = re.findall(r"/secret/(\d+)/end", after)
    assert len(ends) == 2
    assert _post(administrator, f"/secret/{ends[1]}/end", typed_name="other")[0] == 422
    assert _post(administrator, f"/secret/{ends[1]}/end", typed_name="khobor")[0] == 303
    assert _post(administrator, f"/secret/{ends[0]}/end", typed_name="khobor")[0] == 409


def test_a_new_key_is_shown_once_and_the_old_one_is_revoked_by_name(administrator: FlaskClient) -> None:
    (old,) = re.findall(r"/key/(\d+)/revoke", _page(administrator))
    key = _shown(_post(administrator, "/key")[1])
    headers = {"Authorization": f"Bearer {key}"}
    assert administrator.get("/v1/sites/khobor/decisions?after=0", headers=headers).status_code == 200
    assert _post(administrator, f"/key/{old}/revoke")[0] == 422
    assert _post(administrator, f"/key/{old}/revoke", typed_name="khobor")[0] == 303
    assert len(re.findall(r"/key/(\d+)/revoke", _page(administrator))) == 1


def test_an_address_is_kept_to_the_rules_of_enrolment(world: World, administrator: FlaskClient) -> None:
    for url in ("https://10.0.0.5/x", "http://khobor.example", "javascript:alert(1)", ""):
        status, page = _post(administrator, "/callback", url=url)
        assert status == 422
        assert 'role="alert"' in page
    with world.runtime.reading() as connection:
        assert connection.execute(select(Endpoint.id)).all() == []
    world.make_endpoint(world_site(world), "https://old.example/")
    status, _ = _post(administrator, "/callback", url="https://93.184.215.14/moderation", before="https://old.example/")
    assert status == 303
    with world.runtime.reading() as connection:
        assert list(connection.scalars(select(Endpoint.url))) == ["https://93.184.215.14/moderation"]


def world_site(world: World) -> int:
    with world.runtime.reading() as connection:
        return connection.execute(select(Site.id).where(Site.slug == "khobor")).scalar_one()


def test_the_mode_is_changed_and_every_act_is_on_record(world: World, administrator: FlaskClient) -> None:
    assert _post(administrator, "/mode", mode="observe")[0] == 303
    assert _post(administrator, "/mode", mode="nonsense")[0] == 422
    with world.runtime.reading() as connection:
        assert connection.scalar(select(Site.mode)) == Mode.OBSERVE
        acts = connection.execute(select(AuditEntry.act, AuditEntry.actor).order_by(AuditEntry.id.desc())).first()
    assert acts is not None
    assert acts[0] == "mode.set"
    assert acts[1].startswith("moderator ")


@pytest.mark.parametrize("fields", [{"purpose": "webhook"}, {"purpose": "x", "overlap": "24"}, {"overlap": "24"}])
def test_a_damaged_form_makes_no_secret(administrator: FlaskClient, fields: dict[str, str]) -> None:
    before = _page(administrator)
    assert _post(administrator, "/secret", **fields)[0] == 422
    assert _page(administrator).count("…") == before.count("…")


def test_another_desks_site_is_not_there_and_an_editor_is_refused(world: World, client: FlaskClient) -> None:
    world.make_site("khobor")
    world.make_site("other")
    enrolling.rotate_secret(
        world.work,
        world.runtime.vault,
        site_slug="other",
        purpose=SecretPurpose.WEBHOOK,
        now=world.runtime.now(),
    )
    make_person(world, client, Role.EDITOR, site="khobor")
    assert client.get("/sites").status_code == 403
    assert client.get(PAGE).status_code == 403
    assert client.get("/sites/other").status_code == 404
