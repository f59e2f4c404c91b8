"""What the audit sample says of all automatic outcomes: shares with 95% intervals, by script.

Draws were made at known probabilities, higher in a desk's beginning, so each answer counts one over its own (Hájek's
ratio estimator). The interval is Wilson's, which keeps its promise where a share is near 0 and answers are few, on the
effective number of answers, ``(Σw)² / Σw²`` (Kish, Survey Sampling, 1965): as compared for weighted samples by Franco,
Little, Louis and Slud, Journal of Survey Statistics and Methodology 7 (2019), 334-364.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from moderation.domain.vocabulary import Action, Script

ENOUGH: Final = 30
"""Answers below which no share is told: its interval would span most of what there is."""
WINDOW: Final = timedelta(days=30)
"""The draws that an estimate looks back on where nothing else is asked for."""
_Z: Final = 1.959964
"""The normal quantile of a 95% interval."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Random draws of one script, action and probability: made, answered, and those whose answer says it was wrong."""

    script: Script
    action: Action
    propensity: float
    drawn: int
    answered: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share in [0, 1] and its 95% interval; ``effective`` is how many unweighted answers would say as much."""

    share: float
    low: float
    high: float
    effective: float


@dataclass(frozen=True, slots=True)
class Audited:
    """What is known of the outcomes of one action: of one script, or of all where that is ``None``.

    The estimate is of the harmful among the published, or of the good among the rejected; ``None`` is not enough yet.
    """

    action: Action
    script: Script | None
    drawn: int
    answered: int
    wrong: int
    estimate: Estimate | None


def audited(tallies: Sequence[Tally]) -> list[Audited]:
    """For either action first all scripts together, then each script that something was drawn of."""
    found = []
    for action in (Action.PUBLISH, Action.REJECT):
        of_action = [one for one in tallies if one.action is action]
        found.append(_audited(action, None, of_action))
        for script in Script:
            of_script = [one for one in of_action if one.script is script]
            if of_script:
                found.append(_audited(action, script, of_script))
    return found


def _audited(action: Action, script: Script | None, tallies: Sequence[Tally]) -> Audited:
    answered = sum(one.answered for one in tallies)
    return Audited(
        action=action,
        script=script,
        drawn=sum(one.drawn for one in tallies),
        answered=answered,
        wrong=sum(one.wrong for one in tallies),
        estimate=weighted_share(tallies) if answered >= ENOUGH else None,
    )


def weighted_share(tallies: Iterable[Tally]) -> Estimate:
    """The share of wrong outcomes among those that the answered draws stand for; nothing known where there are none."""
    weights = squares = wrong = 0.0
    for one in tallies:
        weights += one.answered / one.propensity
        squares += one.answered / one.propensity**2
        wrong += one.wrong / one.propensity
    if not weights:
        return Estimate(0.5, 0.0, 1.0, 0.0)
    effective = weights**2 / squares
    share = min(1.0, wrong / weights)
    low, high = wilson(share, effective)
    return Estimate(share, low, high, effective)


def wilson(share: float, n: float) -> tuple[float, float]:
    """The 95% score interval of a share among ``n`` (Wilson, JASA 22 (1927), 209-212); ``n`` need not be whole."""
    shrink = 1.0 + _Z**2 / n
    middle = (share + _Z**2 / (2 * n)) / shrink
    half = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2)) / shrink
    return max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share))
