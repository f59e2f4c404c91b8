"""A site's policy as people keep it: new versions, going back to an old one, and what another would have done.

A version is never changed. Whoever changed the policy meanwhile is named, with when, and nothing of theirs is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from moderation.domain import policy_document, what_if
from moderation.domain.errors import InvalidValueError, StalePolicyError
from moderation.domain.keeper import OPERATOR, Keeper
from moderation.domain.policy import Policy
from moderation.domain.score_tally import Heap
from moderation.domain.vocabulary import Label, Script
from moderation.domain.what_if import WhatIf
from moderation.store import audit_log, enrolments, policies, score_tallies
from moderation.store.unit_of_work import UnitOfWork, Work

LONGEST_NOTE: Final = 500
DAYS: Final = 14
"""How many days of scores a change is tried on."""


def set_policy(work: Work, *, site_slug: str, document: object, note: str = "", by: Keeper = OPERATOR) -> int:
    """A new version of a site's policy; returns its number. What the document leaves out is as in the default policy.

    Raises:
        InvalidValueError: with a fault for each field that cannot be used.
        NotFoundError: there is no such site.
    """
    sound = policy_document.checked(document)
    with work() as unit:
        site = enrolments.site(unit.connection, site_slug)
        policies.lock(unit.connection, site.id)
        n = policies.save(unit.connection, site.id, sound, author=by.name, note=note)
        _record(unit, by, site_slug, n, note)
    return n


def save(work: Work, *, site_slug: str, policy: Policy, note: str, expected: int, by: Keeper, now: datetime) -> int:
    """A policy in place of version ``expected``; returns its number, the old one where nothing is different.

    Raises:
        StalePolicyError: the policy went on since; the message says by whom and when.
        InvalidValueError: a value cannot be used, or the note is too long.
    """
    document = policy_document.checked(policies.document_of(policy))
    written = note.strip()
    if len(written) > LONGEST_NOTE:
        raise InvalidValueError("The note has more than {most} characters. Shorten it.", most=LONGEST_NOTE)
    with work() as unit:
        site = enrolments.site(unit.connection, site_slug)
        policies.lock(unit.connection, site.id)
        newest = next(iter(policies.history(unit.connection, site.id, limit=1)), None)
        standing = newest.policy if newest else Policy()
        if standing.version != expected:
            raise _stale(newest, now)
        if replace(policy, version=expected) == standing:
            return expected
        n = policies.save(unit.connection, site.id, document, author=by.name, note=written)
        _record(unit, by, site_slug, n, written)
    return n


def _stale(newest: policies.Version | None, now: datetime) -> StalePolicyError:
    if newest is None:
        return StalePolicyError("This page is of another policy. Load it again.")
    return StalePolicyError(
        "{name} saved version {n} of this policy {minutes} min ago, after you opened the page. Nothing of yours was "
        "stored: load the page again and set your places anew.",
        name=newest.author,
        n=newest.policy.version,
        minutes=max(0, round((now - newest.at).total_seconds() / 60)),
    )


def restore(work: Work, *, site_slug: str, n: int, note: str, expected: int, by: Keeper, now: datetime) -> int:
    """Version ``n`` once more, as the newest one; 0 is the default policy. Raises NotFoundError, StalePolicyError."""
    with work() as unit:
        site = enrolments.site(unit.connection, site_slug)
        old = policies.version(unit.connection, site.id, n)
    return save(work, site_slug=site_slug, policy=old.policy, note=note, expected=expected, by=by, now=now)


def _record(unit: UnitOfWork, by: Keeper, site_slug: str, n: int, note: str) -> None:
    details = {"version": n, "note": note}
    audit_log.record(unit.connection, actor=by.actor, act="policy.set", subject=site_slug, details=details)


@dataclass(frozen=True, slots=True)
class Lately:
    """The scores of the last days: their heaps, and over how many days they are spread (0: nothing was scored)."""

    heaps: Sequence[Heap]
    days: int

    def of(self, label: Label) -> list[Heap]:
        return [heap for heap in self.heaps if heap.label is label]


def lately(work: Work, site_id: int, *, today: date, scripts: Sequence[Script], label: Label | None = None) -> Lately:
    """What the last ``DAYS`` days' comments of a site scored, in these scripts."""
    since = today - timedelta(days=DAYS - 1)
    with work() as unit:
        days = score_tallies.days_covered(unit.connection, site_id, since=since)
        found = score_tallies.heaps(unit.connection, site_id, since=since, scripts=scripts, label=label)
    return Lately(found, days)


def decided_lately(work: Work, site_id: int, *, today: date) -> Sequence[Heap]:
    """Of the last ``DAYS`` days' heaps those with a decision of people, in every script."""
    with work() as unit:
        since = today - timedelta(days=DAYS - 1)
        return score_tallies.heaps(unit.connection, site_id, since=since, scripts=list(Script), decided=True)


def tried(seen: Lately, now: Policy, then: Policy) -> Mapping[Label, WhatIf]:
    """What another policy would have done with the last days' comments, label by label."""
    return what_if.compare(seen.heaps, now, then)
