"""The pages of stories: the hottest first, one with its comments, and the acts that an editor may do on it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.domain.event import AuthorFacts, StoryFacts
from moderation.domain.vocabulary import Role
from moderation.steps import setting_rules
from moderation.store.schema import Story
from tests.factories import World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person


def _page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _facts(name: str) -> StoryFacts:
    return StoryFacts(name, f"https://khobor.example/{name}", f"খবর {name}", "জাতীয়")


def _path(world: World, ext_id: str = "s1") -> str:
    with world.runtime.reading() as connection:
        return f"/stories/{connection.scalar(select(Story.id).where(Story.ext_id == ext_id))}"


def _act(client: FlaskClient, path: str, act: str, **fields: str) -> int:
    return client.post(path, data={"csrf": csrf_of(client, path), "act": act, **fields}).status_code


def test_the_hottest_story_comes_first_and_a_calm_one_not_at_all(world: World, desk: FlaskClient) -> None:
    site_id = world.make_site()
    world.make_held(site_id, "c1", story=_facts("one"))
    world.make_held(site_id, "c2", story=_facts("two"))
    world.make_held(site_id, "c3", story=_facts("two"))
    world.make_comment(site_id, "c4", story=_facts("calm"))
    world.score()
    page = _page(desk, "/stories")
    assert page.index('data-story="two"') < page.index('data-story="one"')
    assert 'data-story="calm"' not in page


def test_without_anything_flagged_the_page_says_that_all_is_calm(world: World, desk: FlaskClient) -> None:
    world.make_site()
    assert "data-story" not in _page(desk, "/stories")


def test_a_story_shows_its_comments_with_their_decisions_page_by_page(world: World, desk: FlaskClient) -> None:
    site_id = world.make_site()
    for n in range(27):
        world.make_comment(site_id, f"c{n}")
    world.score()
    first = _page(desk, _path(world))
    assert first.count("data-found=") == 25
    following = first.split('class="next" href="')[1].split('"')[0]
    assert _page(desk, following).count("data-found=") == 2


def test_an_editor_watches_holds_closes_and_takes_it_back(world: World, client: FlaskClient) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    make_person(world, client, Role.EDITOR)
    path = _path(world)
    for act, undoing in (("watch", "unwatch"), ("close", "reopen")):
        assert _act(client, path, act) == 303
        assert f'value="{undoing}"' in _page(client, path)
        assert _act(client, path, undoing) == 303
        assert f'value="{act}"' in _page(client, path)
    assert _act(client, path, "hold", hours="6", reason="<b>দাঙ্গা</b>") == 303
    page = _page(client, path)
    assert "&lt;b&gt;দাঙ্গা" in page
    assert _act(client, path, "lift") == 303
    assert "দাঙ্গা" not in _page(client, path)


@pytest.mark.parametrize(("act", "fields"), [("hold", {"hours": "6"}), ("hold", {"reason": "x"}), ("burn", {})])
def test_what_is_missing_is_told_on_the_page(
    world: World, client: FlaskClient, act: str, fields: dict[str, str]
) -> None:
    world.make_comment(world.make_site())
    make_person(world, client, Role.EDITOR)
    answer = client.post(_path(world), data={"csrf": csrf_of(client, _path(world)), "act": act, **fields})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)


def test_a_moderator_reads_a_story_and_may_not_act_on_it(world: World, desk: FlaskClient) -> None:
    world.make_held(world.make_site())
    assert 'name="act"' not in _page(desk, _path(world))
    form = {"csrf": csrf_of(desk), "act": "close"}
    assert desk.post(_path(world), data=form).status_code == 403


def test_another_desks_story_is_not_there(world: World, client: FlaskClient) -> None:
    world.make_site("amar")
    world.make_held(world.make_site("other"))
    make_person(world, client, Role.EDITOR, site="amar")
    assert client.get(_path(world)).status_code == 404
    form = {"csrf": csrf_of(client), "act": "close"}
    assert client.post(_path(world), data=form).status_code == 404
    assert "data-story" not in _page(client, "/stories")
    assert client.get("/stories/99999999999999999999").status_code == 404


def test_a_closing_stands_among_the_deliveries_as_one_about_a_story(world: World, client: FlaskClient) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id)
    world.make_comment(site_id)
    make_person(world, client, Role.EDITOR)
    assert _act(client, _path(world), "close") == 303
    assert f'href="{_path(world)}"' in _page(client, "/deliveries")


def test_a_breaker_that_turned_on_is_told_on_every_page_and_on_the_storys_own(
    world: World, client: FlaskClient
) -> None:
    site_id = world.make_site()
    setting_rules.set_policy(world.work, site_slug="khobor", document={"breaker": {"least": 5}})
    for n in range(5):
        world.make_comment(
            site_id, f"c{n}", f"তোকে মারবো {n}#", story=_facts("<b>s1"), author=AuthorFacts(f"a{n}", "রহিম")
        )
    live = world.words(তোকে=(0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0))
    world.score(live, now=world.runtime.now())
    make_person(world, client, Role.EDITOR)
    path = _path(world, "<b>s1")
    for page in ("/decisions", "/stories", path):
        shown = _page(client, page)
        assert "data-breaker" in shown
        assert "খবর &lt;b&gt;s1" in shown
    assert _act(client, path, "lift") == 303
    page = _page(client, path)
    assert "data-breaker" not in page
    assert 'class="turned-on"' in page


def test_another_desks_breaker_is_told_nowhere(world: World, client: FlaskClient) -> None:
    world.make_site("amar")
    site_id = world.make_site("other")
    setting_rules.set_policy(world.work, site_slug="other", document={"breaker": {"least": 5}})
    for n in range(5):
        world.make_comment(site_id, f"c{n}", f"তোকে মারবো {n}#", author=AuthorFacts(f"a{n}", "রহিম"))
    world.score(world.words(তোকে=(0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)), now=world.runtime.now())
    make_person(world, client, Role.EDITOR, site="amar")
    assert "data-breaker" not in _page(client, "/decisions")
