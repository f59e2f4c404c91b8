"""People choose what they are told and how; administrators set a site's limits and the webhook of its desk."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from moderation.callback_client import CallbackUrlError
from moderation.domain.errors import InvalidValueError
from moderation.domain.jobs import Job
from moderation.domain.notice import CHOSEN_FROM, NoticeKind, Turn, Way
from moderation.store import audit_log, enrolments, notice_choices, notices
from moderation.store.notice_choices import Choice, Chosen, Limits
from moderation.store.notices import Listed, NewNotice
from moderation.store.unit_of_work import UnitOfWork, Work
from moderation.vault import Vault

MOST_HELD: Final = 100_000
LONGEST_WAIT: Final = timedelta(days=30)
LONGEST_QUIET: Final = timedelta(days=7)
TEST_AFTER: Final = timedelta(seconds=20)
_SHOWN: Final = 5

Check = Callable[[str], None]
"""Raises CallbackUrlError where messages must not go."""


@dataclass(frozen=True, slots=True)
class Own:
    """What somebody has chosen, and what they were told lately."""

    choice: Choice
    told: Sequence[Listed]


@dataclass(frozen=True, slots=True)
class Webhook:
    """What a form says of a webhook: a new address, to take it away, or with neither to leave it as it is."""

    address: str = ""
    removed: bool = False


def own(work: Work, *, moderator_id: int) -> Own:
    with work() as unit:
        choice = notice_choices.of_person(unit.connection, moderator_id)
        return Own(choice, notices.of_person(unit.connection, moderator_id, _SHOWN))


def choose(work: Work, vault: Vault, *, moderator_id: int, chosen: Chosen, webhook: Webhook, check: Check) -> None:
    """Keeps what somebody chose.

    Raises:
        InvalidValueError: messages cannot go to the webhook's address, or there is none and something is to go there.
    """
    sealed = _sealed(vault, webhook, check)
    with work() as unit:
        before = notice_choices.of_person(unit.connection, moderator_id)
        choice = Choice(chosen, _after(before.webhook, webhook, sealed))
        if choice.webhook is None and any(way is Way.WEBHOOK for _, way in chosen):
            raise InvalidValueError("Give the address of your webhook first, or take what goes there off.")
        notice_choices.save_person(unit.connection, moderator_id, choice)


def set_limits(
    work: Work, vault: Vault, *, site_id: int, limits: Limits, webhook: Webhook, check: Check, by: str
) -> None:
    """Sets what a site counts as too much and what goes to its desk's webhook; it is on record, without the address.

    Raises:
        InvalidValueError: a limit is out of its range, or messages cannot go to the webhook's address.
    """
    _check_limits(limits)
    sealed = _sealed(vault, webhook, check)
    with work() as unit:
        before = notice_choices.limits_of(unit.connection, [site_id])[site_id]
        kept = replace(limits, webhook=_after(before.webhook, webhook, sealed))
        notice_choices.save_limits(unit.connection, site_id, kept)
        details = {"held_over": kept.held_over, "webhook": kept.webhook is not None, "kinds": sorted(kept.kinds)}
        subject = enrolments.slug_of(unit.connection, site_id)
        audit_log.record(unit.connection, actor=by, act="notices.set", subject=subject, details=details)


def _check_limits(limits: Limits) -> None:
    if limits.held_over is not None and not 1 <= limits.held_over <= MOST_HELD:
        raise InvalidValueError(
            "A backlog's limit is a number from 1 to {most}. Leave it empty for none.", most=MOST_HELD
        )
    if limits.waits_over is not None and not timedelta(minutes=1) <= limits.waits_over <= LONGEST_WAIT:
        raise InvalidValueError("A wait's limit is from 1 minute to 30 days. Leave it empty for none.")
    if not timedelta(0) <= limits.quiet <= LONGEST_QUIET:
        raise InvalidValueError("The quiet time is from 0 minutes to 7 days.")


def try_own(work: Work, *, moderator_id: int, way: Way, now: datetime) -> None:
    """Sends somebody a test by one of their ways.

    Raises:
        InvalidValueError: they have no webhook, or a test was sent just now.
    """
    with work() as unit:
        if way is Way.WEBHOOK and notice_choices.of_person(unit.connection, moderator_id).webhook is None:
            raise InvalidValueError("Save the address of a webhook first.")
        _test(unit, moderator_id=moderator_id, site_id=None, way=way, now=now)


def try_desk(work: Work, *, site_id: int, now: datetime) -> None:
    """Sends a test to the webhook of a site's desk; raises InvalidValueError as ``try_own`` does."""
    with work() as unit:
        if notice_choices.limits_of(unit.connection, [site_id])[site_id].webhook is None:
            raise InvalidValueError("Save the address of a webhook first.")
        _test(unit, moderator_id=None, site_id=site_id, way=Way.WEBHOOK, now=now)


def _test(unit: UnitOfWork, *, moderator_id: int | None, site_id: int | None, way: Way, now: datetime) -> None:
    new = NewNotice(site_id, moderator_id, way, NoticeKind.TEST, Turn.EVENT, "", {}, due_at=now)
    if notices.lately(unit.connection, new, since=now - TEST_AFTER):
        raise InvalidValueError("A test was sent just now. Wait a moment.")
    notices.add(unit.connection, [new], at=now)
    unit.note(Job.SEND_NOTICES)


def chosen_of(pairs: Collection[str]) -> Chosen:
    """What a form ticked, as ``kind:way``; raises InvalidValueError for what is none."""
    known = {f"{kind.value}:{way.value}": (kind, way) for kind in CHOSEN_FROM for way in Way}
    if not known.keys() >= set(pairs):
        raise InvalidValueError("The form was damaged. Load the page again and repeat what you did.")
    return frozenset(known[one] for one in pairs)


def _sealed(vault: Vault, webhook: Webhook, check: Check) -> bytes | None:
    """The new address, encrypted: whoever knows it can write to the channel."""
    if not webhook.address or webhook.removed:
        return None
    try:
        check(webhook.address)
    except CallbackUrlError as error:
        raise InvalidValueError(
            "Messages cannot go to this address. Give the https address that your chat shows for an incoming webhook."
        ) from error
    return vault.encrypt(webhook.address)


def _after(before: bytes | None, webhook: Webhook, sealed: bytes | None) -> bytes | None:
    return None if webhook.removed else sealed or before
