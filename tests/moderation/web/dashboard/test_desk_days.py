"""The figures of a desk's days: what waits, volume, times, overturned shares, and whose decisions one may see."""

from datetime import timedelta

from flask.testing import FlaskClient

from moderation.domain.vocabulary import Label, Role, Verdict
from moderation.steps import deciding
from moderation.steps.deciding import Judgement, Seen
from moderation.store import desk_figures
from tests.factories import NOW, World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person


def _decided(world: World, site_id: int, name: str, n: int = 12) -> int:
    """A colleague publishes two of so many threats and rejects the others."""
    person = world.make_moderator(name)
    for k in range(n):
        public_id = world.make_held(site_id, f"{name}{k}")
        verdict = Verdict.APPROVE if k < 2 else Verdict.REJECT
        labels = [Label.THREAT] if verdict is Verdict.REJECT else []
        judgement = Judgement(person, Role.MODERATOR, verdict, labels)
        deciding.decide(world.work, judgement, Seen(public_id, 1, 1), undo_seconds=20, now=NOW)
    return person


def _page(client: FlaskClient, path: str = "/figures") -> str:
    client.post("/language", data={"csrf": csrf_of(client), "language": "en"})
    return client.get(path).text


def test_without_a_comment_every_block_says_that_there_is_nothing(world: World, desk: FlaskClient) -> None:
    world.make_site()
    page = _page(desk)
    assert "Nothing is held." in page
    assert "No comment was scored in the last 30 days." in page
    assert "days.svg" not in page


def test_an_administrator_sees_what_waits_who_decided_and_what_was_overturned(
    world: World, client: FlaskClient
) -> None:
    site_id = world.make_site()
    make_person(world, client, Role.ADMINISTRATOR)
    _decided(world, site_id, "Karim")
    world.make_held(site_id, "waits")
    page = _page(client)
    assert "1 comment is held" in page
    assert "(the last 12 decisions)" in page
    assert "<bdi>Karim</bdi>" in page
    assert "<strong>16.7%</strong>" in page  # two of twelve threats were published
    assert "<td>13</td><td>13</td><td>0</td><td>100.0%</td>" in page
    picture = client.get("/figures/days.svg")
    assert picture.content_type == "image/svg+xml; charset=utf-8"
    assert f"{NOW:%m}" in picture.text


def test_a_moderator_sees_their_own_decisions_and_nobody_else_s(world: World, desk: FlaskClient) -> None:
    site_id = world.make_site()
    _decided(world, site_id, "Karim", 2)
    mine = world.make_held(site_id, "mine")
    form = {"csrf": csrf_of(desk), "revision": "1", "version": "1", "verdict": "approve"}
    assert desk.post(f"/review/{mine}/decide", data=form).status_code == 303
    page = _page(desk)
    assert "Karim" not in page
    assert "Your decisions" in page
    assert "<bdi>Nasrin</bdi></th><td>1</td>" in page


def test_another_desk_s_figures_do_not_exist(world: World, client: FlaskClient) -> None:
    world.make_site()
    world.make_site("other")
    make_person(world, client, Role.ADMINISTRATOR, "khobor")
    assert client.get("/figures?site=other").status_code == 404
    assert client.get("/figures/days.svg?site=other").status_code == 404


def test_times_are_those_from_held_to_decided(world: World) -> None:
    site_id = world.make_site()
    _decided(world, site_id, "Karim", 3)
    with world.work() as unit:
        unit.connection.exec_driver_sql("UPDATE outcomes SET at = at - interval '10 minutes'")
        found = desk_figures.waits(unit.connection, site_id, since=NOW - timedelta(days=9))
        assert desk_figures.waits(unit.connection, site_id, since=NOW + timedelta(days=1)) is None
    assert found is not None
    assert found.decisions == 3
    assert timedelta(minutes=10) <= found.median <= found.ninth < timedelta(minutes=15)
