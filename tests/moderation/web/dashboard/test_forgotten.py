"""A forgotten password: a link by mail to who has an account, the same answer to who has none."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.domain.jobs import Job
from moderation.mail_client import MailClient
from moderation.runtime import Runtime
from moderation.steps import proving, recovering, sending_notices
from moderation.steps.sending_notices import Ways
from moderation.store.schema import Invitation, Moderator, Notice
from moderation.store.unit_of_work import work_on
from moderation.web.factory import create_app
from tests.factories import World
from tests.moderation.mail_server import Mailbox, mail_server
from tests.moderation.web.dashboard.conftest import PASSWORD

NEW = "আরেকটি-লম্বা-পাসওয়ার্ড"
KNOWN, UNKNOWN = "nasrin@desk.example", "nobody@desk.example"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def mailing(runtime: Runtime, box: Mailbox) -> Runtime:
    return replace(runtime, mail_client=MailClient(box.smtp()))


@pytest.fixture
def app(mailing: Runtime) -> Flask:
    return create_app(mailing)


def _send(mailing: Runtime, at: datetime | None = None) -> None:
    ways = Ways(mailing.mail_client, mailing.callback_client, mailing.vault, "http://localhost")
    sending_notices.send_due(mailing.work, ways, now=lambda: at or mailing.now(), jitter=lambda: 0.5)


def _ask(app: Flask, email: str) -> tuple[int, str]:
    answer = app.test_client().post("/login/forgotten", data={"email": email})
    return answer.status_code, answer.text


def _link(box: Mailbox, which: int = -1) -> str:
    found = re.search(r"http://localhost(/welcome/\S+)", box.got[which].get_content())
    assert found is not None
    return found[1]


def test_the_link_sets_a_password_once_and_ends_every_session(
    app: Flask, mailing: Runtime, box: Mailbox, desk: FlaskClient
) -> None:
    assert _ask(app, " Nasrin@desk.example ")[0] == 200
    _send(mailing)
    assert box.got[0]["To"] == KNOWN
    link = _link(box)
    assert desk.get("/review").status_code == 200, "asking alone changes nothing"
    other = app.test_client()
    assert other.get(link).status_code == 200
    assert other.post(link, data={"password": NEW}).status_code == 303
    assert desk.get("/review").status_code == 302
    assert app.test_client().post(link, data={"password": PASSWORD}).status_code == 410
    log_in = {"email": KNOWN, "password": NEW}
    assert app.test_client().post("/login", data=log_in).status_code == 303


def test_the_answer_is_the_same_for_an_address_that_nobody_has(
    app: Flask, mailing: Runtime, box: Mailbox, desk: FlaskClient
) -> None:
    assert desk.get("/review").status_code == 200
    answers = {_ask(app, email) for email in (KNOWN, UNKNOWN, "no address", "x\0y@z", "")}
    assert len(answers) == 1
    _send(mailing)
    assert [one["To"] for one in box.got] == [KNOWN]


@pytest.mark.usefixtures("desk")
def test_the_broker_is_gone_to_for_nobody_as_for_somebody_so_that_the_time_taken_does_not_tell(
    mailing: Runtime,
) -> None:
    def jobs_after(email: str) -> list[Job]:
        jobs: list[Job] = []
        work = work_on(mailing.engine, jobs.append)
        recovering.ask_for_link(work, mailing.vault, email=email, address="192.0.2.1", now=mailing.now())
        return jobs

    assert [jobs_after(email) for email in (KNOWN, UNKNOWN, KNOWN)] == [[Job.SEND_NOTICES]] * 3


@pytest.mark.usefixtures("desk")
def test_the_database_has_only_the_digest_and_that_only_once_it_was_sent(
    app: Flask, mailing: Runtime, box: Mailbox, world: World
) -> None:
    _ask(app, KNOWN)

    def links() -> list[bytes]:
        with world.runtime.reading() as connection:
            return list(connection.scalars(select(Invitation.digest).where(Invitation.used_at.is_(None))))

    assert links() == []
    _send(mailing)
    assert links() == [mailing.vault.token_digest(_link(box).removeprefix("/welcome/"))]


@pytest.mark.usefixtures("desk")
def test_a_link_works_for_an_hour_and_a_wish_is_not_kept_longer(app: Flask, mailing: Runtime, box: Mailbox) -> None:
    now = mailing.now()
    _ask(app, KNOWN)
    _send(mailing)
    later = create_app(replace(mailing, now=lambda: now + timedelta(minutes=62)))
    assert later.test_client().post(_link(box), data={"password": NEW}).status_code == 410
    box.got.clear()
    _ask(later, KNOWN)
    _send(mailing, now + timedelta(hours=3))
    assert box.got == []


@pytest.mark.usefixtures("desk")
def test_however_often_somebody_asks_the_mailbox_is_not_flooded_and_asking_gets_slow(
    app: Flask, mailing: Runtime, box: Mailbox
) -> None:
    told = [_ask(app, KNOWN)[0] for _ in range(9)]
    assert told[:5] == [200] * 5
    assert 429 in told
    _send(mailing)
    assert len(box.got) == 1


def test_an_administrators_link_stays_good_until_a_password_is_set(
    app: Flask, mailing: Runtime, box: Mailbox, world: World
) -> None:
    invited = f"/welcome/{world.invite()}"
    _ask(app, KNOWN)
    _send(mailing)
    assert app.test_client().post(invited, data={"password": NEW}).status_code == 303
    assert app.test_client().post(_link(box), data={"password": PASSWORD}).status_code == 410


def test_the_code_at_log_in_is_asked_for_all_the_same(
    app: Flask, mailing: Runtime, box: Mailbox, desk: FlaskClient, world: World
) -> None:
    assert desk.get("/review").status_code == 200
    with world.runtime.reading() as connection:
        moderator_id = connection.scalar(select(Moderator.id)) or 0
    proving.begin(mailing.work, mailing.vault, moderator_id=moderator_id)
    standing = proving.standing(mailing.work, mailing.vault, moderator_id=moderator_id, email=KNOWN)
    assert standing.waiting is not None
    code = pyotp.TOTP(standing.waiting.secret.replace(" ", "")).at(mailing.now())
    proving.confirm(mailing.work, mailing.vault, moderator_id=moderator_id, code=code, now=mailing.now())
    _ask(app, KNOWN)
    _send(mailing)
    other = app.test_client()
    answer = other.post(_link(box), data={"password": NEW})
    assert 'name="ticket"' in answer.text
    assert other.get("/review").status_code == 302


def test_without_a_mail_server_the_page_leads_to_an_administrator(
    runtime: Runtime, world: World, desk: FlaskClient
) -> None:
    assert desk.get("/review").status_code == 200
    app = create_app(runtime)
    assert "/login/forgotten" in app.test_client().get("/login").text
    for page in (app.test_client().get("/login/forgotten").text, _ask(app, KNOWN)[1]):
        assert "প্রশাসককে বলুন" in page
        assert 'name="email"' not in page
    with world.runtime.reading() as connection:
        assert connection.scalars(select(Notice.id)).all() == []
