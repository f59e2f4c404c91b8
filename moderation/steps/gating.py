"""The gate before a promotion: a bundle goes live only where it is shown to be no worse than the one it replaces.

What it is measured on, and by which margins, is in ``classifiers.promotion``; here is what the desk has to measure
with: gold sets, which teach nobody, and those random labels of the audit sample that neither bundle has learned from.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from classifiers import Bundle, Scored, load_bundle
from classifiers.training import CheckComparison, Evidence, Example, Verdict, gathered, judge
from moderation.domain.errors import PromotionRefusedError
from moderation.domain.policy import Facts, Policy
from moderation.domain.policy import judge as judge_policy
from moderation.domain.vocabulary import Action, Script
from moderation.steps import promoting
from moderation.store import audit_log, audit_sample, bundles, enrolments, gate_verdicts, gold_sets, policies
from moderation.store.unit_of_work import UnitOfWork, Work

AUDIT_SINCE: Final = "audit_since"
"""Among a bundle's metrics: it was taught no label of the audit sample given after this time."""


@dataclass(frozen=True, eq=False)
class Sets:
    """What the desk can measure with. ``policies`` are those of the random labels' sites, ``policy`` of all else."""

    gold: Sequence[Example]
    random: Sequence[Example]
    weights: Sequence[float]
    policies: Sequence[Policy]
    policy: Policy

    @property
    def texts(self) -> list[str]:
        return [example.text for example in (*self.gold, *self.random)]


@dataclass(frozen=True, eq=False)
class Judged:
    """A verdict, and all that it was made of."""

    verdict: Verdict
    evidence: Sequence[Evidence]
    check: CheckComparison


def fresh_since(live: bundles.Listed) -> datetime | None:
    """From when on labels of the audit sample are new to a bundle: since it was taught here. ``None``: all are."""
    return live.created_at if "taught_from" in live.metrics else None


def read_sets(unit: UnitOfWork, *, now: datetime, since: datetime | None, taught_at: datetime | None = None) -> Sets:
    """All that the desk has to measure with at this time.

    ``since``: only random labels given later count. ``taught_at``: a bundle taught here then may have learned from
    gold sets that came later, so those do not count.

    Raises:
        ConflictError: a gold set is not what was imported.
    """
    drawn = [
        one
        for one in audit_sample.labelled(unit.connection, now=now)
        if one.values is not None and (since is None or one.decided_at > since)
    ]
    site_ids = sorted({one.site_id for one in drawn} | {one.id for one in enrolments.sites(unit.connection)})
    rules = policies.rules_of(unit.connection, site_ids)
    return Sets(
        [_gold(row) for one in _counting(unit, taught_at) for row in gold_sets.rows_of(unit.connection, one)],
        [Example(one.text, one.values or (), origin="audit", group=f"author {one.author_id}") for one in drawn],
        [1 / one.propensity for one in drawn],
        [rules[one.site_id].policy for one in drawn],
        next(iter(rules.values())).policy if len(rules) == 1 else Policy(),
    )


def _counting(unit: UnitOfWork, taught_at: datetime | None) -> list[gold_sets.Listed]:
    return [
        one
        for one in gold_sets.listed(unit.connection)
        if one.retired_at is None and (taught_at is None or one.created_at <= taught_at)
    ]


def _gold(row: gold_sets.Row) -> Example:
    return Example(row.text, row.values, origin="gold", group=row.author)


def judge_bundle(
    live: Bundle,
    candidate: Bundle,
    sets: Sets,
    held_out: Sequence[Example] = (),
    step: Callable[[int], None] = lambda _: None,
) -> Judged:
    """The gate's verdict on a bundle in place of the live one. Opens no transaction: it may take seconds."""
    weights = np.array(sets.weights, dtype=np.float64)
    evidence = [
        gathered("gold", sets.gold, live, candidate, _holds([sets.policy] * len(sets.gold))),
        gathered("audit", sets.random, live, candidate, _holds(sets.policies), weights),
        gathered("held_out", held_out, live, candidate, _holds([sets.policy] * len(held_out))),
    ]
    step(1)
    verdict, check = judge(live, candidate, evidence, step)
    return Judged(verdict, evidence, check)


def _holds(per_row: Sequence[Policy]) -> Callable[[Sequence[Scored]], Any]:
    def holds(scored: Sequence[Scored]) -> Any:  # noqa: ANN401 - an array of truth values
        kept = [
            judge_policy(policy, Facts(one.scores, Script(one.script))).action is not Action.PUBLISH
            for policy, one in zip(per_row, scored, strict=True)
        ]
        return np.array(kept, dtype=bool)

    return holds


