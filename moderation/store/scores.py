"""Scores and outcomes, stored by the batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
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

# One JSON document for the batch: the driver would escape each element of a jsonb array by itself, in Python.
_OUTCOMES = text("""
INSERT INTO outcomes (revision_id, policy_version, action, rule, label, value, threshold, checks, applied)
SELECT revision_id, policy_version, action, rule, label, value, threshold, checks, applied
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS t(revision_id bigint, policy_version int, action text, rule text, label text, value float8, threshold float8,
          checks jsonb, applied bool)
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
    documents = [_outcome_document(*one) for one in outcomes]
    rows = connection.execute(_OUTCOMES, {"rows": orjson.dumps(documents).decode()})
    return {revision_id: outcome_id for outcome_id, revision_id in rows}


def _outcome_document(revision_id: int, outcome: Outcome, applied: bool) -> dict[str, Any]:
    decisive = outcome.checks[0]
    return {
        "revision_id": revision_id,
        "policy_version": outcome.policy_version,
        "action": outcome.action.value,
        "rule": decisive.rule,
        "label": decisive.label,
        "value": decisive.value,
        "threshold": decisive.threshold,
        "checks": [check_document(check) for check in outcome.checks],
        "applied": applied,
    }


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
