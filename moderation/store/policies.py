"""The rules that a site's comments are routed by: mode, policy version, term lists."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from moderation.domain.errors import NotFoundError
from moderation.domain.policy import (
    DEFAULT_BREAKER,
    DEFAULT_BY_SCRIPT,
    DEFAULT_THRESHOLDS,
    Breaker,
    Policy,
    Thresholds,
)
from moderation.domain.term_lists import TermMatcher
from moderation.domain.vocabulary import Label, Mode, Script
from moderation.store import term_lists
from moderation.store.schema import PolicyVersion, Site

_NO_TERMS: Final = TermMatcher()


@dataclass(frozen=True, slots=True)
class SiteRules:
    site_id: int
    slug: str
    mode: Mode
    hold_everything_until: datetime | None
    policy: Policy
    terms: TermMatcher


_SITES = select(Site.id, Site.slug, Site.mode, Site.hold_everything_until).where(Site.id == func.any(bindparam("ids")))
_NEWEST_POLICIES = (
    select(PolicyVersion.site_id, PolicyVersion.n, PolicyVersion.document)
    .ext(distinct_on(PolicyVersion.site_id))
    .where(PolicyVersion.site_id == func.any(bindparam("ids")))
    .order_by(PolicyVersion.site_id, PolicyVersion.n.desc())
)


def rules_of(connection: Connection, site_ids: Sequence[int]) -> Mapping[int, SiteRules]:
    """Each site's rules as they stand now."""
    policies = _newest_policies(connection, site_ids)
    terms = term_lists.matchers(connection, site_ids)
    sites = connection.execute(_SITES, {"ids": list(site_ids)})
    return {
        row.id: SiteRules(
            site_id=row.id,
            slug=row.slug,
            mode=Mode(row.mode),
            hold_everything_until=row.hold_everything_until,
            policy=policies.get(row.id, Policy()),
            terms=terms.get(row.id, _NO_TERMS),
        )
        for row in sites
    }


def _newest_policies(connection: Connection, site_ids: Sequence[int]) -> dict[int, Policy]:
    rows = connection.execute(_NEWEST_POLICIES, {"ids": list(site_ids)})
    return {row.site_id: policy_of(row.n, row.document) for row in rows}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a site's policy, and who made it."""

    policy: Policy
    author: str
    note: str
    at: datetime


def save(connection: Connection, site_id: int, document: Mapping[str, Any], *, author: str, note: str) -> int:
    """A new version of a site's policy; returns its number. Two at once collide on the unique key, none is lost."""
    newest = connection.scalar(select(func.max(PolicyVersion.n)).where(PolicyVersion.site_id == site_id)) or 0
    connection.execute(
        insert(PolicyVersion).values(site_id=site_id, n=newest + 1, document=dict(document), author=author, note=note)
    )
    return int(newest) + 1


def lock(connection: Connection, site_id: int) -> None:
    """Of several who would save a policy of this site, the others wait until the transaction ends."""
    connection.execute(select(Site.id).where(Site.id == site_id).with_for_update(key_share=True))


def history(connection: Connection, site_id: int, *, before: int | None = None, limit: int) -> list[Version]:
    """A site's versions, the newest first, below a number where one is given."""
    query = select(PolicyVersion).where(PolicyVersion.site_id == site_id)
    if before is not None:
        query = query.where(PolicyVersion.n < before)
    rows = connection.execute(query.order_by(PolicyVersion.n.desc()).limit(limit))
    return [Version(policy_of(row.n, row.document), row.author, row.note, row.at) for row in rows]


def version(connection: Connection, site_id: int, n: int) -> Version:
    """One version. Number 0 is the default policy, which nobody made. Raises NotFoundError."""
    if n == 0:
        return Version(Policy(), "", "", datetime.fromtimestamp(0, UTC))
    found = history(connection, site_id, before=n + 1, limit=1)
    if not found or found[0].policy.version != n:
        raise NotFoundError("This site's policy has no such version. Load the page again.")
    return found[0]


def policy_of(version: int, document: Mapping[str, Any]) -> Policy:
    """The policy that a stored document describes; what it leaves out is as in the default policy."""
    default = Policy()
    return Policy(
        version=version,
        thresholds={**DEFAULT_THRESHOLDS, **_thresholds(document.get("thresholds", {}))},
        by_script=_by_script(document),
        hold_first_comments=document.get("hold_first_comments", default.hold_first_comments),
        hold_links_over=document.get("hold_links_over", default.hold_links_over),
        hold_reports_from=document.get("hold_reports_from", default.hold_reports_from),
        audit_share=document.get("audit_share", default.audit_share),
        blind=document.get("blind", default.blind),
        mask=document.get("mask", default.mask),
        mix_in=document.get("mix_in", default.mix_in),
        breaker=_breaker(document.get("breaker", {})),
    )


def _by_script(document: Mapping[str, Any]) -> dict[Script, Mapping[Label, Thresholds]]:
    """What the document says for a script, and of the default what it says nothing about: a threshold that is set for
    every script is meant for every script.
    """
    stated = {Script(script): _thresholds(labels) for script, labels in document.get("by_script", {}).items()}
    general = document.get("thresholds", {})
    kept = {
        script: {label: pair for label, pair in labels.items() if label.value not in general}
        for script, labels in DEFAULT_BY_SCRIPT.items()
    }
    merged = {script: {**kept.get(script, {}), **stated.get(script, {})} for script in Script}
    return {script: labels for script, labels in merged.items() if labels}


def document_of(policy: Policy) -> dict[str, Any]:
    """The stored form of a policy; ``policy_of`` reads it back."""
    return {
        "thresholds": _threshold_document(policy.thresholds),
        "by_script": {script.value: _threshold_document(labels) for script, labels in policy.by_script.items()},
        "hold_first_comments": policy.hold_first_comments,
        "hold_links_over": policy.hold_links_over,
        "hold_reports_from": policy.hold_reports_from,
        "audit_share": policy.audit_share,
        "blind": policy.blind,
        "mask": policy.mask,
        "mix_in": policy.mix_in,
        "breaker": asdict(policy.breaker) if policy.breaker else None,
    }


def _breaker(document: Mapping[str, Any] | None) -> Breaker | None:
    return None if document is None else replace(DEFAULT_BREAKER, **document)


def _thresholds(document: Mapping[str, Mapping[str, float | None]]) -> dict[Label, Thresholds]:
    return {Label(label): Thresholds(pair.get("hold"), pair.get("reject")) for label, pair in document.items()}


def _threshold_document(thresholds: Mapping[Label, Thresholds]) -> dict[str, dict[str, float | None]]:
    return {label.value: {"hold": pair.hold, "reject": pair.reject} for label, pair in thresholds.items()}
