"""Step 7: what the desks decided → training and what measures → teach → the gate → report → save → promote.

No transaction is open while the classifier learns, and nothing is written before everything is computed, so that an
interrupt leaves nothing half done. Nobody learns from what measures: gold sets, fresh random labels, the part held out
by author and BanglaCheck's test half are kept out of training with all their near-copies.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from classifiers import Bundle, load_bundle
from classifiers.training import (
    SHARES,
    DataError,
    Example,
    Note,
    Verdict,
    apart_from,
    cases,
    learning_curve,
    teach,
    unheard,
)
from moderation.domain.errors import ConflictError, InvalidValueError
from moderation.steps import gathering, gating, outcome_changes, promoting, retraining_report
from moderation.steps.gathering import Gathered
from moderation.steps.gating import Sets
from moderation.steps.outcome_changes import Recent
from moderation.steps.promoting import OPERATOR
from moderation.steps.retraining_report import Told
from moderation.store import bundles
from moderation.store.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Retrained:
    """What a retraining made, and whether it is live now. ``refusal`` says why it is not, if that was asked for."""

    bundle: str
    digest: str
    base: str
    live_before: str
    examples: int
    decisions: int
    left_out: int
    measuring: int
    """Examples that were kept out because they are near-copies of what measures."""
    held_out: int
    verdict: Verdict
    changes: int
    compared: int
    """Of how many of the newest comments the outcome was compared, and ``changes``: how many would change."""
    promoted: bool
    refusal: str | None
    report: Path


@dataclass(frozen=True, eq=False)
class _Read:
    """All that is read before the work begins: the bundle to teach, which learned from no desk, the live one to compare
    with, and what measures.
    """

    taught: Bundle
    live: Bundle
    champion: bundles.Listed
    sets: Sets
    audit_since: datetime | None
    recent: Recent


@dataclass(frozen=True, slots=True)
class _Parted:
    training: list[Example]
    held_out: list[Example]
    measuring: int


def retrain(
    work: Work,
    *,
    labelled: Sequence[Path] = (),
    site_slugs: Sequence[str] = (),
    with_decisions: bool = True,
    without_people: Sequence[str] = (),
    folder: Path,
    now: datetime,
    promote: bool = False,
    force: bool = False,
    by: str = OPERATOR,
    seed: int = 0,
    progress: Note = unheard,
) -> Retrained:
    """Teaches, measures, reports and saves a bundle; promotes it if asked and let through by the gate, or if forced.

    ``labelled`` are files with ``text`` and the labels; ``site_slugs`` limits the decisions to those sites;
    ``without_people`` leaves out what those people labelled (see ``gathering``); the report goes to a folder of its
    own under ``folder``.

    Raises:
        InvalidValueError: there is nothing to learn from, a file cannot be used (the message names the line), or
            nobody is known by a name in ``without_people``.
        ConflictError: there is no live bundle to start from, or a gold set is not what was imported.
    """
    step = progress("reading decisions and files", 2)
    gathered = gathering.gather(
        work,
        labelled=labelled,
        site_slugs=site_slugs,
        with_decisions=with_decisions,
        without_people=without_people,
        now=now,
    )
    step(1)
    read = _read(work, now)
    step(1)
    step = progress("keeping out what measures", 1)
    parted = _parted(gathered, read.sets, seed)
    step(1)
    name = f"desk-{now:%Y%m%d-%H%M%S}"
    candidate = _taught(read.taught, parted.training, name, seed, progress)
    step = progress("measuring: gold set, random labels, BanglaCheck", 3)
    judged = gating.judge_bundle(read.live, candidate, read.sets, parted.held_out, step)
    candidate = replace(candidate, metrics=_metrics(candidate, judged.verdict, parted, read, seed))
    step = progress("comparing outcomes of the newest comments", 1)
    changes = outcome_changes.changes(read.recent, read.live, candidate, now=now)
    step(1)
    step = progress("drawing the learning curve", len(SHARES))
    curve = learning_curve(read.taught, candidate, parted.training, judged.evidence, seed, step)
    step = progress("writing the report", 1)
    told = Told(name, read.champion.name, read.taught.name, now, _facts(gathered, parted), judged, changes, curve)
    with retraining_report.written(folder / name, told) as report:
        step(1)
        refusal = _save(work, candidate, judged.verdict, read.champion, promote=promote, force=force, by=by)
    return Retrained(
        bundle=name,
        digest=candidate.digest,
        base=read.taught.name,
        live_before=read.champion.name,
        examples=len(parted.training),
        decisions=len(gathered.decisions),
        left_out=gathered.left_out,
        measuring=parted.measuring,
        held_out=len(parted.held_out),
        verdict=judged.verdict,
        changes=len(changes.all),
        compared=changes.of,
        promoted=promote and refusal is None,
        refusal=refusal,
        report=report,
    )


def _read(work: Work, now: datetime) -> _Read:
    """The live bundle, the one that it goes back to through all that desks have taught, and what measures."""
    with work() as unit:
        stored = bundles.listed(unit.connection)
        champion = next((one for one in stored if one.live), None)
        if champion is None:
            raise ConflictError("No bundle is promoted. Run `migrate`, which brings the starter, then try again.")
        live = load_bundle(bundles.content_of(unit.connection, champion.id))
        taught = live
        for parent in _parents(live.digest, {row.digest: row for row in stored}):
            taught = load_bundle(bundles.content_of(unit.connection, parent.id))
        since = gating.fresh_since(champion)
        sets = gating.read_sets(unit, now=now, since=since)
        return _Read(taught, live, champion, sets, since, outcome_changes.read_recent(unit))


def _parents(digest: str, by_digest: Mapping[str, bundles.Listed]) -> Iterator[bundles.Listed]:
    """The bundles that this one was taught from, the nearest first, as far as they are kept here."""
    met = {digest}
    while digest in by_digest:
        digest = str(by_digest[digest].metrics.get("taught_from", ""))
        if digest not in by_digest or digest in met:
            return
        met.add(digest)
        yield by_digest[digest]


def _parted(gathered: Gathered, sets: Sets, seed: int) -> _Parted:
    """What to learn from and what is held out, neither with a near-copy of what else measures."""
    found = [*gathered.decisions, *gathered.files]
    if not found:
        raise InvalidValueError(
            "There is nothing to learn from: nobody has decided on a comment yet. Decide on some in the dashboard, or "
            "give a labelled file."
        )
    kept = apart_from(found, [*sets.texts, *(case.text for case in cases("test"))])
    training, held_out = gathering.part(kept, seed)
    if not training:
        raise InvalidValueError(
            "There is nothing to learn from: all labelled comments are kept to measure with (gold sets, fresh random "
            "labels, one author in five). Decide on more comments, or give a labelled file."
        )
    return _Parted(training, held_out, len(found) - len(kept))


def _taught(base: Bundle, training: Sequence[Example], name: str, seed: int, progress: Note) -> Bundle:
    try:
        return teach(base, training, name=name, seed=seed, progress=progress)
    except DataError as error:
        raise InvalidValueError(
            f"Nothing can be learned: {error}. Decide on more comments, both ways, or give a labelled file."
        ) from error


def _metrics(candidate: Bundle, verdict: Verdict, parted: _Parted, read: _Read, seed: int) -> dict[str, Any]:
    return {
        **dict(candidate.metrics or {}),
        "examples": len(parted.training),
        "held_out": len(parted.held_out),
        "seed": seed,
        gating.AUDIT_SINCE: read.audit_since.isoformat() if read.audit_since else None,
        "measured": [one.to_dict() for one in verdict.tests if one.is_whole and one.difference is not None],
    }


def _facts(gathered: Gathered, parted: _Parted) -> list[tuple[str, int]]:
    return [
        ("Examples learned from", len(parted.training)),
        ("decisions read", len(gathered.decisions)),
        ("rows of files read", len(gathered.files)),
        ("left out with the people who gave them", gathered.left_out),
        ("kept out as near-copies of what measures", parted.measuring),
        ("held out by author", len(parted.held_out)),
    ]


def _save(
    work: Work, candidate: Bundle, verdict: Verdict, champion: bundles.Listed, *, promote: bool, force: bool, by: str
) -> str | None:
    """Keeps the candidate with its verdict, and promotes it where that was asked and may be; gives the reason why it
    may not.

    Raises:
        ConflictError: another bundle went live meanwhile; the verdict is not about that one.
    """
    refusal = verdict.refusal if promote and not force else None
    with work() as unit:
        live = bundles.promoted(unit.connection, champion.digest)
        if live is None or live.bundle_id != champion.id:
            raise ConflictError("Another bundle went live while this one learned. Run `retrain` again.")
        identity = promoting.register(unit, candidate, origin="retrain")
        gating.record(unit, identity, champion.id, verdict)
        if promote and refusal is None:
            found = bundles.find(unit.connection, candidate.digest)
            gating.promote_judged(unit, found, verdict.refusal, by=by, why="retrained", force=force)
    return refusal
