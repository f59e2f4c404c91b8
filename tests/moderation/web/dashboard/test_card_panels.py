"""What stands around a comment: its thread with the state of each, and what became of its author's others."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from moderation.domain.audit import Lot
from moderation.domain.event import AuthorFacts
from moderation.domain.vocabulary import Label, Role, State, Verdict
from moderation.steps import deciding, scoring
from moderation.steps.scoring import Aside
from moderation.store import surroundings
from tests.factories import NOW, World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person


@pytest.fixture
def english(desk: FlaskClient) -> FlaskClient:
    desk.post("/language", data={"csrf": csrf_of(desk), "language": "en"})
    return desk


def test_the_thread_tells_what_a_comment_answers_and_what_answers_it(world: World, english: FlaskClient) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, "root", "প্রথম")
    world.make_comment(site_id, "mid", "দ্বিতীয়", parent_id="root")
    held = world.make_held(site_id, "here", parent_id="mid")
    world.make_comment(site_id, "below", "<b>উত্তর</b>", parent_id="here")
    world.make_comment(site_id, "elsewhere", "অন্য কথা", parent_id="root")
    world.score()
    page = english.get(f"/review/{held}/thread").get_data(as_text=True)
    places = [page.index(words) for words in ("প্রথম", "দ্বিতীয়", "তোকে মারবো", "&lt;b&gt;উত্তর")]
    assert places == sorted(places)
    assert "অন্য কথা" not in page
    assert re.findall(r'class="state (\w+)"', page) == ["published", "published", "held", "published"]


def test_comments_that_answer_each_other_in_a_ring_make_no_endless_thread(world: World, english: FlaskClient) -> None:
    site_id = world.make_site()
    first = world.make_comment(site_id, "c1", "এক", parent_id="c2")
    world.make_comment(site_id, "c2", "দুই", parent_id="c1")
    page = english.get(f"/review/{first}/thread")
    assert page.status_code == 200
    assert page.get_data(as_text=True).count("<li class=") == surroundings.ANCESTORS + 2


def test_a_comment_that_waits_for_a_blind_look_is_told_as_waiting_and_not_as_decided(
    world: World, english: FlaskClient
) -> None:
    site_id = world.make_site()
    held = world.make_held(site_id, "c1")
    world.make_comment(site_id, "c2", "শুভ সকাল", parent_id="c1")
    drawn = Aside(lots=lambda _: Lot(0.0, 0.0, 0.5))
    scoring.score_comments(world.work, world.words().current, now=lambda: NOW, aside=drawn)
    assert world.status(site_id, "c2").state is State.PUBLISHED
    thread = english.get(f"/review/{held}/thread").get_data(as_text=True)
    assert re.findall(r'class="state (\w+)"', thread) == ["held", "held"]
    assert "None yet." in english.get(f"/review/{held}/author").get_data(as_text=True)


def test_the_author_is_told_by_a_share_whose_formula_stands_in_words(world: World, english: FlaskClient) -> None:
    site_id = world.make_site()
    for n in range(3):
        world.make_comment(site_id, f"ok{n}", "শুভ সকাল")
    world.score()
    rude, held = world.make_held(site_id, "rude"), world.make_held(site_id, "held")
    karim = deciding.Judgement(world.make_moderator("Karim"), Role.MODERATOR, Verdict.REJECT, (Label.INSULT,))
    deciding.decide(world.work, karim, deciding.Seen(rude, 1, 1), undo_seconds=20, now=world.runtime.now())
    world.make_held(site_id, "other", author=AuthorFacts("a2", "করিম"))
    page = english.get(f"/review/{held}/author").get_data(as_text=True)
    assert "<strong>25.0%</strong>" in page
    assert "1 rejected of 4 comments that were published or rejected" in page
    assert page.index("Karim") < page.index("শুভ সকাল"), "the newest decision stands first"


def test_a_note_on_the_author_stands_with_every_comment_of_theirs(world: World, english: FlaskClient) -> None:
    site_id = world.make_site()
    first, second = world.make_held(site_id, "c1"), world.make_held(site_id, "c2")
    data = {"csrf": csrf_of(english), "text": "আগে সতর্ক করা হয়েছে"}
    assert english.post(f"/review/{first}/author/note", data=data).status_code == 303
    assert "আগে সতর্ক করা হয়েছে" in english.get(f"/review/{second}/author").get_data(as_text=True)
    assert "আগে সতর্ক করা হয়েছে" not in english.get(f"/review/{second}").get_data(as_text=True)
    assert english.post(f"/review/{first}/author/note", data={**data, "text": ""}).status_code == 422


def test_another_desks_thread_and_author_are_as_if_absent(world: World, client: FlaskClient) -> None:
    ours = world.make_held(world.make_site("ours"))
    theirs = world.make_held(world.make_site("theirs"))
    make_person(world, client, Role.VIEWER, site="ours")
    for panel in ("thread", "author"):
        assert client.get(f"/review/{theirs}/{panel}").status_code == 404
        assert client.get(f"/review/{ours}/{panel}").status_code == 200
    data = {"csrf": csrf_of(client), "text": "x"}
    assert client.post(f"/review/{theirs}/author/note", data=data).status_code == 404
    assert client.post(f"/review/{ours}/author/note", data=data).status_code == 403


def test_threads_and_authors_are_read_off_indexes(world: World) -> None:
    """With sequential scans forbidden where an index serves, none is left in the plans."""
    site_id = world.make_site()
    world.make_held(site_id)
    values = {"comment_id": 1, "author_id": 1, "most": 10, "latest": 100}
    with world.runtime.reading() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        for query in (surroundings._ANCESTORS, surroundings._REPLIES, surroundings._DECISIONS):
            plan = "\n".join(connection.scalars(text(f"EXPLAIN {query.text}"), values))
            assert not re.search(r"Seq Scan on (comments|decisions|revisions|audit_sample)", plan), plan
