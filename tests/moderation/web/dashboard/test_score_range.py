"""Held comments by score: the plot, a range, one decision on exactly those shown, and nothing of what is blind."""

import re
from typing import Final

import pytest
from flask.testing import FlaskClient

from moderation.domain.audit import Lot
from moderation.domain.vocabulary import Role, State
from moderation.steps import scoring
from moderation.steps.scoring import Aside
from moderation.store import policies
from moderation.web.dashboard import score_range
from moderation.web.dashboard.queue_view import is_blind
from tests.factories import NOW, World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person

SCORES: Final = "/review/scores"
THREAT: Final = f"{SCORES}?label=threat"


def _vector(threat: float) -> tuple[float, ...]:
    return (0.1, 0.1, 0.1, 0.1, threat, 0.0, 0.0)


def _policy(world: World, site_id: int, **document: object) -> None:
    with world.work() as unit:
        policies.save(unit.connection, site_id, document, author="test", note="")


def _hold(world: World, site_id: int) -> None:
    """Three threats: 0.55, 0.75 and 0.95."""
    for n, body in enumerate(("এক", "দুই", "তিন")):
        world.make_comment(site_id, f"c{n}", f"{body} নম্বর")
    world.score(world.words(এক=_vector(0.55), দুই=_vector(0.75), তিন=_vector(0.95)))


@pytest.fixture
def site_id(world: World) -> int:
    site_id = world.make_site()
    _policy(world, site_id, audit_share=0)
    _hold(world, site_id)
    return site_id


def _ticked(page: str) -> list[str]:
    return re.findall(r'name="seen" value="([^"]+)" form="bulk" data-tick checked', page)


def test_a_range_lists_exactly_what_lies_in_it_with_scores_and_texts(desk: FlaskClient, site_id: int) -> None:
    assert site_id
    page = desk.get(f"{THREAT}&low=50&high=75").text
    assert "এক নম্বর" in page
    assert "০.৫৫" in page
    assert "দুই নম্বর" not in page  # 0.75 is excluded
    assert len(_ticked(page)) == 1
    assert len(_ticked(desk.get(f"{THREAT}&low=50&high=100").text)) == 3


def test_the_edges_may_be_given_in_either_order_and_nothing_is_listed_before_one_is(
    desk: FlaskClient, site_id: int
) -> None:
    assert site_id
    assert len(_ticked(desk.get(f"{THREAT}&low=100&high=60").text)) == 2
    page = desk.get(THREAT).text
    assert _ticked(page) == []
    assert "dots.svg" in page


def test_another_label_s_plot_is_empty_and_says_so(desk: FlaskClient, site_id: int) -> None:
    assert site_id
    assert "এই লেবেলের জন্য কিছু আটকে নেই" in desk.get(f"{SCORES}?label=spam").text


