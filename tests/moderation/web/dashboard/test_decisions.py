"""The page of decisions: filters in its address, which travel on, and undo that leads back to it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.domain.vocabulary import State
from tests.factories import World
from tests.moderation.web.dashboard.conftest import PASSWORD, csrf_of


def _reject(world: World, desk: FlaskClient) -> None:
    public_id = world.make_held(world.make_site())
    form = {"csrf": csrf_of(desk), "revision": "1", "version": "1", "verdict": "reject", "label": "threat"}
    assert desk.post(f"/review/{public_id}/decide", data=form).status_code == 303


def test_the_log_is_narrowed_down_by_its_address(world: World, desk: FlaskClient) -> None:
    assert "এখনো কিছু" in desk.get("/decisions").text
    _reject(world, desk)
    for asked in ("who=me", "what=reject", "why=threat", "who=people&site=khobor", "from=2020-01-01"):
        page = desk.get(f"/decisions?{asked}").text
        assert "তোকে মারবো" in page, asked
        assert "selected" in page or "2020-01-01" in page
    for asked in ("who=site", "what=approve", "why=off_topic", "fate=overturned", "to=2020-01-01", "site=other"):
        page = desk.get(f"/decisions?{asked}").text
        assert "তোকে মারবো" not in page, asked
        assert 'href="/decisions"' in page


@pytest.mark.parametrize("asked", ["who=x", "what=burn", "why=rude", "fate=no", "from=today", "before=x"])
def test_a_damaged_address_is_refused(desk: FlaskClient, asked: str) -> None:
    assert desk.get(f"/decisions?{asked}").status_code == 422


def test_undo_leads_back_to_the_log_as_it_was_narrowed_down(world: World, desk: FlaskClient) -> None:
    _reject(world, desk)
    page = desk.get("/decisions?who=me&why=threat").text
    (path,) = re.findall(r'action="(/decisions/[^"]+/undo)"', page)
    form = {"csrf": csrf_of(desk), "from": "log", "next": "/decisions?who=me&why=threat&evil=1"}
    assert desk.post(path, data=form).location == "/decisions?who=me&why=threat"
    assert world.status(world.sites["khobor"]).state is State.HELD
    assert "তোকে মারবো" in desk.get("/decisions?what=withdrawn&fate=changed").text


def test_another_desks_decisions_are_not_in_it(world: World, app: Flask, desk: FlaskClient) -> None:
    _reject(world, desk)
    world.make_site("ours")
    client = app.test_client()
    client.post(f"/welcome/{world.invite('Karim', site='ours')}", data={"password": PASSWORD})
    for asked in ("", "?site=khobor", "?who=people"):
        assert "তোকে" not in client.get(f"/decisions{asked}").text
