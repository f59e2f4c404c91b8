"""Scores and outcomes, stored by the batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text

from moderation.domain.policy import Check, Outcome
from moderation.domain.vocabulary import Label
from moderation.store.documents import document
from moderation.store.schema import Revision, Score

_SCORE_NAMES = ", ".join(label.value for label in Label)
_SCORE_COLUMNS = ", ".join(f"{label.value} real" for label in Label)

_RECORD = text(f"""
WITH scored AS (
    SELECT * FROM json_to_recordset(CAST(:rows AS json))
        AS t(revision_id bigint, normalised text, script text, {_SCORE_COLUMNS})),
wording AS (
    UPDATE revisions r SET normalised = s.normalised, script = s.script FROM scored s WHERE r.id = s.revision_id)
INSERT INTO scores (revision_id, bundle_id, {_SCORE_NAMES})
SELECT revision_id, :bundle_id, {_SCORE_NAMES} FROM scored
ON CONFLICT (revision_id, bundle_id) DO UPDATE SET shadow = false WHERE scores.shadow
""")  # noqa: S608 - the interpolated parts are the constants above

_RECORD_SHADOW = text(f"""
INSERT INTO scores (revision_id, bundle_id, shadow, {_SCORE_NAMES})
SELECT revision_id, :bundle_id, true, {_SCORE_NAMES}
FROM json_to_recordset(CAST(:rows AS json)) AS t(revision_id bigint, {_SCORE_COLUMNS})
ON CONFLICT DO NOTHING
""")  # noqa: S608 - the interpolated parts are the constants above

_OUTCOMES = text("""
INSERT INTO outcomes (revision_id, policy_version, action, rule, label, value, threshold, checks, applied)
SELECT revision_id, policy_version, action, rule, label, value, threshold, checks, applied
FROM json_to_recordset(CAST(:rows AS json))
     AS t(revision_id bigint, policy_version int, action text, rule text, label text, value float8, threshold float8,
          checks json, applied bool)
RETURNING id, revision_id
""")

_LABELS = tuple(label.value for label in Label)


@dataclass(frozen=True, slots=True)
class Scored:
    """The seven probabilities of one revision, in the order of ``Label``, with its normalised text and script."""

    revision_id: int
    normalised: str
    script: str
    scores: Sequence[float]


def record(connection: Connection, bundle_id: int, scored: Sequence[Scored]) -> None:
    """Stores scores once a revision and bundle; a second time changes nothing, but a shadow's become the live one's."""
    rows = [{"normalised": one.normalised, "script": one.script, **_row(one)} for one in scored]
    connection.execute(_RECORD, {"rows": document(rows), "bundle_id": bundle_id})


def record_shadow(connection: Connection, bundle_id: int, scored: Sequence[Scored]) -> None:
    """Stores scores that decided nothing; where the bundle has scored a revision before, those stay."""
    connection.execute(_RECORD_SHADOW, {"rows": document([_row(one) for one in scored]), "bundle_id": bundle_id})


def _row(one: Scored) -> dict[str, Any]:
    return {"revision_id": one.revision_id, **dict(zip(_LABELS, one.scores, strict=True))}


def record_outcomes(connection: Connection, outcomes: Sequence[tuple[int, Outcome, bool]]) -> Mapping[int, int]:
    """Stores outcomes, given as (revision, outcome, applied); returns each revision's outcome id."""
    rows = connection.execute(_OUTCOMES, {"rows": document([_outcome_row(*one) for one in outcomes])})
    return {revision_id: outcome_id for outcome_id, revision_id in rows}


def _outcome_row(revision_id: int, outcome: Outcome, applied: bool) -> dict[str, Any]:
    decisive = outcome.checks[0]
    return {
        "revision_id": revision_id,
        "policy_version": outcome.policy_version,
        "action": outcome.action,
        "rule": decisive.rule,
        "label": decisive.label,
        "value": decisive.value,
        "threshold": decisive.threshold,
        "checks": outcome.checks,
        "applied": applied,
    }


def check_document(check: Check) -> dict[str, Any]:
    """A check as a site is told of it: what it measured against what, and what it asked for."""
    return as_told(
        {
            "rule": check.rule,
            "action": check.action.value,
            "label": check.label.value if check.label else None,
            "value": check.value,
            "threshold": check.threshold,
            "detail": check.detail,
        }
    )


def as_told(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored check without what it does not say, its value rounded."""
    told = {name: value for name, value in stored.items() if value not in (None, "")}
    if "value" in told:
        told["value"] = round(told["value"], 4)
    return told


def scored_by(connection: Connection, comment_id: int, revision: int) -> int | None:
    """The bundle whose scores routed this wording, or ``None`` where none could score it."""
    return connection.scalar(
        select(Score.bundle_id)
        .join(Revision, Revision.id == Score.revision_id)
        .where(Revision.comment_id == comment_id, Revision.n == revision, Score.shadow.is_(False))
        .order_by(Score.at.desc(), Score.id.desc())
        .limit(1)
    )