def record(unit: UnitOfWork, bundle_id: int, champion_id: int | None, verdict: Verdict) -> None:
    """Keeps a verdict for those who promote later."""
    document = {**verdict.to_dict(), "refusal": verdict.refusal}
    gate_verdicts.add(
        unit.connection, bundle_id=bundle_id, champion_id=champion_id, allowed=verdict.allowed, document=document
    )


def promote_judged(
    unit: UnitOfWork, bundle: bundles.Listed, refusal: str | None, *, by: str, why: str, force: bool
) -> None:
    """Makes a bundle the live one if the gate has nothing against it, or by force, which the record tells.

    Raises:
        PromotionRefusedError: the gate refuses, and nobody forces it.
    """
    if refusal is not None and not force:
        raise PromotionRefusedError(
            f"{bundle.name} was not promoted. {refusal} To promote it all the same give --force, which is recorded."
        )
    told = f"{why}; forced although: {refusal}" if refusal else why
    bundles.promote(unit.connection, bundle.id, by=by, why=told)
    details = {"why": why, "forced": refusal is not None, "overrode": refusal}
    audit_log.record(unit.connection, actor=by, act="bundle.promoted", subject=bundle.name, details=details)


def promote(
    work: Work, name_or_digest: str, *, now: datetime, by: str = promoting.OPERATOR, why: str = "", force: bool = False
) -> bundles.Listed:
    """Makes a stored bundle the live one, once it has proved that it loads and the gate lets it through.

    A verdict that let it through in place of the very bundle that is live now still holds. One that did not is made
    anew, since the desk may have more to measure with by now.

    Raises:
        NotFoundError: there is none of this name or digest.
        BundleError: its stored bytes are not sound.
        PromotionRefusedError: the gate refuses, and nobody forces it; the message says why.
    """
    with work() as unit:
        found = bundles.find(unit.connection, name_or_digest)
        candidate = load_bundle(bundles.content_of(unit.connection, found.id))
    refusal = _refusal(work, found, candidate, now)
    with work() as unit:
        promote_judged(unit, found, refusal, by=by, why=why or "promoted by hand", force=force)
        return bundles.find(unit.connection, found.digest)


def _refusal(work: Work, found: bundles.Listed, candidate: Bundle, now: datetime) -> str | None:
    """Why the gate is against this bundle in place of the live one; a new verdict is kept."""
    with work() as unit:
        live = next((one for one in bundles.listed(unit.connection) if one.live), None)
        if live is None or live.id == found.id:
            return None  # there is nothing that it could be worse than
        stored = gate_verdicts.newest(unit.connection, bundle_id=found.id, champion_id=live.id)
        if stored is not None and stored.allowed:
            return None
        champion = load_bundle(bundles.content_of(unit.connection, live.id))
        taught = found if "taught_from" in found.metrics and found.origin == "retrain" else None
        sets = read_sets(
            unit, now=now, since=_latest(live.metrics, found.metrics), taught_at=taught.created_at if taught else None
        )
    verdict = replace(judge_bundle(champion, candidate, sets).verdict, candidate=found.name, champion=live.name)
    with work() as unit:
        record(unit, found.id, live.id, verdict)
    return verdict.refusal


def _latest(*metrics: Mapping[str, Any]) -> datetime | None:
    """From when on the audit sample is new to bundles with these metrics."""
    times = [datetime.fromisoformat(str(one[AUDIT_SINCE])) for one in metrics if one.get(AUDIT_SINCE)]
    return max(times, default=None)


def import_bundle(
    work: Work,
    path: Path,
    *,
    now: datetime,
    name: str | None = None,
    promoted: bool = False,
    force: bool = False,
    by: str = promoting.OPERATOR,
) -> bundles.Listed:
    """Stores a bundle from a file, and promotes it where asked and where the gate lets it through.

    A bundle that the gate refuses is stored all the same.

    Raises:
        BundleError: the file is not a sound bundle.
        AlreadyExistsError: another bundle has its name.
        PromotionRefusedError: the gate refuses, and nobody forces it; the message says why.
    """
    found = promoting.import_bundle(work, path, name=name, by=by)
    if not promoted:
        return found
    return promote(work, found.digest, now=now, by=by, why=f"imported from {path.name}", force=force)
