"""Two classifiers on the very same rows: how far the new one lies above the old, and how sure that is.

Rows of one cluster (an author's comments, the cases of a template) are right or wrong together, so the variance is that
of sums over clusters. The bounds are Student's, on the influence of each row on the difference: for areas under the ROC
curve that is the test of DeLong, DeLong and Clarke-Pearson (1988) in the clustered form of Obuchowski (1997), for
shares the paired t-test. Nothing is drawn at random: the same rows give the same bounds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]
Clusters = NDArray[np.int64]

SHOWN, SURE = 0.95, 0.99
"""Confidence of the lower bound, by which a difference is shown to be small, and of the upper, by which it is surely
below 0. The upper is stricter: it is asked of dozens of slices, and one of them must not cry wolf.
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of the old and of the new classifier, and the lower (SHOWN) and upper (SURE) bound of new less old."""

    before: float
    after: float
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.after - self.before


def auc_difference(truth: Truth, before: Floats, after: Floats, clusters: Clusters) -> Difference:
    """Of areas under the ROC curve; ``truth`` holds rows of both values."""
    old, new = _placements(truth, before), _placements(truth, after)
    area_before, area_after = float(old[truth].mean()), float(new[truth].mean())
    apart = new - old - (area_after - area_before)
    influence = apart / np.where(truth, truth.sum(), (~truth).sum())
    return _bounded(area_before, area_after, influence, clusters)


def share_difference(before: Truth, after: Truth, weights: Floats, clusters: Clusters) -> Difference:
    """Of weighted shares of rows for which ``before`` and ``after`` hold; there is a row at least."""
    total = weights.sum()
    share_before, share_after = float(before @ weights / total), float(after @ weights / total)
    changes = after.astype(np.float64) - before
    influence = weights * (changes - (share_after - share_before)) / total
    return _bounded(share_before, share_after, influence, clusters)


def balanced_difference(before: Truth, after: Truth, weights: Floats, clusters: Clusters, first: Truth) -> Difference:
    """Of the mean of two weighted shares: that of the rows in ``first`` and that of the others; there are rows of both
    kinds. What one share loses the other may gain: so it is when scores are calibrated anew.
    """
    changes, influence, means = after.astype(np.float64) - before, np.zeros(len(before)), []
    for rows in (first, ~first):
        total = weights[rows].sum()
        means.append([float(each[rows] @ weights[rows] / total) for each in (before, after)])
        influence[rows] = weights[rows] * (changes[rows] - (means[-1][1] - means[-1][0])) / (2 * total)
    share_before, share_after = np.mean(means, axis=0).tolist()
    return _bounded(share_before, share_after, influence, clusters)


def _placements(truth: Truth, scores: Floats) -> Floats:
    """For each row the share of rows of the other value that it stands on the right side of; ties count half."""
    mine = np.empty(len(scores))
    for value in (True, False):
        others = np.sort(scores[truth != value])
        own = scores[truth == value]
        below = (np.searchsorted(others, own, "left") + np.searchsorted(others, own, "right")) / (2 * len(others))
        mine[truth == value] = below if value else 1 - below
    return mine


def _bounded(before: float, after: float, influence: Floats, clusters: Clusters) -> Difference:
    sums = np.bincount(clusters, weights=influence)[np.unique(clusters)]
    if len(sums) < 2:
        return Difference(before, after, -1.0, 1.0)
    spread = float(np.sqrt(len(sums) / (len(sums) - 1) * (sums**2).sum()))
    below, above = (float(stdtrit(len(sums) - 1, confidence)) * spread for confidence in (SHOWN, SURE))
    return Difference(before, after, after - before - below, after - before + above)
