"""All that a report tells of one retraining."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from classifiers.training import CurvePoint
from moderation.steps.gating import Judged
from moderation.steps.outcome_changes import Changes

Theme = Literal["light", "dark"]


@dataclass(frozen=True, eq=False)
class Told:
    """One retraining: what it learned from, what the gate says, what would change."""

    candidate: str
    champion: str
    base: str
    at: datetime
    facts: Sequence[tuple[str, int]]
    judged: Judged
    changes: Changes
    curve: Sequence[CurvePoint]
