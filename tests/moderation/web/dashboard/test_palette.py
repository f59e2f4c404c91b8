"""The command palette's route: what it finds belongs to the visitor's own sites, and is text, never markup."""

from flask.testing import FlaskClient

from tests.factories import World
from tests.moderation.web.dashboard.conftest import make_person


def _found(client: FlaskClient, typed: str) -> list[dict[str, str]]:
    answer = client.get("/palette", query_string={"q": typed})
    assert answer.status_code == 200
    found: list[dict[str, str]] = answer.get_json()["found"]
    return found


def test_stories_authors_and_comments_are_found_by_what_was_typed(world: World, desk: FlaskClient) -> None:
    public_id = world.make_held(world.make_site(), "c-17", body="তোকে <b>মারবো</b> " + "ক" * 300)
    (comment,) = _found(desk, "c-17")
    assert (comment["kind"], comment["href"]) == ("মন্তব্য", f"/review/{public_id}")
    assert len(comment["title"]) < 100
    (author,) = _found(desk, "রহি")
    assert author["kind"] == "লেখক"
    assert desk.get(author["href"]).status_code == 200
    assert _found(desk, "র") == []
    assert _found(desk, "\x00") == []


def test_another_desks_things_are_not_found(world: World, client: FlaskClient) -> None:
    public_id = world.make_held(world.make_site(), "c-17")
    world.make_site("ours")
    make_person(world, client, site="ours")
    assert [_found(client, typed) for typed in ("c-17", str(public_id), "রহি")] == [[], [], []]
