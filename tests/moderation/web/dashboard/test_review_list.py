"""The review queue's page: filters in the address, acts on what was ticked, skips, rows and news."""

import re
import uuid
from collections.abc import Sequence

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from moderation.domain.vocabulary import Label, Role, State, Verdict
from moderation.steps import deciding, reviewing, undoing
from moderation.store import policies
from tests.factories import World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person

SCORES = {"তোকে": (0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0), "casino": (0.7, 0.0, 0.0, 0.0, 0.0, 0.0, 0.8)}
JSON = {"Accept": "application/json"}


@pytest.fixture
def site_id(world: World) -> int:
    return world.make_site()


def _fill(world: World, site_id: int, *bodies: str) -> list[uuid.UUID]:
    made = [world.make_comment(site_id, f"c{n}", body) for n, body in enumerate(bodies)]
    world.score(world.words(**SCORES))
    return made


def _bulk(client: FlaskClient, act: str, seen: Sequence[uuid.UUID], version: int = 1, **form: object) -> TestResponse:
    ticked = [f"{one}:1:{version}" for one in seen]
    return client.post("/review/decide", data={"csrf": csrf_of(client), "act": act, "seen": ticked, **form})


def _karim_publishes(world: World, public_id: uuid.UUID) -> None:
    judgement = deciding.Judgement(world.make_moderator("Karim"), Role.MODERATOR, Verdict.APPROVE)
    deciding.decide(world.work, judgement, deciding.Seen(public_id, 1, 1), undo_seconds=20, now=world.runtime.now())


def test_the_addresss_filters_narrow_the_list_and_travel_on(world: World, desk: FlaskClient, site_id: int) -> None:
    _fill(world, site_id, "তোকে মারবো", "casino bonus")
    page = desk.get("/review?label=threat&sort=newest").get_data(as_text=True)
    assert "তোকে মারবো" in page
    assert "casino bonus" not in page
    assert 'value="threat" selected' in page
    assert "label=threat" in re.findall(r'name="next" value="([^"]+)"', page)[-1]
    assert "casino bonus" not in desk.get("/review?script=en").get_data(as_text=True)
    newest = desk.get("/review?sort=newest").get_data(as_text=True)
    assert newest.index("casino bonus") < newest.index("তোকে মারবো")


@pytest.mark.parametrize("asked", ["sort=best", "label=rude", "script=xx", "story=x", "handed=all", "after=1:x"])
def test_a_damaged_address_is_refused(desk: FlaskClient, asked: str) -> None:
    assert desk.get(f"/review?{asked}").status_code == 422


