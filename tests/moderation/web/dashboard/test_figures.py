"""The pages of figures and bundles: estimates, drift, cards, and what another bundle would change."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from moderation.domain.audit import Lot
from moderation.domain.vocabulary import Role
from moderation.steps import promoting, scoring
from moderation.steps.scoring import Aside
from moderation.store import audit_sample, bundles, drift
from moderation.store.schema import AuditDraw
from tests.factories import NOW, World
from tests.fakes import FixedLive
from tests.made_bundles import constant_bundle
from tests.moderation.web.dashboard.conftest import csrf_of, make_person

THREAT = (0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)
CARD = "# A card\n\n<script>alert(1)</script>\n\n[click](javascript:alert(1)) ![x](http://evil.example/x.png)\n\n|a|b|\n|-|-|\n|1|2|\n"


def _desk(world: World, client: FlaskClient, role: Role) -> FlaskClient:
    world.make_site("desk")
    make_person(world, client, role)
    client.post("/language", data={"csrf": csrf_of(client), "language": "en"})
    return client


@pytest.fixture
def editor(world: World, client: FlaskClient) -> FlaskClient:
    return _desk(world, client, Role.EDITOR)


def _live(world: World, name: str = "live", card: str = "") -> int:
    with world.work() as unit:
        bundle_id = promoting.register(unit, replace(constant_bundle(name, -9.0), card=card), origin="test")
        bundles.promote(unit.connection, bundle_id, by="test", why="<b>because</b>")
    return bundle_id


def _answered(world: World, wrong: int, right: int) -> None:
    """Drawn comments, published, of which people found so many harmful."""
    site_id = world.make_site()
    for n in range(wrong + right):
        world.make_comment(site_id, f"c{n}")
    drawn = Aside(lots=lambda _: Lot(0.0, 0.0, 0.5))
    scoring.score_comments(world.work, world.words().current, now=lambda: NOW, aside=drawn)
    nasrin = world.make_moderator("Karim")
    with world.work() as unit:
        unit.connection.exec_driver_sql(
            "INSERT INTO decisions (public_id, site_id, comment_id, version, revision, verdict, labels, actor,"
            " moderator_id) SELECT gen_random_uuid(), site_id, id, 2, 1,"
            " CASE WHEN id <= %s THEN 'reject' ELSE 'approve'"
            " END, '{insult}', 'moderator', %s FROM comments",
            (wrong, nasrin),
        )
        unit.connection.exec_driver_sql(
            "UPDATE audit_sample a SET decision_id = d.id, closed_at = now(), blind = true FROM decisions d"
            " WHERE d.comment_id = a.comment_id AND d.version = 2"
        )
        assert unit.connection.execute(AuditDraw.__table__.select()).rowcount == wrong + right
    with world.runtime.reading() as connection:
        assert len(list(audit_sample.labelled(connection, now=world.runtime.now()))) == wrong + right


def test_estimates_are_shown_with_their_interval(world: World, editor: FlaskClient) -> None:
    _answered(world, wrong=2, right=38)
    page = editor.get("/figures").get_data(as_text=True)
    assert "5.0%" in page
    assert "(1.4% to 16.5%)" in page
    assert "not enough yet" in page  # of the rejected nothing was drawn


def test_too_few_answers_say_so(world: World, editor: FlaskClient) -> None:
    _answered(world, wrong=1, right=3)
    page = editor.get("/figures").get_data(as_text=True)
    assert "25.0%" not in page
    assert page.count("not enough yet") == 3


def test_metrics_and_status_tell_the_same_estimate(world: World, client: FlaskClient) -> None:
    _answered(world, wrong=2, right=38)
    told = client.get("/metrics").get_data(as_text=True)
    assert 'alochona_audit_wrong_share{action="publish",bound="estimate",script="bn"} 0.05' in told
    assert 'alochona_audit_draws{action="publish",kind="answered",script="all"} 40.0' in told
    assert 'action="reject",bound=' not in told


def test_a_measured_drift_is_shown_with_its_picture_in_words_of_the_visitor(world: World, editor: FlaskClient) -> None:
    bundle_id = _live(world)
    assert "not measured yet" in editor.get("/figures").get_data(as_text=True)
    assert editor.get(f"/bundles/{bundle_id}/drift.svg").status_code == 404
    profile = {"unseen": 0.125}
    found = {
        "scores": {"threat": 0.31},
        "scripts": 0.01,
        "unseen": 0.1,
        "strength": {"threat": "strong", "scripts": "steady"},
    }
    measured = drift.Measured("live", bundle_id, 900, "training", profile, {"unseen": 0.025}, found, NOW)
    with world.work() as unit:
        drift.record(unit.connection, measured, '<svg><text x="1">threat</text><text>50%</text></svg>')
    page = editor.get("/figures").get_data(as_text=True)
    assert "0.31" in page
    assert "12.5%" in page
    picture = editor.get(f"/bundles/{bundle_id}/drift.svg")
    assert picture.content_type == "image/svg+xml; charset=utf-8"
    editor.post("/language", data={"csrf": csrf_of(editor), "language": "bn"})
    assert '<text x="1">হুমকি</text>' in editor.get(f"/bundles/{bundle_id}/drift.svg").get_data(as_text=True)
    assert "<text>৫০%</text>" in editor.get(f"/bundles/{bundle_id}/drift.svg").get_data(as_text=True)
    told = editor.get("/metrics").get_data(as_text=True)
    assert 'alochona_drift_psi{bundle="live",of="threat"} 0.31' in told
    assert 'alochona_unseen_words_share{bundle="live",of="now"} 0.125' in told


def test_bundles_are_listed_with_what_is_live_and_in_the_shadow(world: World, editor: FlaskClient) -> None:
    _live(world)
    with world.work() as unit:
        promoting.register(unit, constant_bundle("candidate", 9.0), origin="retrain")
    promoting.set_shadow(world.work, "candidate")
    page = editor.get("/bundles").get_data(as_text=True)
    assert "in the shadow" in page
    assert "taught by the desk" in page
    assert "&lt;b&gt;because&lt;/b&gt;" in page


def test_a_card_is_rendered_without_any_of_its_html_links_to_scripts_or_pictures(
    world: World, editor: FlaskClient
) -> None:
    page = editor.get(f"/bundles/{_live(world, card=CARD)}").get_data(as_text=True)
    assert "<h1>A card</h1>" in page
    assert "<td>1</td>" in page
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert 'src="http://evil' not in page
    assert "<img" not in page


def test_the_page_shows_what_a_shadow_would_change_on_the_visitors_sites(world: World, editor: FlaskClient) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, "c1", "শুভ সকাল <b>")
    live, shadow = world.words(), world.words(শুভ=THREAT)
    with world.work() as unit:
        bundles.promote(unit.connection, live.bundle_id, by="test", why="")

    def beside() -> FixedLive:
        return shadow

    scoring.score_comments(world.work, live.current, now=lambda: NOW, aside=Aside(shadow=beside))
    page = editor.get(f"/bundles/{shadow.bundle_id}").get_data(as_text=True)
    assert "the outcome of 1 would be another" in page
    assert "hold for a person" in page
    assert "শুভ সকাল &lt;b&gt;" in page


def test_who_may_only_moderate_sees_figures_and_no_bundles(world: World, client: FlaskClient) -> None:
    desk = _desk(world, client, Role.MODERATOR)
    bundle_id = _live(world)
    assert desk.get("/figures").status_code == 200
    assert desk.get("/bundles").status_code == 403
    assert desk.get(f"/bundles/{bundle_id}").status_code == 403
    assert 'href="/bundles"' not in desk.get("/figures").get_data(as_text=True)
