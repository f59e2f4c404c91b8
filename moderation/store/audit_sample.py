"""Automatic outcomes that were drawn for a blind look, and what people said of them.

A draw never changes the comment: it stands as it was decided while it waits. It is answered by any person's decision
on the very wording that was drawn, and by their latest where they changed their minds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, and_, func, or_, select, text, update

from moderation.domain.estimate import Tally
from moderation.domain.vocabulary import Action, Label, Script, State, Verdict
from moderation.store import training_examples
from moderation.store.documents import document
from moderation.store.schema import AuditDraw, Comment, Counter, Decision, Revision

_STANDING_STATES: Final = (State.PUBLISHED.value, State.REJECTED.value)
ELIGIBLE: Final = "audit_eligible"
NEAR: Final = "audit_near_threshold"
"""Counters, by site: automatic outcomes that could have been drawn, and those of them near a threshold."""
DECIDED: Final = "decided"
"""The counter of people's decisions, by site."""
HELD: Final = "held"
"""The counter of what was held, by site."""
_COUNTERS: Final = (DECIDED, ELIGIBLE, NEAR, HELD)
"""In the order of ``Progress``."""


class Draw(StrEnum):
    """``random`` measures; ``uncertain``, near a threshold, teaches; ``mixed`` is an ordinary comment among abuse.

    Only the first enters estimates.
    """

    RANDOM = "random"
    UNCERTAIN = "uncertain"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class NewDraw:
    """One outcome that was drawn, at this probability; ``priority`` is its place in the review queue."""

    site_id: int
    comment_id: int
    revision_id: int
    draw: Draw
    script: Script
    action: Action
    propensity: float
    priority: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a desk is: people's decisions, outcomes that could be drawn, those near a threshold, what was held."""

    decided: int = 0
    eligible: int = 0
    near: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Labelled:
    """A wording that was drawn at random and that a person has decided on, the automatic outcome beside it.

    ``values`` are what the decision says of each label, in the order of ``Label``, or ``None`` where it says nothing
    of any (off topic, legal, and the like). ``blind`` is false where the person saw why the comment was held.
    """

    revision_id: int
    comment_id: int
    site_id: int
    author_id: int
    text: str
    script: Script
    action: Action
    propensity: float
    verdict: Verdict
    labels: tuple[Label, ...]
    reason: str | None
    values: training_examples.Values | None
    blind: bool
    drawn_at: datetime
    decided_at: datetime


_ADD = text("""
INSERT INTO audit_sample (site_id, comment_id, revision_id, draw, script, action, propensity, priority)
SELECT site_id, comment_id, revision_id, draw, script, action, propensity, priority
FROM json_to_recordset(CAST(:rows AS json))
     AS t(site_id bigint, comment_id bigint, revision_id bigint, draw text, script text, action text,
          propensity float8, priority float8)
ON CONFLICT (revision_id) DO NOTHING
""")


def add(connection: Connection, draws: Sequence[NewDraw]) -> None:
    """Stores what was drawn; a wording is drawn once at most."""
    if draws:
        connection.execute(_ADD, {"rows": document(draws)})


def progress(connection: Connection, site_ids: Sequence[int]) -> dict[int, Progress]:
    """How far each of these desks is; from counters, so it costs the same on a desk of ten years."""
    rows = connection.execute(
        select(Counter.site_id, Counter.name, func.sum(Counter.amount))
        .where(Counter.name.in_(_COUNTERS), Counter.site_id == func.any(list(site_ids)))
        .group_by(Counter.site_id, Counter.name)
    )
    counts = {(site, name): int(amount) for site, name, amount in rows}
    return {site: Progress(*(counts.get((site, name), 0) for name in _COUNTERS)) for site in site_ids}


def answer(connection: Connection, comment_id: int, revision: int, decision_id: int, *, blind: bool) -> bool:
    """A person decided on a wording; whether that was the blind look at a draw that waited for one.

    ``blind`` says whether the comment stood, and so was shown blind, if it waited. A later decision of a person on the
    same wording takes the answer's place. A draw that was given up on stays so: who comes to it later was sent there by
    something, a reader's complaint perhaps, and would count too much.
    """
    row = connection.execute(
        select(AuditDraw.id, AuditDraw.closed_at)
        .join(Revision, Revision.id == AuditDraw.revision_id)
        .where(
            AuditDraw.comment_id == comment_id,
            Revision.n == revision,
            or_(AuditDraw.closed_at.is_(None), AuditDraw.decision_id.is_not(None)),
        )
    ).one_or_none()
    if row is None:
        return False
    waited = row.closed_at is None
    first = {"blind": blind, "closed_at": func.now()} if waited else {}
    connection.execute(update(AuditDraw).where(AuditDraw.id == row.id).values(decision_id=decision_id, **first))
    return waited and blind


def reopen(connection: Connection, decision_id: int) -> bool | None:
    """Takes an answer back; whether it was given blind, on a comment that stood, or ``None`` where it was no answer."""
    row = connection.execute(select(AuditDraw.id, AuditDraw.blind).where(_answered_by(connection, decision_id))).first()
    if row is None:
        return None
    connection.execute(
        update(AuditDraw).where(AuditDraw.id == row.id).values(decision_id=None, blind=None, closed_at=None)
    )
    return bool(row.blind)