def test_what_was_shown_and_left_ticked_is_decided_and_one_undo_takes_it_back(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    here = f"{THREAT}&site=khobor&low=50&high=100"
    ticked = _ticked(desk.get(here).text)
    form = {"csrf": csrf_of(desk), "act": "reject", "label": "threat", "seen": ticked[1:], "next": here}
    done = desk.post(f"{SCORES}/decide", data=form)
    assert done.status_code == 303
    assert done.location.startswith(SCORES)
    states = [world.status(site_id, f"c{n}").state for n in range(3)]
    assert states == [State.HELD, State.REJECTED, State.REJECTED]
    page = desk.get(done.location).text
    assert "২টি মন্তব্য বাতিল" in page
    undo = re.search(r'action="(/decisions/bulk/[^"]+)"', page)
    assert undo is not None
    back = desk.post(undo[1], data={"csrf": csrf_of(desk), "next": here})
    assert back.location.startswith(SCORES)
    assert [world.status(site_id, f"c{n}").state for n in range(3)] == [State.HELD] * 3


def test_what_a_colleague_decided_meanwhile_is_told_and_the_others_are_decided(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    ticked = _ticked(desk.get(f"{THREAT}&low=50&high=100").text)
    csrf = csrf_of(desk)
    first = ticked[0].partition(":")[0]
    one = {"csrf": csrf, "revision": "1", "version": "1", "verdict": "approve"}
    assert desk.post(f"/review/{first}/decide", data=one).status_code == 303
    form = {"csrf": csrf, "act": "publish", "seen": ticked, "next": f"{THREAT}&low=50&high=90"}
    done = desk.post(f"{SCORES}/decide", data=form)
    assert done.status_code == 200
    assert f"/review/{first}" in done.text
    assert '<output for="high">০.৯০</output>' in done.text or "কিছু আটকে নেই" in done.text
    assert [world.status(site_id, f"c{n}").state for n in range(3)] == [State.PUBLISHED] * 3


def test_rejecting_needs_a_reason(world: World, desk: FlaskClient, site_id: int) -> None:
    ticked = _ticked(desk.get(f"{THREAT}&low=50&high=100").text)
    refused = desk.post(f"{SCORES}/decide", data={"csrf": csrf_of(desk), "act": "reject", "seen": ticked})
    assert refused.status_code == 422
    assert world.status(site_id, "c0").state is State.HELD


def test_neither_a_drawn_comment_nor_a_decoy_is_in_the_plot_or_the_list(
    world: World, desk: FlaskClient, site_id: int
) -> None:
    """Under a policy with an audit some held comments look like drawn ones: both are absent, dot and row."""
    _policy(world, site_id, audit_share=0.01)
    for n in range(40):
        world.make_comment(site_id, f"d{n}", f"দুই আরও {n}")
    world.make_comment(site_id, "drawn", "শুভ সকাল")
    drawn = Aside(lots=lambda _: Lot(0.0, 0.0, 0.5))
    live = world.words(দুই=_vector(0.75))
    scoring.score_comments(world.work, live.current, now=lambda: NOW, aside=drawn)
    with world.runtime.reading() as connection:
        rules = policies.rules_of(connection, [site_id])[site_id]
        rows = connection.exec_driver_sql("SELECT id, public_id FROM comments WHERE state = 'held'").all()
    with desk.application.test_request_context():
        hidden = {str(row.public_id) for row in rows if is_blind(rules, row.id, drawn=False)}
    assert 0 < len(hidden) < len(rows)
    page = desk.get(f"{THREAT}&low=0&high=100").text
    listed = {one.partition(":")[0] for one in _ticked(page)}
    assert listed == {str(row.public_id) for row in rows} - hidden
    assert "শুভ সকাল" not in page
    picture = desk.get(f"{SCORES}/dots.svg?label=threat").text
    assert picture.count("<use") >= len(listed)
    dots = re.findall(r"<td>([০-৯]+)</td>", page)
    assert sum(int(one) for one in dots) == len(listed)


def test_a_site_that_hides_all_scores_has_nothing_to_choose(world: World, desk: FlaskClient, site_id: int) -> None:
    _policy(world, site_id, blind=True)
    page = desk.get(f"{THREAT}&low=0&high=100").text
    assert "স্কোর লুকানো থাকে" in page
    assert _ticked(page) == []
    assert "dots.svg" not in page


def test_a_long_range_is_shown_in_parts_the_lowest_scores_first(
    desk: FlaskClient, site_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert site_id
    monkeypatch.setattr(score_range, "MOST_SHOWN", 2)
    page = desk.get(f"{THREAT}&low=0&high=100").text
    assert len(_ticked(page)) == 2
    assert "তিন নম্বর" not in page
    assert "সবচেয়ে কম স্কোরের ২টি" in page


@pytest.mark.parametrize("query", ["label=nonsense", "low=-1", "high=101", "low=1e1", "low=৫"])
def test_a_damaged_address_is_told(desk: FlaskClient, site_id: int, query: str) -> None:
    assert site_id
    assert desk.get(f"{SCORES}?{query}").status_code == 422


def test_a_viewer_sees_the_list_but_no_tick(world: World, client: FlaskClient) -> None:
    site_id = world.make_site()
    _policy(world, site_id, audit_share=0)
    make_person(world, client, Role.VIEWER)
    _hold(world, site_id)
    page = client.get(f"{THREAT}&low=50&high=100").text
    assert "তিন নম্বর" in page
    assert _ticked(page) == []
    form = {"csrf": csrf_of(client), "act": "publish"}
    assert client.post(f"{SCORES}/decide", data=form).status_code == 403
