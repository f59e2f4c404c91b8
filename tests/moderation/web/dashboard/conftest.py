"""A person at the desk: invited, with a password, logged in."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation.domain.vocabulary import Role
from tests.factories import World

PASSWORD = "একটি-লম্বা-পাসওয়ার্ড"


def csrf_of(client: FlaskClient, path: str = "/review") -> str:
    page = client.get(path).get_data(as_text=True)
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def make_person(
    world: World, client: FlaskClient, role: Role = Role.MODERATOR, site: str | None = None
) -> TestResponse:
    """Invites a person, who sets a password by the one-time link and is logged in by that."""
    token = world.invite(role=role, site=site)
    return client.post(f"/welcome/{token}", data={"password": PASSWORD})


@pytest.fixture
def desk(world: World, client: FlaskClient) -> FlaskClient:
    """A client that is logged in as a moderator of every site."""
    assert make_person(world, client).status_code == 303
    return client
