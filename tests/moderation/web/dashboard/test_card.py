"""The card: why a comment is here, shown in its own words; notes, handing on, skipping, and which card comes next."""

import re
import uuid
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from classifiers import load_bundle
from moderation.domain.event import StoryFacts
from moderation.domain.vocabulary import Role, State
from moderation.steps import reviewing, scoring
from moderation.store import bundles, policies
from tests.factories import NOW, World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person

STARTER = Path(__file__).parents[4] / "classifiers" / "bundles" / "starter.alochona"
ABUSE = "you stupid idiot, I will kill you"


@pytest.fixture
def english(desk: FlaskClient) -> FlaskClient:
    desk.post("/language", data={"csrf": csrf_of(desk), "language": "en"})
    return desk


def promote(world: World) -> None:
    content = STARTER.read_bytes()
    bundle = load_bundle(content)
    with world.work() as unit:
        known = bundles.register(
            unit.connection,
            name="starter",
            digest=bundle.digest,
            content=content,
            card="",
            metrics={},
            origin="starter",
        )
        bundles.promote(unit.connection, known, by="test", why="")


def make_explained(world: World, site_id: int, body: str = ABUSE, comment_id: str = "c1") -> uuid.UUID:
    """A comment that the starter bundle, which is live, has scored; no card of the site hides its reasons."""
    promote(world)
    with world.work() as unit:
        policies.save(unit.connection, site_id, {"audit_share": 0}, author="test", note="")
    public_id = world.make_comment(site_id, comment_id, body)
    scoring.score_comments(world.work, world.runtime.live.current, now=lambda: NOW)
    assert world.status(site_id, comment_id).state is State.HELD
    return public_id


def _plain(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page)


def test_the_words_that_raised_the_decisive_score_are_marked(world: World, english: FlaskClient) -> None:
    public_id = make_explained(world, world.make_site())
    page = english.get(f"/review/{public_id}?explain=toxicity").get_data(as_text=True)
    assert re.search(r'<mark class="raised[^"]*">(stupid|idiot)</mark>', page)
    assert "of what raised it" in page
    other = english.get(f"/review/{public_id}?explain=insult").get_data(as_text=True)
    assert re.search(r'<mark class="raised[^"]*">(stupid|idiot)</mark>', other)
    assert re.search(r'explain=insult" data-explain aria-current="true"', other)
    assert english.get(f"/review/{public_id}?explain=nonsense").status_code == 200


def test_hidden_characters_inside_a_marked_word_stay_chips_and_the_text_stays_whole(
    world: World, english: FlaskClient
) -> None:
    body = "\u202eyou <b>st\u200bupid</b> idiot" + "\u0301" * 40 + ", I will k\u200bill you"
    public_id = make_explained(world, world.make_site(), body)
    page = english.get(f"/review/{public_id}?explain=insult").get_data(as_text=True)
    words = page.partition("data-words>")[2].partition("</bdi>")[0]
    assert "\u202e" not in page
    assert "\u200b" not in page
    assert "<b>" not in words
    assert "\u0301" * 5 not in words
    assert _plain(words) == "U+202Eyou &lt;b&gt;stU+200Bupid&lt;/b&gt; idiot" + "\u0301" * 4 + ", I will kU+200Bill you"
    assert re.search(r'<mark class="raised[^"]*">.*U\+200B', words)


def test_what_another_bundle_scored_is_not_explained_by_the_live_one(world: World, english: FlaskClient) -> None:
    site_id = world.make_site()
    with world.work() as unit:
        policies.save(unit.connection, site_id, {"audit_share": 0}, author="test", note="")
    public_id = world.make_held(site_id)
    promote(world)
    page = english.get(f"/review/{public_id}").get_data(as_text=True)
    assert "Another bundle scored this comment" in page
    assert "<mark" not in page


def test_a_blind_card_marks_and_masks_nothing(world: World, english: FlaskClient) -> None:
    site_id = world.make_site()
    public_id = make_explained(world, site_id)
    with world.work() as unit:
        policies.save(unit.connection, site_id, {"blind": True}, author="test", note="")
    english.set_cookie("mask", "on")
    page = english.get(f"/review/{public_id}?explain=threat").get_data(as_text=True)
    assert "Judge it by its words alone" in page
    assert not re.search(r"<mark|slur\"|data-explain|class=\"checks\"|checked", page)


def test_every_check_is_told_with_its_value_limit_and_result_also_those_that_did_not_run(
    world: World, english: FlaskClient
) -> None:
    public_id = make_explained(world, world.make_site())
    table = english.get(f"/review/{public_id}").get_data(as_text=True).partition('class="checks"')[2]
    rows = [re.sub(r"\s+", " ", _plain(row)).strip() for row in re.findall(r"<tr class.*?</tr>", table, re.DOTALL)]
    assert len(rows) == 16
    assert any(re.fullmatch(r"insult \d\.\d\d from 0\.20 holds it for a person", row) for row in rows)
    assert any(re.fullmatch(r"spam \d(\.\d\d)? from 0\.45 no issue found", row) for row in rows)
    assert "new commenter — — was not run" in rows


