"""Comments that are alike at the desk: one row, one card, one decision on what was seen, one undo; precedents."""

import re
import uuid
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from moderation.domain import audit
from moderation.domain.event import AuthorFacts
from moderation.domain.vocabulary import Label, Role, State, Verdict
from moderation.steps import deciding
from moderation.steps.deciding import Judgement, Seen
from moderation.store import policies
from tests.factories import NOW, World
from tests.moderation.web.dashboard.conftest import csrf_of

WAVE = "তোকে আর তোর পুরো পরিবারকে আমরা রাস্তায় দেখে নেব, সাবধান হয়ে যা"
THREAT = (0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)


@pytest.fixture
def site_id(world: World) -> int:
    return world.make_site()


def _wave(world: World, site_id: int, n: int, first: int = 0) -> list[uuid.UUID]:
    made = [
        world.make_comment(
            site_id,
            f"c{at}",
            WAVE if at % 2 == 0 else f"{WAVE} <b>{at}</b>",
            author=AuthorFacts(f"a{at}", f"Reader {at}"),
        )
        for at in range(first, first + n)
    ]
    world.score(world.words(তোকে=THREAT))
    return made


def _seen(page: str) -> list[str]:
    return re.findall(r'name="seen" value="([^"]+)" checked', page)


def _decide(desk: FlaskClient, seen: list[str], **fields: str) -> str:
    data = {"csrf": csrf_of(desk), "seen": seen, "next": "/review?sort=alike", **fields}
    answer = desk.post("/review/decide", data=data)
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_wave_is_in_the_list_by_label_though_its_first_comment_is_shown_without_reasons(
    world: World, desk: FlaskClient, site_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _wave(world, site_id, 4)
    single = world.make_held(site_id, "alone", "তোকে চিনি")
    monkeypatch.setattr(audit, "is_shown_blind", lambda *_, **__: True)
    assert f'data-row="{single}"' in desk.get("/review").get_data(as_text=True)
    page = desk.get("/review?label=threat").get_data(as_text=True)
    assert re.findall('data-row="([^"]+)"', page) == [str(made[0])]
    assert 'data-predicted=""' in page


def test_the_list_has_one_row_for_a_wave_with_its_count_course_and_authors(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    desk.post("/language", data={"csrf": csrf_of(desk), "language": "en"})
    made = _wave(world, site_id, 6)
    page = desk.get("/review").get_data(as_text=True)
    assert page.count("data-row=") == 1
    assert "6 comments say this" in page
    assert "<bdi>Reader 0</bdi>, <bdi>Reader 1</bdi>, <bdi>Reader 2</bdi> and 3 others" in page
    assert f'href="/review/{made[0]}/alike"' in page
    assert "data-act=" not in page
    assert "data-tick " not in page


def test_one_decision_settles_what_was_shown_and_not_what_came_later_and_one_undo_takes_it_back(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    made = _wave(world, site_id, 4)
    page = desk.get(f"/review/{made[2]}/alike").get_data(as_text=True)
    seen = _seen(page)
    assert [one.partition(":")[0] for one in seen] == [str(made[at]) for at in (0, 2, 1, 3)]
    assert page.count('<li class="variant">') == 3
    assert 'class="changed">&lt;b&gt;1&lt;/b&gt;</mark>' in page
    _wave(world, site_id, 1, first=4)
    back = _decide(desk, seen, act="reject", label="threat")
    states = [world.status(site_id, f"c{at}").state for at in range(5)]
    assert states == [State.REJECTED] * 4 + [State.HELD]
    told = desk.get(back).get_data(as_text=True)
    undo = re.search(r'class="done" method="post" action="([^"]+)"', told)
    assert undo is not None
    assert desk.post(undo[1], data={"csrf": csrf_of(desk)}).status_code == 303
    assert [world.status(site_id, f"c{at}").state for at in range(5)] == [State.HELD] * 5


def test_a_large_wave_is_decided_by_the_page_and_says_what_waits_behind(
    world: World, desk: FlaskClient, site_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.web.dashboard.alike.PAGE", 3)
    made = _wave(world, site_id, 5)
    page = desk.get(f"/review/{made[0]}/alike").get_data(as_text=True)
    assert len(_seen(page)) == 3
    assert "এখানে ৫টির মধ্যে ৩টি" in page
    following = re.search(r'class="next" href="([^"]+)"', page)
    assert following is not None
    rest = _seen(desk.get(following[1].replace("&amp;", "&")).get_data(as_text=True))
    assert [one.partition(":")[0] for one in rest] == [str(made[3]), str(made[4])]


def test_a_comment_that_is_alone_has_its_own_card_only(world: World, desk: FlaskClient, site_id: int) -> None:
    (alone,) = _wave(world, site_id, 1)
    answer = desk.get(f"/review/{alone}/alike?sort=oldest")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/review/{alone}?sort=oldest"
    assert "/alike" not in desk.get(f"/review/{alone}").get_data(as_text=True)
    _wave(world, site_id, 1, first=1)
    assert f"/review/{alone}/alike" in desk.get(f"/review/{alone}").get_data(as_text=True)


def test_a_damaged_address_is_told(world: World, desk: FlaskClient, site_id: int) -> None:
    made = _wave(world, site_id, 2)
    assert desk.get(f"/review/{made[0]}/alike?from=x").status_code == 422


def _decided(world: World, site_id: int, verdicts: list[Verdict]) -> list[uuid.UUID]:
    """A wave that Karim decided on, one by one."""
    karim = world.make_moderator("Karim", site_id=site_id)
    made = _wave(world, site_id, len(verdicts))
    for at, (public_id, verdict) in enumerate(zip(made, verdicts, strict=True)):
        judgement = Judgement(karim, Role.MODERATOR, verdict, [Label.THREAT])
        deciding.decide(world.work, judgement, Seen(public_id, 1, 1), undo_seconds=0, now=NOW + timedelta(seconds=at))
    return made


def _precedents(page: str) -> list[str]:
    found = re.search(r'<section class="precedents".*?</section>', page, re.DOTALL)
    return re.findall(r'href="/review/([0-9a-f-]+)"', found[0]) if found else []


def test_a_card_tells_the_five_most_alike_decided_ones_by_whom_and_minds_a_contradiction(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    past = _decided(world, site_id, [Verdict.REJECT] * 5 + [Verdict.APPROVE])
    (card,) = _wave(world, site_id, 1, first=6)
    page = desk.get(f"/review/{card}").get_data(as_text=True)
    found = _precedents(page)
    assert len(found) == 5
    assert {str(past[0]), str(past[2]), str(past[4])} <= set(found[:3])
    assert "হুবহু একই কথা" in page
    assert "Karim" in page
    assert re.search(r'<button class="publish"[^>]*aria-describedby="mind"', page)
    assert not re.search(r'<button class="refuse"[^>]*aria-describedby="mind"', page)
    assert "৫টি মন্তব্যের ৪টি ডেস্ক বাতিল" in page


def test_four_precedents_or_a_desk_of_two_minds_give_no_warning(world: World, desk: FlaskClient, site_id: int) -> None:
    _decided(world, site_id, [Verdict.REJECT] * 3 + [Verdict.APPROVE] * 2)
    (card,) = _wave(world, site_id, 1, first=6)
    page = desk.get(f"/review/{card}").get_data(as_text=True)
    assert len(_precedents(page)) == 5
    assert 'id="mind"' not in page


def test_only_standing_decisions_of_people_at_the_same_site_are_precedents(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    other = world.make_site("other")
    world.make_comment(other, "c0", WAVE)
    world.score(world.words(তোকে=THREAT))
    judgement = Judgement(world.make_moderator("Rahim", site_id=other), Role.MODERATOR, Verdict.APPROVE)
    foreign = Seen(world.status(other, "c0").public_id, 1, 1)
    deciding.decide(world.work, judgement, foreign, undo_seconds=0, now=NOW)
    card, past, _ = _wave(world, site_id, 3)
    assert _precedents(desk.get(f"/review/{card}").get_data(as_text=True)) == []
    path = f"/review/{past}"
    data = {"csrf": csrf_of(desk, path), "revision": "1", "version": "1", "verdict": "approve"}
    next_card = desk.post(f"{path}/decide", data=data).headers["Location"]
    assert _precedents(desk.get(f"/review/{card}").get_data(as_text=True)) == [str(past)]
    decision = re.search(r"done=([0-9a-f-]+)", next_card)
    assert decision is not None
    desk.post(f"/decisions/{decision[1]}/undo", data={"csrf": csrf_of(desk)})
    assert world.status(site_id, "c1").state is State.HELD
    assert _precedents(desk.get(f"/review/{card}").get_data(as_text=True)) == []


def test_a_card_to_be_judged_by_its_words_alone_tells_no_precedent_and_no_label(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    past = _decided(world, site_id, [Verdict.REJECT] * 5)
    card, _ = _wave(world, site_id, 2, first=6)
    with world.work() as unit:
        policies.save(unit.connection, site_id, {"blind": True}, author="test", note="")
    for path in (f"/review/{card}", f"/review/{card}/alike"):
        page = desk.get(path).get_data(as_text=True)
        assert str(past[0]) not in page
        assert 'id="mind"' not in page
        assert not re.search(r'name="label" value="[a-z_]+"[^>]* checked', page)


def test_a_card_of_what_stood_by_itself_has_precedents_too(world: World, desk: FlaskClient, site_id: int) -> None:
    past = _decided(world, site_id, [Verdict.APPROVE])
    world.make_comment(site_id, "calm", f"{WAVE}!")
    world.score(world.words(nothing=THREAT))
    assert world.status(site_id, "calm").state is State.PUBLISHED
    page = desk.get(f"/review/{world.status(site_id, 'calm').public_id}").get_data(as_text=True)
    assert _precedents(page) == [str(past[0])]
