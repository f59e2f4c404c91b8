"""Notices leave by mail and webhook, through real servers; what fails is tried again and nothing is sent twice."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from moderation.addresses import AllowList
from moderation.callback_client import CallbackClient
from moderation.domain.notice import NoticeKind, NoticeState, Turn, Way
from moderation.mail_client import MailClient
from moderation.runtime import Runtime
from moderation.steps import noticing, sending_notices
from moderation.steps.sending_notices import Ways
from moderation.store import notice_choices, notices
from moderation.store.notice_choices import Choice, Limits
from moderation.store.notices import NewNotice
from moderation.store.schema import Moderator, Notice
from tests.factories import NOW, World
from tests.moderation.mail_server import Mailbox, mail_server
from tests.moderation.receivers import Receiver, running

Send = Callable[..., int]
STORY = (NoticeKind.STORY_BREAKER,)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as running_box:
        yield running_box


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running(Receiver()) as server:
        yield server


@pytest.fixture
def send(runtime: Runtime, world: World, box: Mailbox, receiver: Receiver) -> Send:
    posts = CallbackClient(AllowList.parse(f"127.0.0.1:{receiver.server_port}"))

    def run(at: datetime = NOW, *, mails: bool = True) -> int:
        client = MailClient(box.smtp(greets_as="khobor.example"), timeout=2.0) if mails else None
        ways = Ways(client, posts, runtime.vault, "https://moderation.example")
        return sending_notices.send_due(world.work, ways, now=lambda: at, jitter=lambda: 0.5)

    return run


@pytest.fixture
def nasrin(world: World) -> int:
    return world.make_moderator()


def _trip(world: World, site_id: int, title: str = "বাজেট", *, tripped: bool = True) -> None:
    with world.work() as unit:
        noticing.tell_breaker(unit, site_id=site_id, story_id=7, title=title, tripped=tripped, now=NOW)


def _choose(world: World, moderator_id: int, *ways: Way, webhook: str | None = None) -> None:
    sealed = world.runtime.vault.encrypt(webhook) if webhook else None
    with world.work() as unit:
        chosen = frozenset((kind, way) for kind in STORY for way in ways)
        notice_choices.save_person(unit.connection, moderator_id, Choice(chosen, sealed))


def _states(world: World) -> list[tuple[str, int, str | None]]:
    with world.runtime.reading() as connection:
        rows = connection.execute(select(Notice.state, Notice.attempts, Notice.code).order_by(Notice.id))
        return [(state, attempts, code) for state, attempts, code in rows]


def test_a_mail_says_it_in_the_persons_language_with_a_link(
    world: World, box: Mailbox, send: Send, nasrin: int
) -> None:
    site_id = world.make_site()
    _choose(world, nasrin, Way.EMAIL)
    _trip(world, site_id)
    assert send() == 1
    (mail,) = box.got
    assert mail["To"] == "nasrin@desk.example"
    assert mail["From"] == "desk@khobor.example"
    assert mail["Subject"] == "Khobor: একটি খবরে সব মন্তব্য আটকে রাখা হচ্ছে"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@khobor.example>")
    assert "“বাজেট”" in mail.get_content()
    assert "https://moderation.example/stories/7" in mail.get_content()
    assert _states(world) == [("sent", 1, None)]
    with world.work() as unit:
        unit.connection.execute(update(Moderator).values(language="en"))
    _trip(world, site_id, tripped=False)
    send()
    assert box.got[1]["Subject"] == "Khobor: A story is no longer held"


def test_a_hostile_headline_gets_no_header_and_no_markup(
    world: World, box: Mailbox, receiver: Receiver, send: Send, nasrin: int
) -> None:
    site_id = world.make_site()
    with world.work() as unit:
        unit.connection.execute(text("UPDATE sites SET name = :name"), {"name": "খবর\r\nBcc: all@evil.example"})
    _choose(world, nasrin, Way.EMAIL, Way.WEBHOOK, webhook=receiver.url)
    _trip(world, site_id, "x\r\nBcc: all@evil.example\r\n\r\n<!channel> <https://evil.example|click>\u202e")
    send()
    (mail,) = box.got
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    said = json.loads(receiver.got[0].body)["text"]
    assert "<!" not in said
    assert "\u202e" not in said
    assert said.count("<http") == 1


def test_a_webhook_gets_what_slack_takes(
    world: World, box: Mailbox, receiver: Receiver, send: Send, nasrin: int
) -> None:
    site_id = world.make_site()
    sealed = world.runtime.vault.encrypt(receiver.url)
    with world.work() as unit:
        notice_choices.save_limits(unit.connection, site_id, Limits(webhook=sealed, language="en"))
    _choose(world, nasrin)
    _trip(world, site_id)
    assert send() == 1
    (request,) = receiver.got
    assert json.loads(request.body).keys() == {"text"}
    assert json.loads(request.body)["text"].splitlines() == [
        "*Khobor: Everything on a story is being held*",
        "“বাজেট”",
        "The share of flagged comments passed its limit, so each new one waits for a person.",
        "<https://moderation.example/stories/7>",
    ]
    assert box.got == []


def test_what_fails_is_tried_again_later_and_arrives_once(world: World, box: Mailbox, send: Send, nasrin: int) -> None:
    site_id = world.make_site()
    _choose(world, nasrin, Way.EMAIL)
    _trip(world, site_id)
    box.refuses = {"DATA": "451 later"}
    send()
    assert _states(world) == [("pending", 1, "mail_busy")]
    assert send(NOW + timedelta(seconds=20)) == 0
    box.refuses = {}
    assert send(NOW + timedelta(seconds=31)) == 1
    assert send(NOW + timedelta(hours=9)) == 0
    assert len(box.got) == 1
    assert _states(world) == [("sent", 2, None)]


def test_after_the_last_attempt_it_is_given_up_and_told(world: World, box: Mailbox, send: Send, nasrin: int) -> None:
    site_id = world.make_site()
    _choose(world, nasrin, Way.EMAIL)
    _trip(world, site_id)
    box.refuses = {"DATA": "451 later"}
    for hours in range(0, 40, 8):
        for minutes in range(0, 60, 12):
            send(NOW + timedelta(hours=hours, minutes=minutes))
    assert _states(world) == [("given_up", 7, "mail_busy")]
    with world.runtime.reading() as connection:
        health = notices.health(connection, since=NOW)
    assert (health.pending, health.failing, health.given_up, health.code) == (0, 0, 1, "mail_busy")


def test_where_the_mail_server_is_away_the_other_mails_are_put_off_with_it(
    world: World, runtime: Runtime, nasrin: int
) -> None:
    karim, site_id = world.make_moderator("Karim"), world.make_site()
    for person in (nasrin, karim):
        _choose(world, person, Way.EMAIL)
    _trip(world, site_id)
    with mail_server() as gone:
        away = MailClient(gone.smtp())
    ways = Ways(away, runtime.callback_client, runtime.vault, "https://moderation.example")
    assert sending_notices.send_due(world.work, ways, now=lambda: NOW, jitter=lambda: 0.5) == 1
    assert _states(world) == [("pending", 1, "mail_unreachable")] * 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE moderators SET disabled_at = now()",
        "DELETE FROM memberships",
    ],
)
def test_who_is_not_there_any_more_is_told_nothing(
    world: World, box: Mailbox, send: Send, nasrin: int, change: str
) -> None:
    site_id = world.make_site()
    _choose(world, nasrin, Way.EMAIL)
    _trip(world, site_id)
    with world.work() as unit:
        unit.connection.execute(text(change))
    send()
    assert box.got == []
    assert _states(world) == [("cancelled", 1, "nobody_there")]


def test_without_a_mail_server_nothing_waits_for_ever(world: World, send: Send, nasrin: int) -> None:
    site_id = world.make_site()
    _choose(world, nasrin, Way.EMAIL)
    _trip(world, site_id)
    send(mails=False)
    assert _states(world) == [("cancelled", 1, "no_mail_server")]


def test_a_webhook_within_the_house_is_not_reached(world: World, send: Send, nasrin: int) -> None:
    site_id = world.make_site()
    _choose(world, nasrin, Way.WEBHOOK, webhook="http://10.0.0.1/hook")
    _trip(world, site_id)
    send()
    assert _states(world) == [("given_up", 1, "address_refused")]


def test_of_two_who_send_one_does_and_a_lost_lease_records_nothing(world: World, nasrin: int) -> None:
    site_id = world.make_site()
    _choose(world, nasrin, Way.EMAIL)
    _trip(world, site_id)
    with world.work() as unit:
        (first,) = notices.claim_due(unit.connection, now=NOW, lease_until=NOW + timedelta(minutes=1), most=5)
    with world.work() as unit:
        later = NOW + timedelta(minutes=2)
        assert notices.claim_due(unit.connection, now=NOW, lease_until=later, most=5) == []
        (second,) = notices.claim_due(unit.connection, now=later, lease_until=later + timedelta(minutes=1), most=5)
        assert not notices.record(unit.connection, first, NoticeState.SENT, now=later)
        assert notices.record(unit.connection, second, NoticeState.SENT, now=later)


def test_one_notice_that_cannot_be_made_keeps_no_other_from_leaving(
    world: World, box: Mailbox, send: Send, nasrin: int
) -> None:
    broken = NewNotice(None, nasrin, Way.EMAIL, NoticeKind.BACKLOG, Turn.OVER, "", {}, NOW - timedelta(minutes=1))
    fine = replace(broken, kind=NoticeKind.TEST, turn=Turn.EVENT, due_at=NOW)
    with world.work() as unit:
        notices.add(unit.connection, [broken, fine], at=NOW)
    send()
    assert [state for state, _, _ in _states(world)] == ["pending", "sent"]
    assert len(box.got) == 1
