"""How a scored comment is tallied, so that a policy page can say what another threshold would have done.

For each label a comment falls into a heap: its script, the bin of its score, and what all *other* checks asked for.
The last is what makes a count honest: a comment with an insult in it and a threat is held either way, so a lower
threshold for insults holds nothing more. Bins are as wide as a slider's step, so no count is an estimate.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from moderation.domain.policy import Check
from moderation.domain.vocabulary import Action, Label

BINS: Final = 100
"""Bins of equal width over [0, 1]; a score of 1 falls into the last."""
OVERALL: Final = "overall"
"""Stands in a label's place for the comment as a whole: bin 0, and ``rest`` is what the whole policy asked for."""
_SPECK: Final = 1e-9
"""Binary fractions fall a speck short of a decimal threshold (0.29 * 100 = 28.999…), which still counts as reached."""


class Place(NamedTuple):
    """A heap of one comment: ``rest`` is the strictest action that the checks of anything but ``label`` asked for."""

    label: str
    bin: int
    rest: Action


class Ran(NamedTuple):
    """What a tally needs of a check that ran, from the domain or as it was stored."""

    label: str | None
    action: Action
    value: float | None


def bin_of(score: float) -> int:
    return min(BINS - 1, math.floor(score * BINS + _SPECK))


def reached_from(threshold: float) -> int:
    """The first bin whose scores all reach a threshold."""
    return math.ceil(threshold * BINS - _SPECK)


def ran(checks: Iterable[Check]) -> list[Ran]:
    return [Ran(check.label, check.action, check.value) for check in checks]


def places(checks: Sequence[Ran]) -> list[Place]:
    """The heaps of a comment by its checks, the strictest first; none where nothing could score it, but the overall."""
    if not checks:
        return []
    strictest = checks[0]
    second = checks[1].action if len(checks) > 1 else Action.PUBLISH
    found = [Place(OVERALL, 0, strictest.action)]
    for label, _, value in checks:
        if label is not None and value is not None:
            found.append(Place(label, bin_of(value), second if label == strictest.label else strictest.action))
    return found


class Heap(NamedTuple):
    """Comments of one script, bin and ``rest``, and how many of them people of the desk published or rejected."""

    label: Label
    script: str
    rest: Action
    bin: int
    scored: int
    published: int
    rejected: int
