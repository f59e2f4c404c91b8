"""Sends the notices that are due, by mail and to webhooks, and records what came of each.

Nothing is sent within a transaction. A notice leaves at least once: a crash between sending and its record repeats it,
a mail with the same message id. A link for a new password is made as its mail is sent and stored as a digest only.
"""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Final, Protocol

import structlog

from moderation.callback_client import Delivered, DeliveryFailure, TemporaryFailure
from moderation.domain import notice_text
from moderation.domain.backoff import NOTICE_SCHEDULE, next_attempt_delay
from moderation.domain.jobs import Job
from moderation.domain.notice import NoticeKind, NoticeState, Way
from moderation.domain.notice_text import Text
from moderation.mail_client import MailFailure, address
from moderation.store import enrolments, notices
from moderation.store.notices import Claimed
from moderation.store.unit_of_work import Work
from moderation.vault import VaultError

AT_ONCE: Final = 10
STARTS_WITHIN: Final = 10.0
"""Seconds in which a job begins to send; what is left is announced again."""
SOFT_LIMIT: Final = 50
HARD_LIMIT: Final = 55
LEASE: Final = timedelta(seconds=60)
"""Longer than the hard limit, so that a lease never ends under a job that still sends."""
LINK_LASTS: Final = timedelta(hours=1)
NO_MAIL_SERVER: Final = "no_mail_server"
NOBODY_THERE: Final = "nobody_there"

_log = structlog.get_logger(__name__)


class Mails(Protocol):
    @property
    def sender(self) -> str: ...
    @property
    def domain(self) -> str: ...
    def send(self, message: EmailMessage) -> None: ...


class Posts(Protocol):
    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Delivered: ...


