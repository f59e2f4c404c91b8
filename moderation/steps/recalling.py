"""Step 4, beside it: what the desk decided on the past comments that are most like one, and whether it was of one mind.

Only decisions of people that still stand count, and only those of the comment's own site.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from classifiers import normalise, sketch
from moderation.domain.vocabulary import Verdict
from moderation.store.likenesses import Precedent

SHOWN: Final = 5
PREVAILS: Final = 4
"""Of SHOWN: so many that agree make a rule which the next decision should not break unawares."""
LEAST: Final = 0.4
"""Likeness from which a past comment says something: none of our different sentences reach it (bench/likeness.py)."""

Find = Callable[[Sequence[int]], Sequence[Precedent]]
"""The decided comments that share one of these keys."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A precedent and how alike it is, in [LEAST, 1]."""

    precedent: Precedent
    likeness: float


@dataclass(frozen=True, slots=True)
class Memory:
    """The most alike first, of equals the newest; ``prevailing`` is what at least PREVAILS of SHOWN were decided as."""

    recalled: Sequence[Recalled]
    prevailing: Verdict | None
    agreeing: int
    """How many were."""


NOTHING: Final = Memory((), None, 0)


def recall(text: str, find: Find) -> Memory:
    """What the desk decided on comments like this text."""
    own = sketch(normalise(text))
    bands = own.bands()
    if not bands:
        return NOTHING
    found = [Recalled(one, own.likeness(sketch(one.normalised))) for one in find(bands)]
    near = sorted((one for one in found if one.likeness >= LEAST), key=lambda one: (one.likeness, one.precedent.at))
    shown = near[::-1][:SHOWN]
    verdict, agreeing = Counter(one.precedent.verdict for one in shown).most_common(1)[0] if shown else (None, 0)
    return Memory(shown, verdict if agreeing >= PREVAILS and len(shown) == SHOWN else None, agreeing)
