"""How much abuse a person has read at the desk, from their own rejections: for their eyes only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

PAUSE: Final = timedelta(minutes=15)
"""Whoever decides nothing for so long has had a break: the next decision begins a new sitting."""


@dataclass(frozen=True, slots=True)
class Made:
    """One decision of the person: when, and whether it rejected abuse."""

    at: datetime
    abusive: bool


@dataclass(frozen=True, slots=True)
class Exposure:
    """Abusive comments today and in the present sitting, and the minutes that it has lasted; 0 where none runs."""

    today: int = 0
    sitting: int = 0
    minutes: int = 0

    def break_due(self, after: int) -> bool:
        """Whether to suggest a break, for somebody who wants that after so many minutes; 0 is never."""
        return 0 < after <= self.minutes


def exposure(made: Sequence[Made], *, midnight: datetime, now: datetime) -> Exposure:
    """From a person's decisions, the newest first; the sitting goes back to the first pause, at most to the last."""
    sitting = _sitting(made, now)
    return Exposure(
        today=sum(one.abusive for one in made if one.at >= midnight),
        sitting=sum(one.abusive for one in sitting),
        minutes=int((now - sitting[-1].at).total_seconds() // 60) if sitting else 0,
    )


def _sitting(made: Sequence[Made], now: datetime) -> Sequence[Made]:
    later = now
    for n, one in enumerate(made):
        if later - one.at > PAUSE:
            return made[:n]
        later = one.at
    return made
