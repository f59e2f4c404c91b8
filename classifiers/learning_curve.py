"""What more of a desk's decisions bring: bundles taught with growing shares of them, on the same rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.bundle import Bundle
from classifiers.errors import DataError
from classifiers.evaluation import auc
from classifiers.evidence import Evidence
from classifiers.examples import Example
from classifiers.labels import LABELS
from classifiers.paired import Floats
from classifiers.teaching import teach

SHARES = (0.0, 1 / 8, 1 / 4, 1 / 2, 1.0)
"""Of the examples, the oldest first: as much work again as teaching once."""
_LEAST_OF_EACH = 10
"""Rows of either value that a label needs to be measured."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """AUC of toxicity (``None`` where too few rows know it) and the mean over the labels that can be measured."""

    examples: int
    toxicity: float | None
    mean: float


def learning_curve(
    base: Bundle,
    taught: Bundle,
    examples: Sequence[Example],
    evidence: Sequence[Evidence],
    seed: int,
    step: Callable[[int], None] = lambda _: None,
) -> list[CurvePoint]:
    """A point for each of SHARES, from ``base`` to ``taught``; none where no label has enough rows."""
    texts = [text for each in evidence for text in each.texts]
    values = np.concatenate([each.values for each in evidence])
    measured = [
        index
        for index in range(len(LABELS))
        if min((values[:, index] == 1.0).sum(), (values[:, index] == 0.0).sum()) >= _LEAST_OF_EACH
    ]
    points = []
    for share in SHARES if measured else ():
        some = examples[: round(share * len(examples))]
        bundle = taught if share == 1 else _taught(base, some, seed)
        scores = np.array([each.scores for each in bundle.score(texts)])
        points.append(_point(len(some), values, scores, measured))
        step(1)
    return points


def _taught(base: Bundle, examples: Sequence[Example], seed: int) -> Bundle:
    """The base itself where the examples teach nothing yet."""
    try:
        return teach(base, examples, name="curve", seed=seed) if examples else base
    except DataError:
        return base


def _point(examples: int, values: Floats, scores: Floats, measured: Sequence[int]) -> CurvePoint:
    areas = {}
    for index in measured:
        known = ~np.isnan(values[:, index])
        areas[LABELS[index]] = auc(values[known, index] == 1.0, scores[known, index])
    return CurvePoint(examples, areas.get("toxicity"), float(np.mean(list(areas.values()))))
