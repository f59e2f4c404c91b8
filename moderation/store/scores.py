"""Scores and outcomes, stored by the batch."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from moderation.domain.policy import Check, Outcome
from moderation.domain.vocabulary import Label

_SCORE_NAMES = ", ".join(label.value for label in Label)
_SCORE_ARRAYS = ", ".join(f"CAST(:{label.value} AS real[])" for label in Label)

_RECORD = text(f"""
WITH scored AS (
    SELECT * FROM unnest(CAST(:revision_id AS bigint[]), CAST(:normalised AS text[]), CAST(:script AS text[]),
                         {_SCORE_ARRAYS}) AS t(revision_id, normalised, script, {_SCORE_NAMES})),
wording AS (
    UPDATE revisions r SET normalised = s.normalised, script = s.script FROM scored s WHERE r.id = s.revision_id)
INSERT INTO scores (revision_id, bundle_id, {_SCORE_NAMES})
SELECT revision_id, :bundle_id, {_SCORE_NAMES} FROM scored ON CONFLICT DO NOTHING
""")  # noqa: S608 - the interpolated parts are the constants above

_OUTCOMES = text("""
INSERT INTO outcomes (revision_id, policy_version, action, rule, label, value, threshold, checks, applied)
SELECT * FROM unnest(CAST(:revision_id AS bigint[]), CAST(:policy_version AS int[]), CAST(:action AS text[]),
    CAST(:rule AS text[]), CAST(:label AS text[]), CAST(:value AS float8[]), CAST(:threshold AS float8[]),
    CAST(:checks AS jsonb[]), CAST(:applied AS bool[]))
RETURNING id, revision_id
""")


@dataclass(frozen=True, slots=True)
class Scored:
    """The seven probabilities of one revision, in the order of ``Label``, with its normalised text and script."""

    revision_id: int
    normalised: str
    script: str
    scores: Sequence[float]


def record(connection: Connection, bundle_id: int, scored: Sequence[Scored]) -> None:
    """Stores scores once a revision and bundle; a second time changes nothing."""
    columns: dict[str, Any] = {
        "revision_id": [one.revision_id for one in scored],
        "normalised": [one.normalised for one in scored],
        "script": [one.script for one in scored],
        "bundle_id": bundle_id,
    }
    for position, label in enumerate(Label):
        columns[label.value] = [float(one.scores[position]) for one in scored]
    connection.execute(_RECORD, columns)


def record_outcomes(connection: Connection, outcomes: Sequence[tuple[int, Outcome, bool]]) -> Mapping[int, int]:
    """Stores outcomes, given as (revision, outcome, applied); returns each revision's outcome id."""
    rows = connection.execute(
        _OUTCOMES,
        {
            "revision_id": [revision_id for revision_id, _, _ in outcomes],
            "policy_version": [outcome.policy_version for _, outcome, _ in outcomes],
            "action": [outcome.action.value for _, outcome, _ in outcomes],
            "rule": [outcome.checks[0].rule for _, outcome, _ in outcomes],
            "label": [outcome.checks[0].label for _, outcome, _ in outcomes],
            "value": [outcome.checks[0].value for _, outcome, _ in outcomes],
            "threshold": [outcome.checks[0].threshold for _, outcome, _ in outcomes],
            "checks": [json.dumps([check_document(check) for check in outcome.checks]) for _, outcome, _ in outcomes],
            "applied": [applied for _, _, applied in outcomes],
        },
    )
    return {revision_id: outcome_id for outcome_id, revision_id in rows}


def check_document(check: Check) -> dict[str, Any]:
    """A check as it is stored, shown and sent: what it measured against what, and what it asked for."""
    document: dict[str, Any] = {"rule": check.rule, "action": check.action.value}
    if check.label is not None:
        document["label"] = check.label.value
    if check.value is not None:
        document["value"] = round(check.value, 4)
    if check.threshold is not None:
        document["threshold"] = check.threshold
    if check.detail:
        document["detail"] = check.detail
    return document
