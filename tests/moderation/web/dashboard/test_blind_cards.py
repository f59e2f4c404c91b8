"""A drawn comment's card tells nobody that it was drawn, nor what was decided automatically."""

import re
import uuid

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.domain.audit import Lot
from moderation.domain.event import AuthorFacts
from moderation.domain.vocabulary import State
from moderation.steps import scoring
from moderation.steps.scoring import Aside
from moderation.store import policies
from moderation.store.schema import Comment
from tests.factories import NOW, World
from tests.moderation.web.dashboard.conftest import csrf_of

WORDS = "Judge it by its words alone"
SCORES = {"তোকে": (0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0), "casino": (0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.995)}


def _score(world: World) -> None:
    drawn = Aside(lots=lambda _: Lot(0.0, 0.0, 0.5))
    scoring.score_comments(world.work, world.words(**SCORES).current, now=lambda: NOW, aside=drawn)


def _hide_all(world: World, site_id: int, *, blind: bool = True) -> None:
    with world.work() as unit:
        policies.save(unit.connection, site_id, {"blind": blind}, author="test", note="")


@pytest.fixture
def english(desk: FlaskClient) -> FlaskClient:
    desk.post("/language", data={"csrf": csrf_of(desk), "language": "en"})
    return desk


def _bare(page: str, comment: uuid.UUID) -> str:
    """A page without what differs between any two comments: ids, tokens, ages."""
    page = page.replace(str(comment), "ID")
    return re.sub(r'value="[0-9a-f]{64}"|datetime="[^"]+"|\d+ (second|minute)s? ago|just now', "", page)


@pytest.mark.parametrize("body", ["শুভ সকাল", "casino bonus"])
def test_the_card_of_a_drawn_comment_is_to_the_letter_that_of_a_held_one(
    world: World, english: FlaskClient, body: str
) -> None:
    """Where all reasons are hidden; the one is held, the other published or rejected."""
    site_id = world.make_site()
    _hide_all(world, site_id)
    held = world.make_comment(site_id, "c1", "তোকে মারবো")
    other = AuthorFacts("a2", "রহিম")
    drawn = world.make_comment(site_id, "c2", body, author=other)
    _score(world)
    assert world.status(site_id, "c1").state is State.HELD
    assert world.status(site_id, "c2").state is not State.HELD
    pages = [english.get(f"/review/{one}").get_data(as_text=True) for one in (held, drawn)]
    assert WORDS in pages[0]
    first = _bare(pages[0], held).replace("তোকে মারবো", "BODY")
    second = _bare(pages[1], drawn).replace(body, "BODY")
    assert first == second


def test_no_score_reason_state_or_word_of_the_audit_is_in_the_page(world: World, english: FlaskClient) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, "c1", "casino bonus")
    drawn = world.make_comment(site_id, "c2", "শুভ সকাল")
    _score(world)
    for path in ("/review", f"/review/{drawn}"):
        page = english.get(path).get_data(as_text=True)
        assert WORDS in page
        assert "0.99" not in page
        assert "0.05" not in page
        assert not re.search(r"audit|sample|drawn|random", page, re.IGNORECASE)
        assert 'class="state published"' not in page
        assert 'class="state rejected"' not in page
        assert "checked" not in page


def test_no_count_beside_the_list_of_an_author_or_a_story_tells_which_of_their_comments_were_drawn(
    world: World, english: FlaskClient
) -> None:
    site_id = world.make_site()
    drawn = [world.make_comment(site_id, f"c{n}", body) for n, body in enumerate(("শুভ সকাল", "casino bonus"))]
    _score(world)
    held = world.make_held(site_id, "c3")
    with world.runtime.reading() as connection:
        author_id, story_id = connection.execute(select(Comment.author_id, Comment.story_id).limit(1)).one()
    page = english.get(f"/authors/{author_id}").get_data(as_text=True)
    assert "No comment of this author has been published or rejected yet." in page
    page = english.get(f"/stories/{story_id}").get_data(as_text=True)
    assert re.findall(r'<span class="tag">(\w+ \d+)</span>', page) == ["held 3"]
    for one in (*drawn, held):
        assert "0 published, 0 rejected" in english.get(f"/review/{one}").get_data(as_text=True)


def test_the_automatic_decision_is_not_in_the_log_before_the_look(world: World, english: FlaskClient) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, "c1", "casino bonus")
    _score(world)
    assert "casino" not in english.get("/decisions").get_data(as_text=True)


def test_a_decided_card_tells_its_reasons_again(world: World, english: FlaskClient) -> None:
    site_id = world.make_site()
    _hide_all(world, site_id)
    held = world.make_comment(site_id, "c1", "তোকে মারবো")
    _score(world)
    path = f"/review/{held}"
    data = {"csrf": csrf_of(english, path), "revision": "1", "version": "1", "verdict": "approve"}
    assert english.post(f"{path}/decide", data=data).status_code == 303
    assert "threat 0.95" in english.get(path).get_data(as_text=True)


def test_where_reasons_are_shown_some_held_comments_hide_them_too(world: World, english: FlaskClient) -> None:
    """Else a card without reasons would be a drawn one for sure."""
    site_id = world.make_site()
    _hide_all(world, site_id, blind=False)
    for n in range(40):
        world.make_comment(site_id, f"c{n}", f"তোকে মারবো {n}")
    _score(world)
    pages = [english.get("/review").get_data(as_text=True)]
    while following := re.search(r'class="next" href="([^"]+)"', pages[-1]):
        pages.append(english.get(following[1].replace("&amp;", "&")).get_data(as_text=True))
    rows = "".join(pages).count("data-row")
    assert rows == 40
    assert 0 < "".join(pages).count(WORDS) < 12


def test_a_drawn_comment_is_claimed_given_back_and_decided_like_any_other(world: World, english: FlaskClient) -> None:
    site_id = world.make_site()
    drawn = world.make_comment(site_id)
    _score(world)
    path = f"/review/{drawn}"
    csrf = csrf_of(english, path)
    assert english.post(f"{path}/claim", data={"csrf": csrf}).status_code == 303
    assert "data-claim=" in english.get(path).get_data(as_text=True)
    assert english.post(f"{path}/release", data={"csrf": csrf}).status_code == 303
    form = {"csrf": csrf, "revision": "1", "version": "1", "verdict": "reject", "label": "insult"}
    assert english.post(f"{path}/decide", data=form).status_code == 303
    assert world.status(site_id).state is State.REJECTED
    assert str(drawn) not in english.get("/review").get_data(as_text=True)


def test_a_drawn_comment_is_handed_on_like_a_held_one(world: World, english: FlaskClient) -> None:
    """A refusal would tell that it was drawn."""
    site_id = world.make_site()
    _hide_all(world, site_id)
    drawn = world.make_comment(site_id, "c1", "শুভ সকাল")
    _score(world)
    data = {"csrf": csrf_of(english), "to": "seniors", "text": "দেখুন"}
    assert english.post(f"/review/{drawn}/escalate", data=data).status_code == 303
    assert "দেখুন" in english.get(f"/review/{drawn}").get_data(as_text=True)