def test_a_note_stands_on_the_card_with_its_author(world: World, english: FlaskClient) -> None:
    path = f"/review/{world.make_held(world.make_site())}"
    data = {"csrf": csrf_of(english), "text": "<i>ফোন করেছি</i>"}
    assert english.post(f"{path}/note", data=data).status_code == 303
    page = english.get(path).get_data(as_text=True)
    assert "&lt;i&gt;ফোন করেছি&lt;/i&gt;" in page
    assert english.post(f"{path}/note", data={**data, "text": " "}).status_code == 422


def test_handing_on_opens_the_next_card_and_is_told_on_this_one(world: World, english: FlaskClient) -> None:
    site_id = world.make_site()
    first, second = (world.make_held(site_id, name) for name in ("c1", "c2"))
    karim = world.make_moderator("Karim")
    viewer = world.make_moderator("Onlooker", Role.VIEWER)
    page = english.get(f"/review/{first}").get_data(as_text=True)
    assert f'<option value="{karim}">Karim' in page
    assert "Onlooker" not in page
    data = {"csrf": csrf_of(english), "to": str(karim), "text": "তুমি দেখো"}
    answer = english.post(f"/review/{first}/escalate", data=data)
    assert (answer.status_code, answer.location) == (303, f"/review/{second}")
    page = english.get(f"/review/{first}").get_data(as_text=True)
    assert "Karim" in page
    assert "তুমি দেখো" in page
    for wrong in (str(viewer), "x", "9" * 30):
        assert english.post(f"/review/{first}/escalate", data={**data, "to": wrong}).status_code in {404, 422}


def test_a_skipped_card_gives_way_to_the_next_under_the_same_filter_and_does_not_come_by_itself(
    world: World, english: FlaskClient
) -> None:
    ours, theirs = world.make_site("ours"), world.make_site("theirs")
    first = world.make_held(ours, "c1")
    world.make_held(theirs, "c2")
    third = world.make_held(ours, "c3")
    form = {"csrf": csrf_of(english), "in_site": "ours"}
    answer = english.post(f"/review/{first}/leave", data=form)
    assert answer.location == f"/review/{third}?site=ours"
    assert english.post(f"/review/{third}/leave", data=form).location == "/review?site=ours"


def test_a_label_that_narrows_the_list_and_one_that_rejects_are_not_taken_for_each_other(
    world: World, english: FlaskClient
) -> None:
    site_id = world.make_site()
    with world.work() as unit:
        policies.save(unit.connection, site_id, {"audit_share": 0}, author="test", note="")
    first, second = (world.make_held(site_id, name) for name in ("c1", "c2"))
    page = english.get(f"/review/{first}?label=threat").get_data(as_text=True)
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    del form["next"]  # the language's form has it, no other
    answer = english.post(f"/review/{first}/decide", data={**form, "verdict": "reject", "label": "insult"})
    decision = world.status(site_id, "c1").decision
    assert decision is not None
    assert decision["labels"] == ["insult"]
    assert re.fullmatch(rf"/review/{second}\?label=threat&done=[\w-]+", answer.location)


def test_after_a_decision_the_next_card_comes_but_not_one_that_a_colleague_has_open(
    world: World, english: FlaskClient
) -> None:
    site_id = world.make_site()
    story = StoryFacts("s2", "https://khobor.example/s2", "অন্য খবর", "জাতীয়")
    first, second, third = (world.make_held(site_id, name, story=story) for name in ("c1", "c2", "c3"))
    karim = world.make_moderator("Karim")
    reviewing.claim(world.work, moderator_id=karim, public_id=second, now=world.runtime.now())
    data = {"csrf": csrf_of(english), "revision": "1", "version": "1", "verdict": "approve"}
    answer = english.post(f"/review/{first}/decide", data=data)
    assert answer.location.startswith(f"/review/{third}?done=")
    page = english.get(answer.location).get_data(as_text=True)
    assert "/undo" in page
    assert "/undo" not in english.get(f"/review/{third}?done=../x").get_data(as_text=True)


def test_another_desks_card_takes_no_note_and_a_viewer_leaves_none(world: World, client: FlaskClient) -> None:
    ours = world.make_held(world.make_site("ours"))
    theirs = world.make_held(world.make_site("theirs"))
    make_person(world, client, Role.VIEWER, site="ours")
    data = {"csrf": csrf_of(client), "text": "x"}
    for act in ("note", "escalate", "leave"):
        assert client.post(f"/review/{theirs}/{act}", data=data).status_code == 404
        assert client.post(f"/review/{ours}/{act}", data=data).status_code == 403
