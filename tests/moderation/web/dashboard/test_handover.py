"""What somebody sees who comes back: what heated up, what waits for them, what was changed, what colleagues left."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from moderation.domain.event import StoryFacts
from moderation.domain.vocabulary import Label, Role, Verdict
from moderation.runtime import Runtime
from moderation.steps import deciding, handing_over, holding, reviewing, setting_rules, tending
from moderation.steps.deciding import Judgement, Seen
from moderation.store import handover
from moderation.store.schema import Comment, Moderator, Story
from moderation.web.factory import create_app
from tests.factories import World
from tests.moderation.web.dashboard.conftest import PASSWORD, csrf_of, make_person

HOUR = timedelta(hours=1)


def _away(world: World, hours: float) -> None:
    """Nasrin was last seen so many hours ago."""
    with world.work() as unit:
        unit.connection.execute(update(Moderator).values(seen_at=world.runtime.now() - hours * HOUR, returned_at=None))


def _log_in(app: Flask, **form: str) -> tuple[FlaskClient, str]:
    client = app.test_client()
    answer = client.post("/login", data={"email": "nasrin@desk.example", "password": PASSWORD, **form})
    assert answer.status_code == 303
    return client, answer.location


@pytest.mark.usefixtures("desk")
def test_who_was_away_for_a_shift_is_shown_it_once(app: Flask, world: World) -> None:
    world.make_site()
    _away(world, 5)
    client, first = _log_in(app)
    assert first == "/since"
    assert "৫ ঘণ্টা আগে" in client.get("/since").text
    _, again = _log_in(app)
    assert again == "/review"
    assert "৫ ঘণ্টা আগে" in client.get("/since").text, "it can be read again"


@pytest.mark.usefixtures("desk")
def test_a_short_break_or_a_wanted_page_leads_past_it(app: Flask, world: World) -> None:
    world.make_site()
    _away(world, 3)
    assert _log_in(app)[1] == "/review"
    _away(world, 8)
    assert _log_in(app, next="/decisions")[1] == "/decisions"


def test_where_nothing_happened_the_page_says_so(world: World, desk: FlaskClient) -> None:
    world.make_site()
    page = desk.get("/since").text
    assert "সব শান্ত" in page
    assert "আপনি বেশিক্ষণ দূরে ছিলেন না" in page


def test_a_note_reaches_the_next_shift_of_its_desk_and_no_other(app: Flask, world: World, client: FlaskClient) -> None:
    world.make_site("khobor")
    world.make_site("other")
    make_person(world, client, site="khobor")
    csrf = csrf_of(client, "/since")
    assert client.post("/since/khobor/note", data={"csrf": csrf, "text": "  "}).status_code == 422
    long = client.post("/since/khobor/note", data={"csrf": csrf, "text": "ক" * 2001})
    assert (long.status_code, "ক" * 2001 in long.text) == (422, True)
    assert client.post("/since/other/note", data={"csrf": csrf, "text": "x"}).status_code == 404
    hostile = "বাজেটের খবরটি দেখবেন <script>alert(1)</script>"
    assert client.post("/since/khobor/note", data={"csrf": csrf, "text": hostile}).status_code == 303
    colleague, stranger = app.test_client(), app.test_client()
    colleague.post(f"/welcome/{world.invite('Karim', site='khobor')}", data={"password": PASSWORD})
    stranger.post(f"/welcome/{world.invite('Mitu', site='other')}", data={"password": PASSWORD})
    page = colleague.get("/since").text
    assert "বাজেটের খবরটি দেখবেন &lt;script&gt;" in page
    assert "Nasrin" in page
    assert "বাজেটের" not in stranger.get("/since").text


def test_notes_are_read_on_from_page_to_page(world: World, desk: FlaskClient) -> None:
    site_id = world.make_site()
    with world.runtime.reading() as connection:
        own = connection.scalar(select(Moderator.id)) or 0
    for n in range(25):
        handing_over.leave_note(
            world.work, moderator_id=own, site_id=site_id, text=f"note-{n}.", now=world.runtime.now()
        )
    page = desk.get("/since").text
    assert [f"note-{n}." in page for n in (24, 5, 4)] == [True, True, False]
    following = page.partition("/since?notes=")[2].partition("#")[0]
    page = desk.get(f"/since?notes={following}").text
    assert [f"note-{n}." in page for n in (5, 4, 0)] == [False, True, True]
    assert desk.get("/since?notes=x").status_code == 422


def test_what_was_handed_on_to_the_visitor_waits_there_with_its_note(world: World, desk: FlaskClient) -> None:
    site_id = world.make_site()
    karim, public_id = world.make_moderator("Karim"), world.make_held(site_id)
    other = world.make_held(site_id, "c2")
    with world.runtime.reading() as connection:
        nasrin = connection.scalar(select(Moderator.id).where(Moderator.name == "Nasrin"))
    now = world.runtime.now()
    reviewing.escalate(world.work, moderator_id=karim, public_id=public_id, to_id=nasrin, note="মানহানি?", now=now)
    reviewing.escalate(world.work, moderator_id=karim, public_id=other, to_id=None, note="for seniors", now=now)
    page = desk.get("/since").text
    assert "মানহানি?" in page
    assert f"/review/{public_id}" in page
    assert "for seniors" not in page, "a moderator is not senior"
    with world.work() as unit:
        unit.connection.execute(update(Comment).values(state="published"))


def test_what_changed_about_the_rules_is_told_with_who_and_why(world: World, desk: FlaskClient) -> None:
    site_id, other = world.make_site(), world.make_site("other")
    karim = world.make_moderator("Karim", Role.EDITOR)
    world.make_held(site_id)
    by, now = f"moderator {karim}", world.runtime.now()
    setting_rules.set_policy(world.work, site_slug="khobor", document={}, note="ভোটের রাত")
    world.make_term_list(site_id, name="গালি")
    holding.hold(world.work, site_id, "khobor", hours=1, reason="নির্বাচন", by=by, now=now)
    holding.lift(world.work, site_id, "khobor", by=by)
    with world.runtime.reading() as connection:
        story_id = connection.scalar(select(Story.id)) or 0
    tending.hold(world.work, story_id, hours=1, reason="উত্তপ্ত", by=by, now=now)
    with world.runtime.reading() as connection:
        changed = handover.rules_changed(connection, [site_id], since=now - HOUR, before=None, limit=20)
        assert handover.rules_changed(connection, [other], since=now - HOUR, before=None, limit=20) == []
        assert handover.rules_changed(connection, [site_id], since=now + HOUR, before=None, limit=20) == []
    assert [(one.act, one.by) for one in changed] == [
        ("story.held", "Karim"),
        ("hold_everything.set", "Karim"),
        ("hold_everything.set", "Karim"),
        ("terms.set", None),
        ("policy.set", None),
    ]
    page = desk.get("/since").text
    for said in ("ভোটের রাত", "গালি", "নির্বাচন", "উত্তপ্ত", "প্রতিরক্ষা আলোচনা", "তুলে নেওয়া হয়েছে"):
        assert said in page


def _judge(world: World, moderator_id: int, seen: Seen, verdict: Verdict) -> None:
    labels = (Label.INSULT,) if verdict is Verdict.REJECT else ()
    judgement = Judgement(moderator_id, Role.MODERATOR, verdict, labels=labels)
    deciding.decide(world.work, judgement, seen, undo_seconds=20, now=world.runtime.now())


def test_ones_own_decisions_that_a_colleague_changed_are_told(world: World, desk: FlaskClient) -> None:
    site_id = world.make_site()
    karim = world.make_moderator("Karim")
    with world.runtime.reading() as connection:
        nasrin = connection.scalar(select(Moderator.id).where(Moderator.name == "Nasrin")) or 0
    changed, own = world.make_held(site_id), world.make_held(site_id, "c2")
    now = world.runtime.now()
    _judge(world, nasrin, Seen(changed, 1, 1), Verdict.APPROVE)
    _judge(world, karim, Seen(changed, 1, 2), Verdict.REJECT)
    _judge(world, nasrin, Seen(own, 1, 1), Verdict.APPROVE)
    _judge(world, nasrin, Seen(own, 1, 2), Verdict.REJECT)
    with world.runtime.reading() as connection:
        told = handover.overturned(connection, nasrin, [site_id], since=now - HOUR, before=None, limit=5)
        assert handover.overturned(connection, karim, [site_id], since=now - HOUR, before=None, limit=5) == []
    assert [(one.public_id, one.before, one.verdict, one.by) for one in told] == [
        (changed, Verdict.APPROVE, Verdict.REJECT, "Karim")
    ]
    assert f"/review/{changed}" in desk.get("/since").text


@pytest.mark.parametrize(
    ("before", "lately", "heats"),
    [((0, 0), (3, 3), True), ((3, 3), (4, 4), False), ((0, 0), (2, 2), False), ((5, 0), (20, 0), True)],
    ids=["flagged from nothing", "about as before", "two are no heat", "four times the comments"],
)
def test_a_story_heats_up_against_what_it_was(
    world: World, before: tuple[int, int], lately: tuple[int, int], *, heats: bool
) -> None:
    site_id, now = world.make_site(), world.runtime.now()
    for name, (count, flagged), age in (("b", before, 15 * HOUR), ("l", lately, 5 * HOUR)):
        for n in range(count):
            world.make_comment(site_id, f"{name}{n}")
        with world.work() as unit:
            mine = Comment.ext_id.like(f"{name}%")
            unit.connection.execute(update(Comment).where(mine).values(received_at=now - age, state="published"))
            held = [f"{name}{n}" for n in range(flagged)]
            unit.connection.execute(update(Comment).where(Comment.ext_id.in_(held)).values(state="held"))
    with world.runtime.reading() as connection:
        found = handover.heated(connection, [site_id], since=now - 10 * HOUR, until=now, most=5)
    assert bool(found) is heats
    if found:
        numbers = (found[0].comments_before, found[0].flagged_before, found[0].comments, found[0].flagged)
        assert numbers == (*before, *lately)


def test_the_hottest_story_comes_first_and_links_to_its_page(world: World, runtime: Runtime) -> None:
    app = create_app(replace(runtime))
    client = app.test_client()
    site_id = world.make_site()
    make_person(world, client)
    for n in range(7):
        story = StoryFacts(f"s{n % 2}", f"https://khobor.example/s{n % 2}", f"খবর {n % 2}", "জাতীয়")
        world.make_comment(site_id, f"c{n}", story=story)
    with world.work() as unit:
        unit.connection.execute(update(Comment).values(state="held"))
    page = client.get("/since").text
    assert page.index("খবর 0") < page.index("খবর 1")
