"""Comments and their revisions: reading one, claiming what waits, and every change of state.

A change of state is a conditional update that names the state and revision it was decided on; the rows it changed are
counted, so a job that runs twice, or comes late, does nothing.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, insert, select, text, update

from moderation.domain.vocabulary import Label, State, Verdict
from moderation.store.documents import document
from moderation.store.schema import Author, Bundle, Comment, Decision, Outcome, Revision, Score, Story
from moderation.store.scores import as_told


@dataclass(frozen=True, slots=True)
class Known:
    """A stored comment as receiving and deciding need it; the row is locked until the transaction ends."""

    id: int
    public_id: uuid.UUID
    site_id: int
    ext_id: str
    author_id: int
    state: State
    revision: int
    version: int
    standing_decision_id: int | None
    reports: int
    historical: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """The current revision of a comment."""

    id: int
    n: int
    text: str
    html: str | None
    site_revision: int | None
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claimed comment, with all that scoring and the policy look at."""

    id: int
    public_id: uuid.UUID
    site_id: int
    ext_id: str
    revision_id: int
    revision: int
    version: int
    text: str
    links: int
    reports: int
    story_id: int
    author_id: int
    author_published: int
    attempts: int
    received_at: datetime
    story_held_until: datetime | None
    sanction: str | None
    sanctioned_until: datetime | None
    rejected_before: bool


@dataclass(frozen=True, slots=True)
class CommentStatus:
    """What the status address tells a site about its comment."""

    public_id: uuid.UUID
    ext_id: str
    state: State
    revision: int
    version: int
    script: str | None
    scores: dict[str, float] | None
    bundle: str | None
    decision: dict[str, Any] | None
    reasons: list[dict[str, Any]]
    received_at: datetime


_KNOWN = (
    Comment.id,
    Comment.public_id,
    Comment.site_id,
    Comment.ext_id,
    Comment.author_id,
    Comment.state,
    Comment.current_revision,
    Comment.version,
    Comment.standing_decision_id,
    Comment.reports,
    Comment.historical,
)


def _locked(connection: Connection, condition: ColumnElement[bool]) -> Known | None:
    row = connection.execute(select(*_KNOWN).where(condition).with_for_update()).one_or_none()
    if row is None:
        return None
    identity, public_id, site_id, ext_id, author_id, state, *rest = row
    return Known(identity, public_id, site_id, ext_id, author_id, State(state), *rest)


def lock(connection: Connection, site_id: int, ext_id: str) -> Known | None:
    """The comment by the site's own id, locked for this transaction."""
    return _locked(connection, and_(Comment.site_id == site_id, Comment.ext_id == ext_id))


def lock_public(connection: Connection, public_id: uuid.UUID) -> Known | None:
    """The comment by our public id, locked for this transaction."""
    return _locked(connection, Comment.public_id == public_id)


def lock_by_id(connection: Connection, comment_id: int) -> Known:
    """The comment by its row id, locked for this transaction."""
    known = _locked(connection, Comment.id == comment_id)
    assert known is not None  # noqa: S101 - ids come from foreign keys
    return known


def transaction_time(connection: Connection) -> datetime:
    """When the current transaction began, by the database's clock."""
    return connection.execute(select(func.now())).scalar_one()


def wording(connection: Connection, comment_id: int, n: int) -> Wording:
    row = connection.execute(
        select(
            Revision.id, Revision.n, Revision.text, Revision.html, Revision.site_revision, Revision.written_at
        ).where(Revision.comment_id == comment_id, Revision.n == n)
    ).one()
    return Wording(*row)


def add_revision(
    connection: Connection,
    known: Known,
    *,
    text: str,
    html: str | None,
    links: int,
    written_at: datetime,
    site_revision: int | None,
) -> None:
    """A new wording, which waits to be scored; deleted comments must not come here."""
    n = known.revision + 1
    connection.execute(
        insert(Revision).values(
            comment_id=known.id,
            n=n,
            text=text,
            html=html,
            links=links,
            written_at=written_at,
            site_revision=site_revision,
        )
    )
    connection.execute(
        update(Comment)
        .where(Comment.id == known.id)
        .values(state=State.WAITING, current_revision=n, attempts=0, lease_until=None, state_at=func.now())
    )


