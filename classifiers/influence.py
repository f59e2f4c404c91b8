"""How much each example of a desk counts: what was decided lately more than what was decided long ago, and no author
and no moderator more than their share.

A limit is a share of what all count *after* limiting: whoever labels most of a desk's comments cannot outvote the
rest by labelling more. NumPy only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.examples import Example
from classifiers.weights import Floats

HALF_LIFE: Final = 5_000
"""After so many further decisions one counts half (chosen on a desk that changes its mind, docs/classifier.md)."""
PERSON_SHARE: Final = 0.2
AUTHOR_SHARE: Final = 0.02
TIMES_EQUAL: Final = 1.5
"""A person counts at most the larger of PERSON_SHARE and so many times an equal share; an author likewise."""
REGULAR: Final = 20
"""From so many labels on somebody is one of those among whom shares are equal: who tried the dashboard once does not
make the others' work count less.
"""
AUTHOR_FREE: Final = 5.0
"""Comments of one author that count in full, however small the desk is."""


@dataclass(frozen=True)
class Influence:
    """``weights``, one for each example, and what the limits did: the largest shares before and after."""

    weights: Floats
    people: int
    person_before: float
    person_after: float
    authors: int
    author_before: float
    author_after: float

    def to_dict(self) -> dict[str, float]:
        """Plain values for a bundle's metrics; nobody is named."""
        return {
            "people": self.people,
            "largest_person_before": round(self.person_before, 4),
            "largest_person": round(self.person_after, 4),
            "authors": self.authors,
            "largest_author_before": round(self.author_before, 4),
            "largest_author": round(self.author_after, 4),
        }


def influence_of(examples: Sequence[Example]) -> Influence:
    """How much each example counts. Those without a person or a group, such as a file's, are under no limit for one;
    those without a time count as if given now.
    """
    given = np.array([example.weight for example in examples]) * recency(examples)
    people, authors = _numbered([each.person for each in examples]), _numbered([each.group for each in examples])
    by_author = _limited(given, authors, AUTHOR_SHARE, _count(authors), AUTHOR_FREE)
    regular = int((np.bincount(people[people >= 0], minlength=1) >= REGULAR).sum())
    weights = _limited(by_author, people, PERSON_SHARE, regular, 0.0)
    return Influence(
        weights, _count(people), _largest(given, people), _largest(weights, people),
        _count(authors), _largest(given, authors), _largest(weights, authors),
    )  # fmt: skip


def recency(examples: Sequence[Example]) -> Floats:
    """2 to the power of -(decisions made later / HALF_LIFE); 1 for examples without a time."""
    result = np.ones(len(examples))
    timed = [index for index, example in enumerate(examples) if example.decided_at is not None]
    timed.sort(key=lambda index: examples[index].decided_at.timestamp())  # type: ignore[union-attr]
    result[timed] = 0.5 ** (np.arange(len(timed))[::-1] / HALF_LIFE)
    return result


def _numbered(names: Sequence[str]) -> NDArray[np.int64]:
    """A number for each name; -1 for none."""
    numbers = {name: number for number, name in enumerate(sorted({*names} - {""}))}
    return np.array([numbers.get(name, -1) for name in names], dtype=np.int64)


def _count(owners: NDArray[np.int64]) -> int:
    return int(owners.max(initial=-1)) + 1


def _largest(weights: Floats, owners: NDArray[np.int64]) -> float:
    """The largest owner's share of what all owned examples count."""
    sums = np.bincount(owners[owners >= 0], weights=weights[owners >= 0], minlength=1)
    return float(sums.max() / sums.sum()) if sums.sum() else 0.0


def _limited(weights: Floats, owners: NDArray[np.int64], share: float, equal: int, free: float) -> Floats:
    """The weights with each owner's brought down to the limit, which is a share of what all owners count then."""
    owned = owners >= 0
    sums: Floats = np.bincount(owners[owned], weights=weights[owned], minlength=1).astype(np.float64)
    limit = _limit(sums, max(share, TIMES_EQUAL / max(equal, 1)), free)
    result = weights.copy()
    result[owned] *= (limit / np.maximum(sums, limit))[owners[owned]] if limit else 1.0
    return result


def _limit(sums: Floats, share: float, free: float) -> float:
    """The largest limit that is the larger of ``free`` and ``share`` of all sums after none exceeds it.

    Of the largest ``capped`` owners each then counts ``share`` of the total, the others count in full: total = their
    sum / (1 - capped · share).
    """
    ordered = np.sort(sums)[::-1]
    for capped in range(len(ordered)):
        if capped * share >= 1:
            break
        limit = max(free, share * float(ordered[capped:].sum()) / (1 - capped * share))
        if ordered[capped] <= limit:
            return limit
    return free
