"""Step 7: what the desks decided → training and held-out part → teach → compare with the live bundle → save → promote.

No transaction is open while the classifier learns. Which examples are held out is fixed by their author, so that a
bundle which learned from the same desk before has not seen them either, and the comparison is a fair one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from classifiers import LABELS, Bundle, load_bundle
from classifiers.training import DataError, Example, Note, Report, evaluate_bundle, teach, unheard
from moderation.domain.errors import ConflictError, InvalidValueError, PromotionRefusedError
from moderation.steps import gathering, retraining_report
from moderation.steps.retraining_report import Compared, Comparison
from moderation.store import audit_log, bundles
from moderation.store.unit_of_work import Work

OPERATOR: Final = "operator"
_LEAST_OF_EACH: Final = 5
"""Held-out ones and zeros that a label needs to be compared; below that a figure says nothing."""
_NOT_WORSE: Final = 0.005
"""By how much the mean AUC may fall and count as equal: within the noise of a few hundred examples."""
_LEAST_FALL: Final = 0.03
"""By how much the AUC of one label may fall while others rise."""


@dataclass(frozen=True, slots=True)
class Retrained:
    """What a retraining made, and whether it is live now; ``refusal`` says why it is not, if that was asked for."""

    bundle: str
    digest: str
    base: str
    live_before: str
    examples: int
    decisions: int
    left_out: int
    held_out: int
    comparison: Comparison
    promoted: bool
    refusal: str | None
    report: Path


@dataclass(frozen=True, slots=True)
class _Bases:
    """The bundle to teach, which learned from no desk, and the live one to compare with."""

    taught: Bundle
    live: Bundle


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
    """Teaches, measures, reports and saves a bundle; promotes it if asked and not worse, or if forced.

    ``labelled`` are files with ``text`` and the labels; ``site_slugs`` limits the decisions to those sites;
    ``without_people`` leaves out what those people labelled (see ``gathering``); the report goes to a folder of its
    own under ``folder``.

    Raises:
        InvalidValueError: there is nothing to learn from, a file cannot be used (the message names the line), or
            nobody is known by a name in ``without_people``.
        ConflictError: there is no live bundle to start from.
    """
    step = progress("reading decisions and files", 1)
    gathered = gathering.gather(
        work,
        labelled=labelled,
        site_slugs=site_slugs,
        with_decisions=with_decisions,
        without_people=without_people,
        now=now,
    )
    training, held_out = gathering.part([*gathered.decisions, *gathered.files], seed)
    step(1)
    if not training:
        raise InvalidValueError(
            "There is nothing to learn from: nobody has decided on a comment yet. Decide on some in the dashboard, or "
            "give a labelled file."
        )
    bases = _bases(work)
    name = f"desk-{now:%Y%m%d-%H%M%S}"
    candidate = _taught(bases.taught, training, name, seed, progress)
    step = progress("measuring both bundles", 1)
    comparison = compare(bases.live, candidate, held_out, seed)
    step(1)
    candidate = replace(candidate, metrics=_metrics(candidate, comparison, training, held_out, seed))
    step = progress("writing the report", 1)
    report = retraining_report.write(folder / name, candidate.name, bases.live.name, len(training), comparison)
    step(1)
    refusal = _save(work, candidate, comparison, promote=promote, force=force, by=by)
    return Retrained(
        bundle=name,
        digest=candidate.digest,
        base=bases.taught.name,
        live_before=bases.live.name,
        examples=len(training),
        decisions=len(gathered.decisions),
        left_out=gathered.left_out,
        held_out=len(held_out),
        comparison=comparison,
        promoted=promote and refusal is None,
        refusal=refusal,
        report=report,
    )


def _taught(base: Bundle, training: Sequence[Example], name: str, seed: int, progress: Note) -> Bundle:
    try:
        return teach(base, training, name=name, seed=seed, progress=progress)
    except DataError as error:
        raise InvalidValueError(
            f"Nothing can be learned: {error}. Decide on more comments, both ways, or give a labelled file."
        ) from error


def _bases(work: Work) -> _Bases:
    """The live bundle, and the one that it goes back to through all that desks have taught."""
    with work() as unit:
        promoted = bundles.promoted(unit.connection)
        if promoted is None or promoted.content is None:
            raise ConflictError("No bundle is promoted. Run `migrate`, which brings the starter, then try again.")
        live = load_bundle(promoted.content)
        by_digest = {row.digest: row for row in bundles.listed(unit.connection)}
        taught = live
        for parent in _parents(live.digest, by_digest):
            taught = load_bundle(bundles.content_of(unit.connection, parent.id))
        return _Bases(taught, live)


def _parents(digest: str, by_digest: Mapping[str, bundles.Listed]) -> Iterator[bundles.Listed]:
    """The bundles that this one was taught from, the nearest first, as far as they are kept here."""
    met = {digest}
    while digest in by_digest:
        digest = str(by_digest[digest].metrics.get("taught_from", ""))
        if digest not in by_digest or digest in met:
            return
        met.add(digest)
        yield by_digest[digest]


def compare(live: Bundle, candidate: Bundle, held_out: Sequence[Example], seed: int) -> Comparison:
    """Both bundles on the held-out examples, label by label where there are enough of either value."""
    if not held_out:
        return Comparison((), 0)
    before, after = evaluate_bundle(live, held_out, seed), evaluate_bundle(candidate, held_out, seed)
    found = (_compared(label, before, after) for label in LABELS)
    return Comparison(tuple(one for one in found if one is not None), len(held_out))


def _compared(label: str, before: Report, after: Report) -> Compared | None:
    old, new = before.labels.get(label), after.labels.get(label)
    if old is None or new is None or min(new.positives, new.rows - new.positives) < _LEAST_OF_EACH:
        return None
    if old.auc is None or new.auc is None:
        return None
    return Compared(
        label, new.rows, new.positives, old.auc, new.auc, old.auc_interval, new.auc_interval, old.ece, new.ece
    )


def refuse_worse(comparison: Comparison) -> None:
    """Raises PromotionRefusedError unless the candidate is shown to be no worse than the live bundle."""
    if not comparison.labels:
        raise PromotionRefusedError(
            f"No label has {_LEAST_OF_EACH} held-out examples of either value, so nothing shows that the new bundle is "
            "not worse. Decide on more comments, give a labelled file, or promote it by force."
        )
    fallen = [one for one in comparison.labels if one.after < one.before - _LEAST_FALL]
    if fallen:
        worst = min(fallen, key=lambda one: one.after - one.before)
        raise PromotionRefusedError(
            f"The new bundle is worse on {worst.label}: AUC {worst.after:.3f} instead of {worst.before:.3f} on the "
            "held-out part. Look at the report; promote it by force if that is meant."
        )
    if comparison.mean_after < comparison.mean_before - _NOT_WORSE:
        raise PromotionRefusedError(
            f"The new bundle is worse: mean AUC {comparison.mean_after:.3f} instead of {comparison.mean_before:.3f} on "
            "the held-out part. Look at the report; promote it by force if that is meant."
        )


def _metrics(
    candidate: Bundle, comparison: Comparison, training: Sequence[Example], held_out: Sequence[Example], seed: int
) -> dict[str, Any]:
    return {
        **dict(candidate.metrics or {}),
        "examples": len(training),
        "held_out": len(held_out),
        "seed": seed,
        "compared": [one.to_dict() for one in comparison.labels],
    }


def _save(work: Work, candidate: Bundle, comparison: Comparison, *, promote: bool, force: bool, by: str) -> str | None:
    """Keeps the candidate and promotes it where that was asked and may be; gives the reason why it may not."""
    refusal = _refusal(comparison) if promote else None
    with work() as unit:
        identity = bundles.register(
            unit.connection,
            name=candidate.name,
            digest=candidate.digest,
            content=candidate.to_bytes(),
            card=candidate.card,
            metrics=dict(candidate.metrics or {}),
            origin="retrain",
        )
        if promote and (refusal is None or force):
            why = f"retrained; forced although: {refusal}" if refusal else "retrained; not worse on the held-out part"
            bundles.promote(unit.connection, identity, by=by, why=why)
            details = {"forced": refusal is not None, "refusal": refusal}
            audit_log.record(unit.connection, actor=by, act="bundle.promoted", subject=candidate.name, details=details)
    return None if force else refusal


def _refusal(comparison: Comparison) -> str | None:
    try:
        refuse_worse(comparison)
    except PromotionRefusedError as error:
        return str(error)
    return None