def restamp(connection: Connection, revision_id: int, *, written_at: datetime, site_revision: int | None) -> None:
    """A newer edit to the same words: when it was made, and the site's number of it."""
    number = func.coalesce(site_revision, Revision.site_revision)
    connection.execute(
        update(Revision).where(Revision.id == revision_id).values(written_at=written_at, site_revision=number)
    )


def set_state(connection: Connection, comment_id: int, state: State, *, priority: float | None = None) -> None:
    values: dict[str, Any] = {"state": state, "state_at": func.now()}
    if priority is not None:
        values["priority"] = priority
    connection.execute(update(Comment).where(Comment.id == comment_id).values(**values))


def advance(
    connection: Connection, comment_id: int, state: State, *, standing_decision_id: int | None, version: int
) -> None:
    """Moves a locked comment on: its new state, the decision that stands, and the version the site will hear."""
    connection.execute(
        update(Comment)
        .where(Comment.id == comment_id)
        .values(state=state, standing_decision_id=standing_decision_id, version=version, state_at=func.now())
    )


def _claimable(*, single: bool) -> Select[int]:
    """Fresh comments go by the batch; one whose batch failed or died is taken alone, so that it harms no other."""
    fresh = Comment.attempts == 0 if not single else Comment.attempts > 0
    free = (Comment.lease_until.is_(None)) | (Comment.lease_until < func.now())
    return select(Comment.id).where(Comment.state == State.WAITING.value, fresh, free)


def claim_waiting(connection: Connection, *, most: int, single: bool, lease: timedelta) -> list[Waiting]:
    """Takes a lease on up to ``most`` waiting comments and raises their ``attempts``, before any work is done."""
    chosen = _claimable(single=single).order_by(Comment.id).limit(most).with_for_update(skip_locked=True).cte("chosen")
    claimed = connection.execute(
        update(Comment)
        .where(Comment.id.in_(select(chosen.c.id)))
        .values(attempts=Comment.attempts + 1, lease_until=func.now() + lease)
        .returning(Comment.id)
    ).scalars()
    ids = list(claimed)
    return _read_waiting(connection, ids) if ids else []


def newest(connection: Connection, most: int) -> list[Waiting]:
    """The comments received last, the oldest first, as if they waited still; what the site deleted is left out."""
    ids = connection.scalars(
        select(Comment.id).where(Comment.state != State.DELETED.value).order_by(Comment.id.desc()).limit(most)
    ).all()
    return _read_waiting(connection, ids)


WAITING_COLUMNS: Final = (
    Comment.id,
    Comment.public_id,
    Comment.site_id,
    Comment.ext_id,
    Revision.id,
    Revision.n,
    Comment.version,
    Revision.text,
    Revision.links,
    Comment.reports,
    Comment.story_id,
    Comment.author_id,
    Author.published,
    Comment.attempts,
    Revision.received_at,
    Story.held_until,
    Author.sanction,
    Author.sanctioned_until,
)
"""The fields of ``Waiting`` but the last, which depends on what is asked for."""


def _read_waiting(connection: Connection, ids: Sequence[int]) -> list[Waiting]:
    rows = connection.execute(
        select(
            *WAITING_COLUMNS,
            func.coalesce(Decision.verdict == Verdict.REJECT.value, false()),
        )
        .join(Revision, and_(Revision.comment_id == Comment.id, Revision.n == Comment.current_revision))
        .join(Author, Author.id == Comment.author_id)
        .join(Story, Story.id == Comment.story_id)
        .outerjoin(Decision, Decision.id == Comment.standing_decision_id)
        .where(Comment.id == func.any(ids))
        .order_by(Comment.id)
    )
    return [Waiting(*row) for row in cast("Iterable[Any]", rows)]


