"""Draws some of the automatic outcomes for a person who looks at them blind. The comments stand as they were decided.

Nothing is held and nothing is told to the site because of a draw (docs/decisions/0011).
"""

from collections.abc import Iterator, Mapping, Sequence

from moderation.domain.audit import Lots, Shares, is_eligible, is_near, shares
from moderation.domain.vocabulary import Action, Script
from moderation.steps.analysing import Analysed
from moderation.store import audit_sample
from moderation.store.audit_sample import Draw, NewDraw, Progress
from moderation.store.policies import SiteRules
from moderation.store.unit_of_work import UnitOfWork

Amounts = Mapping[tuple[str, int | None], int]


def draw(unit: UnitOfWork, applied: Sequence[Analysed], rules: Mapping[int, SiteRules], lots: Lots) -> Amounts:
    """Stores the draws among these outcomes; returns what the counters of later draws grow by."""
    eligible = [
        one
        for one in applied
        if is_eligible(one.outcome) and one.scored is not None and _draws(rules[one.waiting.site_id])
    ]
    if not eligible:
        return {}
    sites = sorted({one.waiting.site_id for one in eligible})
    progress = audit_sample.progress(unit.connection, sites)
    at = {site_id: _shares(rules[site_id], progress[site_id]) for site_id in sites}
    near = {one.waiting.id for one in eligible if is_near(one.outcome)}
    audit_sample.add(unit.connection, list(_drawn(eligible, near, at, lots)))
    return _amounts(eligible, near)


def _draws(rules: SiteRules) -> bool:
    return rules.policy.audit_share > 0 or rules.policy.mix_in > 0


def _shares(rules: SiteRules, progress: Progress) -> Shares:
    return shares(
        rules.policy.audit_share,
        decided=progress.decided,
        eligible=progress.eligible,
        near=progress.near,
        mix_in=rules.policy.mix_in,
        held=progress.held,
    )


def _drawn(eligible: Sequence[Analysed], near: set[int], at: Mapping[int, Shares], lots: Lots) -> Iterator[NewDraw]:
    for one in eligible:
        share, lot = at[one.waiting.site_id], lots(one.waiting.revision_id)
        if lot.random < share.random:
            yield _new(one, Draw.RANDOM, share.random, lot.priority)
        elif one.waiting.id in near and lot.uncertain < share.uncertain:
            yield _new(one, Draw.UNCERTAIN, (1.0 - share.random) * share.uncertain, lot.priority)
        elif _is_ordinary(one, near) and lot.mixed < share.mixed:
            yield _new(one, Draw.MIXED, (1.0 - share.random) * share.mixed, lot.priority)


def _is_ordinary(one: Analysed, near: set[int]) -> bool:
    return one.outcome.action is Action.PUBLISH and one.waiting.id not in near


def _new(one: Analysed, draw: Draw, propensity: float, priority: float) -> NewDraw:
    return NewDraw(
        site_id=one.waiting.site_id,
        comment_id=one.waiting.id,
        revision_id=one.waiting.revision_id,
        draw=draw,
        script=Script(one.scored.script) if one.scored else Script.UNDETERMINED,
        action=one.outcome.action,
        propensity=propensity,
        priority=priority,
    )


def _amounts(eligible: Sequence[Analysed], near: set[int]) -> Amounts:
    amounts: dict[tuple[str, int | None], int] = {}
    for one in eligible:
        site_id = one.waiting.site_id
        names = (audit_sample.ELIGIBLE, audit_sample.NEAR) if one.waiting.id in near else (audit_sample.ELIGIBLE,)
        for name in names:
            amounts[name, site_id] = amounts.get((name, site_id), 0) + 1
    return amounts
