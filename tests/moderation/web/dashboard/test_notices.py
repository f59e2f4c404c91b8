"""What each person is told and how, and what an administrator sets for a site's desk."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.callback_client import CallbackClient
from moderation.domain.notice import NoticeKind, Way
from moderation.domain.vocabulary import Role
from moderation.runtime import Runtime
from moderation.store import notice_choices
from moderation.store.schema import Notice, NoticeChoice, SiteNotices
from moderation.web.factory import create_app
from tests.factories import World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person

HOOK = "https://hooks.example/services/T0/B0/secret"


@pytest.fixture
def client(runtime: Runtime) -> FlaskClient:
    """Names are looked up nowhere: every host stands at one public address."""
    resolving = CallbackClient(runtime.allow, resolve=lambda _host: ["93.184.215.14"])
    return create_app(replace(runtime, callback_client=resolving)).test_client()


def _post(client: FlaskClient, path: str, **form: object) -> tuple[int, str]:
    answer = client.post(path, data={"csrf": csrf_of(client, "/account"), **form})
    return answer.status_code, answer.text


def _choice(world: World) -> notice_choices.Choice:
    with world.runtime.reading() as connection:
        moderator_id = connection.scalar(select(NoticeChoice.moderator_id))
        return notice_choices.of_person(connection, moderator_id or 0)


def test_everybody_chooses_on_the_account_page(world: World, desk: FlaskClient) -> None:
    world.make_site()
    page = desk.get("/account").text
    assert 'value="escalation:email" checked' in page
    assert "receiver_down" not in page, "a moderator does not see the deliveries"
    assert _post(desk, "/account/notices", chosen=["backlog:email", "oldest:webhook"], webhook=HOOK)[0] == 303
    choice = _choice(world)
    assert choice.chosen == {(NoticeKind.BACKLOG, Way.EMAIL), (NoticeKind.OLDEST, Way.WEBHOOK)}
    assert choice.webhook is not None
    assert world.runtime.vault.decrypt(choice.webhook) == HOOK
    page = desk.get("/account?done=notices").text
    assert 'value="backlog:email" checked' in page
    assert HOOK not in page
    assert _post(desk, "/account/notices", chosen=["oldest:webhook"])[0] == 303
    assert _choice(world).webhook is not None, "an empty field keeps it"
    assert _post(desk, "/account/notices", chosen=["oldest:webhook"], remove="yes")[0] == 422
    assert _post(desk, "/account/notices", chosen=[], remove="yes")[0] == 303
    assert _choice(world).webhook is None


@pytest.mark.parametrize("address", ["http://10.0.0.1/hook", "ftp://hooks.example", "https://user:p@hooks.example/x"])
def test_a_webhook_that_must_not_be_reached_is_refused_at_once(desk: FlaskClient, address: str) -> None:
    status, page = _post(desk, "/account/notices", chosen=[], webhook=address)
    assert status == 422
    assert "ওয়েবহুক" in page


def test_a_test_is_sent_at_most_every_few_seconds_and_told_on_the_page(world: World, desk: FlaskClient) -> None:
    assert _post(desk, "/account/notices/test", way="webhook")[0] == 422
    assert _post(desk, "/account/notices/test", way="email")[0] == 303
    assert _post(desk, "/account/notices/test", way="email")[0] == 422
    with world.runtime.reading() as connection:
        assert connection.scalars(select(Notice.kind)).all() == ["test"]
    assert 'class="told-list"' in desk.get("/account").text


def test_an_administrator_sets_limits_and_the_channel_of_a_site(world: World, client: FlaskClient) -> None:
    site_id = world.make_site()
    make_person(world, client, Role.ADMINISTRATOR)
    form = {"held_over": "৫০", "waits_over": "", "quiet": "30", "kinds": ["backlog"], "language": "en"}
    assert _post(client, "/notices/khobor", **form, webhook=HOOK)[0] == 303
    with world.runtime.reading() as connection:
        limits = notice_choices.limits_of(connection, [site_id])[site_id]
        sealed = connection.scalar(select(SiteNotices.webhook))
    assert (limits.held_over, limits.waits_over, limits.quiet.total_seconds()) == (50, None, 1800)
    assert limits.kinds == {NoticeKind.BACKLOG}
    assert limits.language == "en"
    assert HOOK.encode() not in (sealed or b"")
    page = client.get("/notices").text
    assert 'value="50"' in page
    assert HOOK not in page
    for wrong in ({"held_over": "0"}, {"held_over": "many"}, {"quiet": "999999"}, {"waits_over": "-5"}):
        assert _post(client, "/notices/khobor", **{**form, **wrong})[0] == 422
    assert _post(client, "/notices/khobor/test")[0] == 303
    assert "তা নিচে দেখা যাবে" in client.get("/notices?done=test").text
    with world.runtime.reading() as connection:
        assert connection.execute(select(Notice.site_id, Notice.moderator_id)).all() == [(site_id, None)]


def test_before_anything_was_told_the_page_says_so(world: World, client: FlaskClient) -> None:
    world.make_site()
    make_person(world, client, Role.ADMINISTRATOR)
    assert "এখনো কাউকে কিছু জানানোর দরকার হয়নি" in client.get("/notices").text