@dataclass(frozen=True, slots=True)
class Routed:
    """Where routing sends a waiting comment, the decision that stands behind it, if one was made, and what it was
    found to be: its script, the label that was decisive with its score, and the earlier wording that it is like.
    """

    id: int
    state: State
    priority: float
    version: int
    decision_id: int | None
    script: str | None
    label: str | None
    alike_to: int | None = None
    label_score: float | None = None


_STILL_WAITING = text("""
SELECT c.id FROM comments c
JOIN unnest(CAST(:id AS bigint[]), CAST(:revision AS int[]), CAST(:attempts AS int[]), CAST(:reports AS int[]))
    AS t(id, revision, attempts, reports)
    ON t.id = c.id AND c.current_revision = t.revision AND c.attempts = t.attempts AND c.reports = t.reports
WHERE c.state = 'waiting' ORDER BY c.id FOR UPDATE OF c
""")

# A hold decides nothing: what stood before it is remembered, so that a second edit of a rejected comment is held too.
_SETTLE = text("""
UPDATE comments c
SET state = r.state, priority = r.priority, version = r.version, script = r.script, label = r.label,
    alike_to = r.alike_to,
    label_score = r.label_score,
    standing_decision_id = CASE WHEN r.state = 'held' THEN c.standing_decision_id ELSE r.decision_id END,
    attempts = 0, lease_until = NULL, state_at = now()
FROM json_to_recordset(CAST(:rows AS json))
     AS r(id bigint, state text, priority float8, version int, decision_id bigint, script text, label text,
          label_score real, alike_to bigint)
WHERE c.id = r.id
""")


def lock_waiting(connection: Connection, claimed: Sequence[Waiting]) -> set[int]:
    """Locks those that still wait as they were claimed, wording, reports and claim; returns their ids."""
    values = {
        "id": [one.id for one in claimed],
        "revision": [one.revision for one in claimed],
        "attempts": [one.attempts for one in claimed],
        "reports": [one.reports for one in claimed],
    }
    return set(connection.execute(_STILL_WAITING, values).scalars())


def settle(connection: Connection, routed: Sequence[Routed]) -> None:
    """Moves comments on that ``lock_waiting`` has locked, in one statement."""
    connection.execute(_SETTLE, {"rows": document(routed)})


def release(connection: Connection, ids: Sequence[int]) -> None:
    """Ends the leases of comments whose scoring failed, so that the next job need not wait for them."""
    connection.execute(update(Comment).where(Comment.id == func.any(list(ids))).values(lease_until=None))


# Rows are locked in the order of their ids, or two batches with the same authors could wait for each other for ever.
# That is a statement of its own: one that locks and updates looks for a row twice in one snapshot, and may have to wait
# at the version that it saw first for another who waits there for it.
_LOCK_AUTHORS = text("SELECT id FROM authors WHERE id = ANY(CAST(:author AS bigint[])) ORDER BY id FOR NO KEY UPDATE")
_COUNT_VERDICTS = text("""
UPDATE authors a SET published = a.published + moved.published, rejected = a.rejected + moved.rejected
FROM unnest(CAST(:author AS bigint[]), CAST(:published AS int[]), CAST(:rejected AS int[]))
     AS moved(author_id, published, rejected)
WHERE a.id = moved.author_id
""")


def count_verdicts(connection: Connection, moves: Sequence[tuple[int, State, State]]) -> None:
    """Keeps the authors' counts true to moves of their comments, given as (author, from, to)."""
    sums = _sums(moves)
    if not sums:
        return
    given: dict[str, object] = {"author": list(sums)}
    if len(sums) > 1:
        connection.execute(_LOCK_AUTHORS, given)
    published, rejected = (list(column) for column in zip(*sums.values(), strict=True))
    connection.execute(_COUNT_VERDICTS, {**given, "published": published, "rejected": rejected})