class Keeps(Protocol):
    def decrypt(self, encrypted: bytes) -> str: ...
    def token_digest(self, token: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Ways:
    """By what notices leave; ``mails`` is ``None`` where no mail server is set. ``base_url`` begins their links."""

    mails: Mails | None
    posts: Posts
    vault: Keeps
    base_url: str


@dataclass(frozen=True, slots=True)
class _Failed:
    """An attempt that came to nothing. ``again`` says whether another makes sense, ``server`` whose fault it is."""

    code: str
    again: bool
    retry_after: float | None = None
    slow: bool = False
    server: bool = False


def send_due(work: Work, ways: Ways, *, now: Callable[[], datetime], jitter: Callable[[], float]) -> int:
    """Sends what is due until nothing is left or the job's time is over; returns how many attempts were made.

    Where the mail server itself fails, the other mails of the round are put off with it instead of waiting for it too.
    """
    made, ends = 0, time.monotonic() + STARTS_WITHIN
    mail_down: _Failed | None = None
    while time.monotonic() < ends:
        with work() as unit:
            claimed = notices.claim_due(unit.connection, now=now(), lease_until=now() + LEASE, most=AT_ONCE)
        for one in claimed:
            down = mail_down if one.way is Way.EMAIL else None
            failed = down or _try(work, ways, one, now())
            if failed is not None and failed.server:
                mail_down = failed
            _record(work, one, failed, now=now(), jitter=jitter())
            made += down is None
        if not claimed:
            return made
    with work() as unit:
        unit.note(Job.SEND_NOTICES)
    return made


def _try(work: Work, ways: Ways, claimed: Claimed, now: datetime) -> _Failed | None:
    """Sends one notice; says what went wrong, if anything did."""
    send = _mail if claimed.way is Way.EMAIL else _post
    try:
        return send(work, ways, claimed, now) if claimed.to.there else _Failed(NOBODY_THERE, again=False)
    except (MailFailure, DeliveryFailure, VaultError) as failure:
        return _failed(failure)
    except Exception:  # noqa: BLE001 - one notice's trouble must not keep the others from being sent
        _log.exception("notice_failed", notice=claimed.id)
        return _Failed("internal_error", again=True)


def _failed(failure: MailFailure | DeliveryFailure | VaultError) -> _Failed:
    match failure:
        case MailFailure():
            return _Failed(failure.reason_code, again=failure.temporary, server=failure.server)
        case TemporaryFailure():
            return _Failed(failure.reason_code, again=True, retry_after=failure.retry_after, slow=failure.slow)
        case DeliveryFailure():
            return _Failed(failure.reason_code, again=False)
        case _:
            return _Failed("webhook_unreadable", again=False)


def _mail(work: Work, ways: Ways, claimed: Claimed, now: datetime) -> _Failed | None:
    if ways.mails is None:
        return _Failed(NO_MAIL_SERVER, again=False)
    link = ways.base_url + _path(claimed)
    if claimed.kind is NoticeKind.FORGOTTEN:
        if now - claimed.created_at > LINK_LASTS:
            return _Failed("too_old", again=False)
        link = ways.base_url + "/welcome/" + _fresh_link(work, ways, claimed, now)
    ways.mails.send(mail_of(claimed, _text(claimed), link, sender=ways.mails.sender, domain=ways.mails.domain, at=now))
    return None


def _fresh_link(work: Work, ways: Ways, claimed: Claimed, now: datetime) -> str:
    assert claimed.moderator_id is not None  # noqa: S101 - such a notice goes to a person
    token = secrets.token_urlsafe(32)
    with work() as unit:
        digest = ways.vault.token_digest(token)
        enrolments.add_link(unit.connection, claimed.moderator_id, digest, until=now + LINK_LASTS)
    return token


def mail_of(claimed: Claimed, text: Text, link: str, *, sender: str, domain: str, at: datetime) -> EmailMessage:
    """The mail. Raises MailFailure where the address is none."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = text.subject
    message["From"] = address(sender)
    message["To"] = address(claimed.to.email or "")
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<notice-{claimed.id}-{int(claimed.created_at.timestamp())}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = claimed.to.language
    foot = () if claimed.kind is NoticeKind.FORGOTTEN else ("", "-- ", notice_text.foot(claimed.to.language))
    message.set_content("\n".join((*text.lines, "", link, *foot)) + "\n")
    return message


def _post(_work: Work, ways: Ways, claimed: Claimed, _now: datetime) -> _Failed | None:
    if claimed.to.webhook is None:
        return _Failed(NOBODY_THERE, again=False)
    body = slack_body(_text(claimed), ways.base_url + _path(claimed))
    ways.posts.post(ways.vault.decrypt(claimed.to.webhook), body, {})
    return None


def slack_body(text: Text, link: str) -> bytes:
    """What Slack and those that take its form accept: ``{"text": …}``, in which nothing links or pings but our link."""
    lines = [f"*{notice_text.for_slack(text.subject)}*", *map(notice_text.for_slack, text.lines), f"<{link}>"]
    return json.dumps({"text": "\n".join(lines)}, ensure_ascii=False).encode()


def _text(claimed: Claimed) -> Text:
    values: dict[str, Any] = {name: _value(one) for name, one in claimed.params.items()}
    values.setdefault("n", claimed.n)
    return notice_text.text_of(claimed.kind, claimed.turn, {**values, "site": claimed.site or ""}, claimed.to.language)


def _value(stored: Any) -> object:  # noqa: ANN401 - what JSON holds
    return timedelta(minutes=stored["minutes"]) if isinstance(stored, dict) else stored


def _path(claimed: Claimed) -> str:
    """Where to see to it."""
    match claimed.kind:
        case NoticeKind.ESCALATION:
            return f"/review?handed={claimed.params.get('for', 'me')}"
        case NoticeKind.BACKLOG | NoticeKind.OLDEST:
            return f"/review?site={claimed.slug}"
        case NoticeKind.RECEIVER_DOWN:
            return "/deliveries"
        case NoticeKind.STORY_BREAKER:
            return f"/stories/{int(claimed.params['story_id'])}"
        case _:
            return "/account"


def _record(work: Work, claimed: Claimed, failed: _Failed | None, *, now: datetime, jitter: float) -> None:
    state, due_at, code = NoticeState.SENT, None, None
    if failed is not None:
        code = failed.code
        delay = _delay(claimed, failed, jitter)
        due_at = now + timedelta(seconds=delay) if delay is not None else None
        state = NoticeState.PENDING if due_at else _end_of(failed)
        _log.warning("notice_not_sent", notice=claimed.id, way=claimed.way, code=code, retry_in=delay)
    with work() as unit:
        notices.record(unit.connection, claimed, state, now=now, code=code, due_at=due_at)


def _end_of(failed: _Failed) -> NoticeState:
    """Nobody need look into what could never go anywhere."""
    pointless = failed.code in {NO_MAIL_SERVER, NOBODY_THERE, "too_old"}
    return NoticeState.CANCELLED if pointless else NoticeState.GIVEN_UP


def _delay(claimed: Claimed, failed: _Failed, jitter: float) -> float | None:
    if not failed.again:
        return None
    return next_attempt_delay(
        claimed.attempts,
        retry_after=failed.retry_after,
        slow=failed.slow,
        jitter=jitter,
        schedule=NOTICE_SCHEDULE,
    )