def test_a_list_by_label_has_no_comment_that_is_to_be_judged_blind(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    with world.work() as unit:
        policies.save(unit.connection, site_id, {"blind": True}, author="test", note="")
    _fill(world, site_id, "তোকে মারবো")
    assert "তোকে" in desk.get("/review").get_data(as_text=True)
    assert "তোকে" not in desk.get("/review?label=threat").get_data(as_text=True)


def test_exactly_what_was_ticked_is_decided_and_one_undo_takes_all_back(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    made = _fill(world, site_id, "তোকে ১", "তোকে ২", "তোকে ৩")
    answer = _bulk(desk, "reject", made[:2], label="threat", next="/review?sort=oldest")
    assert answer.status_code == 303
    assert "sort=oldest" in answer.location
    assert [world.status(site_id, f"c{n}").state for n in range(3)] == [State.REJECTED, State.REJECTED, State.HELD]
    page = desk.get(answer.location).get_data(as_text=True)
    assert "২টি মন্তব্য বাতিল" in page
    undo = re.search(r'action="(/decisions/bulk/[^"]+/undo)"', page)
    assert undo is not None
    assert desk.post(undo[1], data={"csrf": csrf_of(desk)}).status_code == 303
    assert {world.status(site_id, f"c{n}").state for n in range(3)} == {State.HELD}


def test_what_a_colleague_decided_meanwhile_is_told_and_the_rest_decided(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    made = _fill(world, site_id, "তোকে ১", "তোকে ২")
    _karim_publishes(world, made[0])
    answer = _bulk(desk, "spam", made)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "১টি মন্তব্য বাতিল" in page
    assert "Karim" in page
    assert world.status(site_id, "c0").state is State.PUBLISHED
    assert world.status(site_id, "c1").state is State.REJECTED


@pytest.mark.parametrize(
    "form", [{"seen": ["x"]}, {"seen": []}, {"act": "burn"}, {"act": "reject"}, {"act": "reject", "label": "rude"}]
)
def test_a_damaged_or_empty_bulk_decides_nothing(
    world: World, desk: FlaskClient, site_id: int, form: dict[str, object]
) -> None:
    made = _fill(world, site_id, "তোকে ১")
    data = {"csrf": csrf_of(desk), "act": "publish", "seen": [f"{made[0]}:1:1"], **form}
    assert desk.post("/review/decide", data=data).status_code == 422
    assert world.status(site_id, "c0").state is State.HELD


def test_another_desks_comments_cannot_be_ticked_nor_a_viewers(world: World, client: FlaskClient, site_id: int) -> None:
    theirs = _fill(world, site_id, "তোকে ১")
    world.make_site("ours")
    make_person(world, client, site="ours")
    assert _bulk(client, "publish", theirs).status_code == 404
    assert client.get(f"/review/{theirs[0]}/row").status_code == 404
    assert client.post(f"/review/{theirs[0]}/skip", data={"csrf": csrf_of(client)}).status_code == 404
    assert world.status(site_id, "c0").state is State.HELD


def test_a_skipped_comment_is_hidden_until_it_is_asked_for(world: World, desk: FlaskClient, site_id: int) -> None:
    made = _fill(world, site_id, "তোকে ১")
    assert desk.post(f"/review/{made[0]}/skip", data={"csrf": csrf_of(desk)}).status_code == 303
    page = desk.get("/review").get_data(as_text=True)
    assert "তোকে ১" not in page
    assert "/review/skipped" in page
    assert desk.post("/review/skipped", data={"csrf": csrf_of(desk)}).status_code == 303
    assert "তোকে ১" in desk.get("/review").get_data(as_text=True)


def test_a_script_gets_words_and_an_undo_and_refusals_in_the_persons_language(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    made = _fill(world, site_id, "তোকে ১")
    form = {"csrf": csrf_of(desk), "revision": "1", "version": "1", "verdict": "approve"}
    done = desk.post(f"/review/{made[0]}/decide", data=form, headers=JSON)
    again = desk.post(f"/review/{made[0]}/decide", data=form, headers=JSON)
    assert (done.status_code, done.get_json()["told"]) == (200, "প্রকাশিত")
    other = desk.post(f"/review/{made[0]}/decide", data={**form, "verdict": "reject", "label": "spam"}, headers=JSON)
    assert (again.status_code, again.get_json()["undo"]) == (200, done.get_json()["undo"])
    assert again.get_json()["told"].startswith("প্রকাশিত")
    assert (other.status_code, other.get_json()["code"]) == (409, "stale_decision")
    assert "Nasrin" in other.get_json()["detail"]
    undone = desk.post(done.get_json()["undo"], data={"csrf": csrf_of(desk)}, headers=JSON)
    assert undone.status_code == 200
    row = desk.get(f"/review/{made[0]}/row").get_data(as_text=True)
    assert f"{made[0]}:1:3" in row


def test_news_tell_what_came_and_who_has_what_open_and_nothing_twice(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    made = _fill(world, site_id, "তোকে ১")
    page = desk.get("/review").get_data(as_text=True)
    address = re.search(r'data-news="([^"]+)"', page)
    assert address is not None
    path = address[1].replace("&amp;", "&")
    assert desk.get(path).get_json()["fresh"] == []
    fresh = world.make_held(site_id, "new")
    reviewing.claim(world.work, moderator_id=world.make_moderator("Karim"), public_id=made[0], now=world.runtime.now())
    told = desk.get(path)
    assert told.get_json()["fresh"] == [str(fresh)]
    assert told.get_json()["open"] == {str(made[0]): "Karim"}
    same = desk.get(path, headers={"If-None-Match": told.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    assert desk.get("/review/news?since=yesterday").status_code == 422


def test_what_a_colleague_decided_since_is_told_with_name_and_verdict_until_it_is_taken_back(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    mine, theirs = _fill(world, site_id, "তোকে ১", "তোকে ২")
    foreign = _fill(world, world.make_site("foreign"), "তোকে ৩")[0]
    page = desk.get("/review?site=khobor").get_data(as_text=True)
    address = re.search(r'data-news="([^"]+)"', page)
    assert address is not None
    path = address[1].replace("&amp;", "&")
    assert _bulk(desk, "publish", [mine]).status_code == 303
    karim = world.make_moderator("Karim")
    now = world.runtime.now()
    rejects = deciding.Judgement(karim, Role.MODERATOR, Verdict.REJECT, [Label.THREAT])
    decided = [
        deciding.decide(world.work, rejects, deciding.Seen(one, 1, 1), undo_seconds=20, now=now)
        for one in (theirs, foreign)
    ]
    assert desk.get(path).get_json()["handled"] == {str(theirs): ["Karim", "reject"]}
    undoing.undo(world.work, moderator_id=karim, decision_id=decided[0].decision_id, now=now)
    assert desk.get(path).get_json()["handled"] == {}


def test_what_was_ticked_at_a_site_where_one_only_reads_is_told_and_the_others_are_decided(
    world: World, client: FlaskClient, site_id: int
) -> None:
    ours = _fill(world, site_id, "তোকে ১")
    theirs = _fill(world, world.make_site("theirs"), "তোকে ২")
    make_person(world, client, site="khobor")
    with world.work() as unit:
        values = {"site": world.sites["theirs"], "role": Role.VIEWER.value}
        unit.connection.execute(
            text("INSERT INTO memberships (moderator_id, site_id, role) SELECT max(id), :site, :role FROM moderators"),
            values,
        )
    answer = _bulk(client, "publish", [*ours, *theirs])
    assert answer.status_code == 200
    assert "১টি মন্তব্য প্রকাশিত" in answer.text
    assert f"/review/{theirs[0]}" in answer.text
    assert world.status(site_id, "c0").state is State.PUBLISHED
    assert world.status(world.sites["theirs"], "c0").state is State.HELD
    assert _bulk(client, "publish", theirs).status_code == 403


def test_an_empty_queue_tells_the_next_step(world: World, desk: FlaskClient) -> None:
    assert "python -m moderation enrol site" in desk.get("/review").text
    site_id = world.make_site()
    assert "/v1/sites/khobor/events" in desk.get("/review").text
    world.make_comment(site_id)
    assert "/v1/sites/khobor/events" not in desk.get("/review").text
