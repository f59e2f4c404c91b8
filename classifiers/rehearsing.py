"""What a desk's lessons must not drown: BanglaCheck's training half, taught beside them and calibrated on with them.

A desk's comments say nothing of most that BanglaCheck asks. Taught alone, they move every score by what is usual at
that desk, also of what never comes up there: of the cases that must be held up to a third was lost. The half that is
rehearsed shares no template with the half that measures.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from classifiers.banglacheck.cases import cases
from classifiers.check_examples import ORIGINS, own_examples
from classifiers.examples import PoolExample
from classifiers.labels import LABELS
from classifiers.weights import Floats

SHARE = 0.5
"""What all that is rehearsed counts for a label, in parts of what the desk's examples of it count: with few lessons
both are little, and nothing is moved. Chosen on templates and desks that are not reported (docs/classifier.md).
"""


@lru_cache(maxsize=1)
def rehearsal() -> Sequence[PoolExample]:
    """The cases of the training half; the group of each is its template."""
    texts = {case.text for case in cases("train")}
    return tuple(each for each in own_examples() if each.example.origin == ORIGINS[0] and each.example.text in texts)


def rehearsal_weights(beside: Sequence[PoolExample], taught: Floats) -> Floats:
    """(rows, labels) of what each counts; ``taught`` is what the desk's examples of each label count together."""
    given = np.array([each.weights for each in beside], dtype=np.float64).reshape(-1, len(LABELS))
    sums = given.sum(axis=0)
    result: Floats = given * np.divide(SHARE * taught, sums, out=np.zeros(len(LABELS)), where=sums > 0)
    return result
