"""Holding everything at a site: with a reason and an end, told on every page, and for editors only."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.domain.vocabulary import Role, State
from moderation.store.schema import AuditEntry
from tests.factories import World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person


def _post(client: FlaskClient, slug: str = "khobor", **fields: str) -> int:
    return client.post(f"/holding/{slug}", data={"csrf": csrf_of(client, "/review"), **fields}).status_code


def test_a_hold_reaches_new_comments_and_every_page_says_so_until_it_ends(world: World, client: FlaskClient) -> None:
    site_id = world.make_site()
    make_person(world, client, Role.EDITOR)
    assert _post(client, act="hold", hours="6", reason="<i>নির্বাচন</i>") == 303
    assert "&lt;i&gt;নির্বাচন" in client.get("/decisions").get_data(as_text=True)
    world.make_comment(site_id)
    world.score(now=world.runtime.now())
    status = world.status(site_id)
    assert (status.state, [reason["rule"] for reason in status.reasons]) == (State.HELD, ["everything_held"])
    world.make_comment(site_id, "late")
    world.score(now=world.runtime.now() + timedelta(hours=7))
    assert world.status(site_id, "late").state is State.PUBLISHED
    assert _post(client, act="lift") == 303
    assert "নির্বাচন" not in client.get("/decisions").get_data(as_text=True)
    with world.runtime.reading() as connection:
        assert list(connection.scalars(select(AuditEntry.act))).count("hold_everything.set") == 2


@pytest.mark.parametrize("fields", [{"hours": "6"}, {"reason": "x"}, {"hours": "5", "reason": "x"}])
def test_what_is_missing_is_told(world: World, client: FlaskClient, fields: dict[str, str]) -> None:
    world.make_site()
    make_person(world, client, Role.EDITOR)
    assert _post(client, act="hold", **fields) == 422
    assert 'class="holding"' not in client.get("/review").get_data(as_text=True)


def test_a_moderator_sees_the_hold_and_cannot_make_one(world: World, desk: FlaskClient) -> None:
    world.make_site()
    assert desk.get("/holding").status_code == 403
    assert _post(desk, act="hold", hours="6", reason="x") == 403


def test_another_desks_site_is_not_there(world: World, client: FlaskClient) -> None:
    world.make_site("amar")
    world.make_site("other")
    make_person(world, client, Role.EDITOR, site="amar")
    assert _post(client, "other", act="hold", hours="6", reason="x") == 404
