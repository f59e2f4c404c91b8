"""The page of an author: their comments, what the desk decided, noted and did, and what an editor may do about them."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.domain.event import AuthorFacts
from moderation.domain.vocabulary import Role
from moderation.store.schema import Author
from tests.factories import World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person


def _path(world: World, ext_id: str = "a1") -> str:
    with world.runtime.reading() as connection:
        return f"/authors/{connection.scalar(select(Author.id).where(Author.ext_id == ext_id))}"


def _page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _version(page: str) -> str:
    return page.split('name="version" value="')[1].partition('"')[0]


def _act(client: FlaskClient, path: str, act: str, **fields: str) -> int:
    data = {"csrf": csrf_of(client, path), "version": _version(_page(client, path)), "act": act, **fields}
    return client.post(path, data=data).status_code


def test_the_history_has_every_comment_of_the_author_with_its_state_page_by_page(
    world: World, desk: FlaskClient
) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, "other", author=AuthorFacts("a2", "করিম"))
    for n in range(25):
        world.make_comment(site_id, f"c{n}")
    world.score()
    world.make_held(site_id, "held")
    first = _page(desk, _path(world))
    assert first.count("data-found=") == 25
    assert 'class="state held"' in first
    assert 'data-found="other"' not in first
    following = first.split('class="next" href="')[1].split('"')[0]
    assert _page(desk, following).count("data-found=") == 1


def test_an_editor_warns_suspends_bans_and_lifts(world: World, client: FlaskClient) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    make_person(world, client, Role.EDITOR)
    path = _path(world)
    assert _act(client, path, "warn", reason="গালি", notice="<b>সংযত থাকুন</b>") == 303
    assert "&lt;b&gt;সংযত" in _page(client, path)
    assert _act(client, path, "suspend", reason="আবার", days="3", typed_name="রহিম") == 303
    assert 'value="lift"' in _page(client, path)
    assert _act(client, path, "ban", reason="তৃতীয়বার", typed_name="a1") == 303
    page = _page(client, path)
    assert 'value="ban"' not in page
    assert [page.index(f'data-sanction="{kind}"') for kind in ("ban", "suspension", "warning")] == sorted(
        page.index(f'data-sanction="{kind}"') for kind in ("ban", "suspension", "warning")
    )
    assert _act(client, path, "lift") == 303
    assert 'value="lift"' not in _page(client, path)


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("warn", {"reason": "x"}),
        ("suspend", {"reason": "কারণটা থাকে", "days": "3", "typed_name": "অন্য কেউ"}),
        ("suspend", {"reason": "x", "days": "", "typed_name": "রহিম"}),
        ("ban", {"reason": "", "typed_name": "রহিম"}),
        ("burn", {}),
    ],
)
def test_what_is_missing_is_told_and_what_was_typed_is_still_there(
    world: World, client: FlaskClient, act: str, fields: dict[str, str]
) -> None:
    world.make_comment(world.make_site())
    make_person(world, client, Role.EDITOR)
    data = {"csrf": csrf_of(client, _path(world)), "version": "0", "act": act, **fields}
    answer = client.post(_path(world), data=data)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'role="alert"' in page
    assert fields.get("reason", "") in page


def test_who_acts_on_what_a_colleague_changed_is_told_and_nothing_happens(world: World, client: FlaskClient) -> None:
    world.make_comment(world.make_site())
    make_person(world, client, Role.EDITOR)
    path = _path(world)
    stale = {"csrf": csrf_of(client, path), "version": _version(_page(client, path)), "typed_name": "a1", "reason": "x"}
    assert _act(client, path, "warn", reason="x", notice="y") == 303
    assert client.post(path, data={**stale, "act": "ban"}).status_code == 409
    assert 'data-sanction="ban"' not in _page(client, path)


def test_a_moderator_reads_and_notes_and_may_not_sanction(world: World, desk: FlaskClient) -> None:
    held = world.make_held(world.make_site())
    path = _path(world)
    assert f'href="{path}"' in _page(desk, f"/review/{held}/author")
    assert "data-acts" not in _page(desk, path)
    form = {"csrf": csrf_of(desk, path), "act": "ban", "reason": "x", "typed_name": "a1", "version": "0"}
    assert desk.post(path, data=form).status_code == 403
    assert desk.post(f"{path}/note", data={"csrf": form["csrf"], "text": "আগে সতর্ক করা হয়েছে"}).status_code == 303
    assert "আগে সতর্ক করা হয়েছে" in _page(desk, path)
    assert desk.post(f"{path}/note", data={"csrf": form["csrf"], "text": " "}).status_code == 422


def test_another_desks_author_is_not_there(world: World, client: FlaskClient) -> None:
    world.make_site("amar")
    world.make_held(world.make_site("other"))
    make_person(world, client, Role.EDITOR, site="amar")
    assert client.get(_path(world)).status_code == 404
    assert client.post(_path(world), data={"csrf": csrf_of(client), "act": "ban"}).status_code == 404
    assert client.get("/authors/99999999999999999999").status_code == 404


def test_a_suspension_stands_in_the_panel_and_among_the_deliveries(world: World, client: FlaskClient) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id)
    world.make_comment(site_id, "c0")
    make_person(world, client, Role.EDITOR)
    client.post("/language", data={"csrf": csrf_of(client), "language": "en"})
    path = _path(world)
    assert _act(client, path, "suspend", reason="x", days="7", typed_name="a1") == 303
    held = world.make_held(site_id, "c1")
    assert "Suspended. Ends: in" in _page(client, f"/review/{held}/author")
    assert f'href="{path}"' in _page(client, "/deliveries")


def test_a_hostile_name_stays_in_its_box(world: World, client: FlaskClient) -> None:
    world.make_comment(world.make_site(), author=AuthorFacts("a1", '\u202e<img src=x onerror="x">'))
    make_person(world, client, Role.EDITOR)
    page = _page(client, _path(world))
    assert "<img" not in page
    assert '<bdi class="name">\u202e&lt;img' in page
