"""Does a group's name by itself raise or lower scores? Templates filled with each group in turn tell.

The three AUCs are those of Borkan and others, "Nuanced Metrics for Measuring Unintended Bias" (2019), on pairs: cases
of a group are compared with cases of the other groups in the very same templates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.banglacheck.cases import Case

Floats = NDArray[np.float64]
Interval = tuple[float, float]

_RESAMPLES = 1_000


@dataclass(frozen=True)
class GroupGap:
    """How well hateful templates are told from the others with this group's name in them, and with other names."""

    templates: int
    auc: float
    """Of the group's own cases."""
    rest: float
    """Of the other groups' cases in the same templates."""
    gap: float
    """``rest - auc``: above 0 the classifier tells worse what is said of this group."""
    interval: Interval
    """Of the gap; 95%, by bootstrap over templates."""
    false_alarms: float
    """AUC of the others' must-hold cases over this group's must-stand ones (BPSN): low where its name alone alarms."""
    misses: float
    """AUC of this group's must-hold cases over the others' must-stand ones (BNSP): low where its abuse is missed."""

    @property
    def least_gap(self) -> float:
        """The smallest size of the gap that the interval allows."""
        return max(0.0, self.interval[0], -self.interval[1])


def group_gaps(chosen: Sequence[Case], scores: Floats, seed: int = 0) -> Mapping[str, GroupGap]:
    """The gap of each group that fills at least one must-stand and one must-hold template, by its name."""
    groups = sorted({case.group for case in chosen if case.group})
    found = {group: _gap(group, chosen, scores, seed) for group in groups}
    return {group: gap for group, gap in found.items() if gap is not None}


def _gap(group: str, chosen: Sequence[Case], scores: Floats, seed: int) -> GroupGap | None:
    hold, stand = (_paired(group, expected, chosen, scores) for expected in ("hold", "stand"))
    if not hold or not stand:
        return None
    own_over_own = _wins([own for own, _ in hold], [own for own, _ in stand])
    rest_over_rest = _wins([rest for _, rest in hold], [rest for _, rest in stand])
    difference = rest_over_rest - own_over_own
    return GroupGap(
        len(hold) + len(stand),
        _rounded(own_over_own.mean()),
        _rounded(rest_over_rest.mean()),
        _rounded(difference.mean()),
        _interval(difference, seed),
        _rounded(_wins([rest for _, rest in hold], [own for own, _ in stand]).mean()),
        _rounded(_wins([own for own, _ in hold], [rest for _, rest in stand]).mean()),
    )


def _paired(group: str, expected: str, chosen: Sequence[Case], scores: Floats) -> list[tuple[Floats, Floats]]:
    """For each template that both fill: the scores of the group's cases and of the other groups' cases."""
    by_template: dict[str, tuple[list[float], list[float]]] = {}
    for case, score in zip(chosen, scores.tolist(), strict=True):
        if case.group and case.expected == expected:
            by_template.setdefault(case.template, ([], []))[case.group != group].append(score)
    return [(np.array(own), np.array(rest)) for own, rest in by_template.values() if own and rest]


def _wins(positives: Sequence[Floats], negatives: Sequence[Floats]) -> Floats:
    """(templates, templates): how often a case of the one scores above a case of the other, ties counting half."""
    above = np.concatenate(positives)
    begins = np.cumsum([0, *map(len, positives[:-1])])
    columns = [_wins_over(np.sort(below), above) for below in negatives]
    sizes = np.array([len(each) for each in positives])
    return np.column_stack([np.add.reduceat(column, begins) / sizes for column in columns])


def _wins_over(below: Floats, above: Floats) -> Floats:
    """(cases,): the share of ``below``, which ascends, that each case of ``above`` beats."""
    return (np.searchsorted(below, above, "left") + np.searchsorted(below, above, "right")) / (2 * len(below))


def _interval(difference: Floats, seed: int) -> Interval:
    generator = np.random.default_rng(seed)
    positives, negatives = difference.shape
    rows = generator.multinomial(positives, np.full(positives, 1 / positives), size=_RESAMPLES) / positives
    columns = generator.multinomial(negatives, np.full(negatives, 1 / negatives), size=_RESAMPLES) / negatives
    low, high = np.quantile(((rows @ difference) * columns).sum(axis=1), [0.025, 0.975])
    return _rounded(low), _rounded(high)


def _rounded(value: float) -> float:
    return round(float(value), 4)
