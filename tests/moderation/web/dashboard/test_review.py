"""The review queue and the card: what a moderator sees, decides, and takes back."""

import re
import uuid

import pytest
from flask.testing import FlaskClient

from moderation.domain.vocabulary import Role, State, Verdict
from moderation.steps import deciding
from moderation.web.dashboard.displaying import shown
from tests.factories import World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person


def _decide(client: FlaskClient, public_id: uuid.UUID, **form: object) -> int:
    path = f"/review/{public_id}"
    data = {"csrf": csrf_of(client, path), "revision": "1", "version": "1", "verdict": "approve", **form}
    return client.post(f"{path}/decide", data=data).status_code


def test_held_comments_stand_in_the_queue_with_their_reasons(world: World, desk: FlaskClient) -> None:
    site_id = world.make_site()
    world.make_held(site_id, "c1", "তোকে মারবো")
    world.make_comment(site_id, "c2", "শুভ সকাল")
    world.score()
    page = desk.get("/review").get_data(as_text=True)
    assert "তোকে মারবো" in page
    assert "শুভ সকাল" not in page
    assert "হুমকি 0.95" in page or "হুমকি ০.৯৫" in page


def test_publishing_takes_a_comment_out_of_the_queue_and_undo_brings_it_back(world: World, desk: FlaskClient) -> None:
    site_id = world.make_site()
    public_id = world.make_held(site_id)
    path = f"/review/{public_id}"
    answer = desk.post(
        f"{path}/decide",
        data={"csrf": csrf_of(desk, path), "revision": "1", "version": "1", "verdict": "approve"},
    )
    assert world.status(site_id).state is State.PUBLISHED
    decision = answer.location.partition("done=")[2]
    form = {"csrf": csrf_of(desk), "from": "card", "in_sort": "oldest"}
    assert desk.post(f"/decisions/{decision}/undo", data=form).location == f"{path}?sort=oldest"
    assert world.status(site_id).state is State.HELD


def test_rejecting_with_labels_records_them(world: World, desk: FlaskClient) -> None:
    site_id = world.make_site()
    public_id = world.make_held(site_id)
    assert _decide(desk, public_id, verdict="reject", label=["threat", "insult"]) == 303
    decision = world.status(site_id).decision
    assert decision is not None
    assert (decision["verdict"], decision["labels"]) == ("reject", ["threat", "insult"])


def test_rejecting_without_a_reason_shows_the_card_again_with_what_to_do(world: World, desk: FlaskClient) -> None:
    public_id = world.make_held(world.make_site())
    path = f"/review/{public_id}/decide"
    data = {"csrf": csrf_of(desk), "revision": "1", "version": "1", "verdict": "reject"}
    answer = desk.post(path, data=data)
    assert answer.status_code == 422
    assert "অন্তত একটি লেবেল বাছুন" in answer.get_data(as_text=True)


def test_a_stale_decision_is_refused_and_says_who_was_faster(world: World, desk: FlaskClient) -> None:
    site_id = world.make_site()
    public_id = world.make_held(site_id)
    deciding.decide(
        world.work,
        deciding.Judgement(world.make_moderator("Karim"), Role.MODERATOR, Verdict.APPROVE),
        deciding.Seen(public_id, 1, 1),
        undo_seconds=20,
        now=world.runtime.now(),
    )
    path = f"/review/{public_id}"
    answer = desk.post(
        f"{path}/decide",
        data={"csrf": csrf_of(desk, path), "revision": "1", "version": "1", "verdict": "reject", "label": "spam"},
    )
    assert answer.status_code == 409
    told = answer.get_data(as_text=True)
    assert re.search("Karim [০-৯]+ সেকেন্ড আগে সিদ্ধান্ত নিয়েছেন", told)


@pytest.mark.parametrize("form", [{"verdict": "maybe"}, {"revision": "x"}, {"version": ""}, {"label": "rude"}])
def test_a_damaged_form_is_refused_and_nothing_changes(world: World, desk: FlaskClient, form: dict[str, str]) -> None:
    site_id = world.make_site()
    assert _decide(desk, world.make_held(site_id), **{"verdict": "reject", **form}) == 422
    assert world.status(site_id).state is State.HELD


def test_another_desks_comment_is_as_if_absent(world: World, client: FlaskClient) -> None:
    world.make_site("ours")
    theirs = world.make_held(world.make_site("theirs"))
    make_person(world, client, site="ours")
    assert client.get(f"/review/{theirs}").status_code == 404
    for act in ("claim", "release", "decide"):
        assert client.post(f"/review/{theirs}/{act}", data={"csrf": csrf_of(client)}).status_code == 404
    assert "তোকে" not in client.get("/review").get_data(as_text=True)


def test_a_viewer_reads_but_does_not_decide(world: World, client: FlaskClient) -> None:
    site_id = world.make_site()
    public_id = world.make_held(site_id)
    make_person(world, client, Role.VIEWER)
    page = client.get(f"/review/{public_id}")
    assert page.status_code == 200
    assert "/decide" not in page.get_data(as_text=True)
    data = {"csrf": csrf_of(client), "revision": "1", "version": "1", "verdict": "approve"}
    assert client.post(f"/review/{public_id}/decide", data=data).status_code == 403
    assert world.status(site_id).state is State.HELD


def test_a_claim_shows_its_holder_and_can_be_given_back(world: World, desk: FlaskClient) -> None:
    public_id = world.make_held(world.make_site())
    assert desk.post(f"/review/{public_id}/claim", data={"csrf": csrf_of(desk)}).status_code == 303
    assert "Nasrin" in desk.get(f"/review/{public_id}").get_data(as_text=True)
    assert desk.post(f"/review/{public_id}/release", data={"csrf": csrf_of(desk)}).status_code == 303


def test_the_queue_pages_through_all_comments_without_losing_or_repeating_one(world: World, desk: FlaskClient) -> None:
    site_id = world.make_site()
    for n in range(60):
        world.make_comment(site_id, f"c{n}", f"তোকে {n:03d}#")
    world.score(world.words(তোকে=(0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)))
    path: str | None = "/review"
    seen: list[str] = []
    while path:
        page = desk.get(path).get_data(as_text=True)
        seen += re.findall(r"তোকে (\d{3})#", page)
        following = re.search(r'class="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else None
    assert sorted(seen) == [f"{n:03d}" for n in range(60)]


@pytest.mark.parametrize("path", ["/review?after=x", "/review?after=1", "/decisions?before=x", "/decisions?before=९"])
def test_a_damaged_address_is_refused_with_what_to_do(desk: FlaskClient, path: str) -> None:
    assert desk.get(path).status_code == 422


def test_hostile_text_is_inert_in_the_page(world: World, desk: FlaskClient) -> None:
    site_id = world.make_site()
    body = "<script>alert(1)</script><img src=x onerror=alert(1)> তোকে \u202egnirts\u2066 " + "ক" + "\u0301" * 500
    public_id = world.make_held(site_id, body=body)
    for path in ("/review", f"/review/{public_id}"):
        answer = desk.get(path)
        page = answer.get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "\u202e" not in page
        assert "U+202E" in page
        assert "\u0301" * 5 not in page
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_joiners_of_honest_bangla_stay_and_others_are_shown() -> None:
    assert [piece.text for piece in shown("র\u200d্যা")] == ["র\u200d্যা"]
    assert [piece.hidden for piece in shown("a\u200db")] == [False, True, False]