def _sums(moves: Sequence[tuple[int, State, State]]) -> dict[int, tuple[int, int]]:
    """By how much each author's published and rejected comments grow, without those who stay as they are."""
    sums: dict[int, tuple[int, int]] = {}
    for author, before, to in moves:
        published, rejected = sums.get(author, (0, 0))
        sums[author] = (
            published + (to is State.PUBLISHED) - (before is State.PUBLISHED),
            rejected + (to is State.REJECTED) - (before is State.REJECTED),
        )
    return {author: both for author, both in sums.items() if any(both)}


def authors_of(connection: Connection, site_id: int, ext_ids: Sequence[str]) -> list[int]:
    """The author of each of these comments, given by the site's own ids; one who wrote several comes several times."""
    condition = and_(Comment.site_id == site_id, Comment.ext_id == func.any(list(ext_ids)))
    return list(connection.scalars(select(Comment.author_id).where(condition)))


def waiting_counts(connection: Connection) -> tuple[bool, bool]:
    """Whether claimable comments wait: for a batch, and one by one."""
    fresh = select(_claimable(single=False).exists())
    suspects = select(_claimable(single=True).exists())
    return bool(connection.scalar(fresh)), bool(connection.scalar(suspects))


def status_of(connection: Connection, site_id: int, ext_id: str) -> CommentStatus | None:
    """State, scores, decision and reasons of one comment by the site's own id, with four short look-ups by key."""
    comment = connection.execute(
        select(
            Comment.public_id,
            Comment.ext_id,
            Comment.state,
            Comment.current_revision,
            Comment.version,
            Comment.received_at,
            Comment.standing_decision_id,
            Revision.id.label("revision_id"),
            Revision.script,
        )
        .join(Revision, and_(Revision.comment_id == Comment.id, Revision.n == Comment.current_revision))
        .where(Comment.site_id == site_id, Comment.ext_id == ext_id)
    ).one_or_none()
    if comment is None:
        return None
    scores, bundle = _scores_of(connection, comment.revision_id)
    return CommentStatus(
        public_id=comment.public_id,
        ext_id=comment.ext_id,
        state=State(comment.state),
        revision=comment.current_revision,
        version=comment.version,
        script=comment.script,
        scores=scores,
        bundle=bundle,
        decision=_decision_of(connection, comment.standing_decision_id),
        reasons=_reasons_of(connection, comment.revision_id),
        received_at=comment.received_at,
    )


def _scores_of(connection: Connection, revision_id: int) -> tuple[dict[str, float] | None, str | None]:
    columns = [getattr(Score, label.value) for label in Label]
    row = connection.execute(
        select(Bundle.name, *columns)
        .join(Bundle, Bundle.id == Score.bundle_id)
        .where(Score.revision_id == revision_id, ~Score.shadow)
        .order_by(Score.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None, None
    name, *values = row
    return {label.value: round(value, 6) for label, value in zip(Label, values, strict=True)}, name


def _decision_of(connection: Connection, decision_id: int | None) -> dict[str, Any] | None:
    if decision_id is None:
        return None
    row = connection.execute(
        select(
            Decision.public_id, Decision.verdict, Decision.reason, Decision.labels, Decision.actor, Decision.at
        ).where(Decision.id == decision_id)
    ).one()
    return {
        "id": str(row.public_id),
        "verdict": row.verdict,
        "reason": row.reason,
        "labels": row.labels,
        "decided_by": row.actor,
        "decided_at": row.at.isoformat(),
    }


def _reasons_of(connection: Connection, revision_id: int) -> list[dict[str, Any]]:
    checks = connection.scalar(
        select(Outcome.checks).where(Outcome.revision_id == revision_id).order_by(Outcome.id.desc()).limit(1)
    )
    return [as_told(check) for check in checks or [] if check["action"] != "publish"]