def _answered_by(connection: Connection, decision_id: int) -> Any:  # noqa: ANN401 - a condition
    comment_id = connection.scalar(select(Decision.comment_id).where(Decision.id == decision_id))
    return and_(AuditDraw.comment_id == comment_id, AuditDraw.decision_id == decision_id)


def waits(connection: Connection, comment_id: int, revision: int) -> bool:
    """Whether this wording was drawn and waits for its look."""
    row = connection.execute(
        select(AuditDraw.id)
        .join(Revision, Revision.id == AuditDraw.revision_id)
        .where(AuditDraw.comment_id == comment_id, Revision.n == revision, AuditDraw.closed_at.is_(None))
    ).first()
    return row is not None


def close_unanswerable(connection: Connection, *, drawn_before: datetime) -> int:
    """Closes draws whose wording is no longer the comment's, and those that nobody got to; returns how many."""
    gone = (
        select(AuditDraw.id)
        .join(Comment, Comment.id == AuditDraw.comment_id)
        .join(Revision, Revision.id == AuditDraw.revision_id)
        .where(
            AuditDraw.closed_at.is_(None),
            or_(
                Revision.n != Comment.current_revision,
                Comment.state == State.DELETED.value,
                AuditDraw.drawn_at < drawn_before,
            ),
        )
    )
    closing = update(AuditDraw).where(AuditDraw.id.in_(gone), AuditDraw.closed_at.is_(None))
    return connection.execute(closing.values(closed_at=func.now())).rowcount


_TALLIES = text("""
SELECT a.script, a.action, a.propensity, count(*) AS drawn, count(d.id) AS answered,
       count(*) FILTER (WHERE CASE a.action
           WHEN 'publish' THEN d.verdict = 'reject' AND coalesce(d.reason, 'labels') = 'labels'
           ELSE d.verdict = 'approve' END) AS wrong
FROM audit_sample a LEFT JOIN decisions d
     ON d.id = a.decision_id AND d.verdict IS NOT NULL AND (d.undo_until IS NULL OR d.undo_until <= :now)
WHERE a.draw = 'random' AND a.drawn_at >= :since AND (:everywhere OR a.site_id = ANY(CAST(:sites AS bigint[])))
GROUP BY 1, 2, 3
""")


def tallies(
    connection: Connection, *, now: datetime, since: datetime, site_ids: Sequence[int] | None = None
) -> list[Tally]:
    """Random draws since a time, by stratum and probability, with how many were answered and how many were wrong.

    Published is wrong where a person rejects it for a label; a rejection for another reason (off topic, legal) finds
    no fault with the classifier. Rejected is wrong where a person publishes it.
    """
    values = {"now": now, "since": since, "everywhere": site_ids is None, "sites": list(site_ids or ())}
    rows = connection.execute(_TALLIES, values)
    return [Tally(Script(row.script), Action(row.action), *row[2:]) for row in rows]


def open_draws(connection: Connection) -> int:
    """How many draws wait for their look."""
    return connection.scalar(select(func.count()).select_from(AuditDraw).where(AuditDraw.closed_at.is_(None))) or 0


def labelled(
    connection: Connection,
    *,
    now: datetime,
    since: datetime | None = None,
    site_ids: Sequence[int] | None = None,
) -> Iterator[Labelled]:
    """Random draws that a person has decided on, the oldest first; decisions in their grace period are not yet final.

    ``since`` bounds the time of the draw. The estimates weigh each by ``1 / propensity``.
    """
    query = _labelled_query(now)
    if since is not None:
        query = query.where(AuditDraw.drawn_at >= since)
    if site_ids is not None:
        query = query.where(AuditDraw.site_id == func.any(list(site_ids)))
    rows = connection.execute(query, execution_options={"yield_per": 2_000})
    yield from (_labelled(row) for row in rows.mappings())


def _labelled(row: Mapping[Any, Any]) -> Labelled:
    verdict, labels = Verdict(row["verdict"]), tuple(Label(label) for label in row["labels"])
    return Labelled(
        **{
            **row,
            "script": Script(row["script"]),
            "action": Action(row["action"]),
            "verdict": verdict,
            "labels": labels,
            "values": training_examples.taught(verdict, labels, row["reason"]),
            "blind": bool(row["blind"]),
        }
    )


def _labelled_query(now: datetime) -> Any:  # noqa: ANN401 - a query, whose type names every column
    return (
        select(
            AuditDraw.revision_id,
            AuditDraw.comment_id,
            AuditDraw.site_id,
            Comment.author_id,
            Revision.text,
            AuditDraw.script,
            AuditDraw.action,
            AuditDraw.propensity,
            Decision.verdict,
            Decision.labels,
            Decision.reason,
            AuditDraw.blind,
            AuditDraw.drawn_at,
            Decision.at.label("decided_at"),
        )
        .join(Comment, Comment.id == AuditDraw.comment_id)
        .join(Revision, Revision.id == AuditDraw.revision_id)
        .join(Decision, Decision.id == AuditDraw.decision_id)
        .where(
            AuditDraw.draw == Draw.RANDOM.value,
            Decision.verdict.is_not(None),
            or_(Decision.undo_until.is_(None), Decision.undo_until <= now),
        )
        .order_by(AuditDraw.id)
    )
