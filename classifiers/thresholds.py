"""From which score a label holds a comment where nobody has set anything else: the one place of these numbers."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.labels import LABELS, SCRIPTS

DEFAULT_HOLD: Final[Mapping[str, float]] = {
    "toxicity": 0.65,
    "insult": 0.50,
    "profanity": 0.50,
    "identity_attack": 0.40,
    "threat": 0.40,
    "sexually_explicit": 0.40,
    "spam": 0.45,
}
"""One number for each of LABELS, in their order: for comments in Bangla script, or without letters.

Chosen by ``bench/thresholds.py`` on rows that were kept from training, for Bangla script then raised by hand until a
news site's comments that no fit had seen were within 1.5% (docs/classifier.md). Nearly all of what is held
on a news site without cause is held by toxicity; what is about something definite may be lower.
"""

_ROMANIZED: Final = {"identity_attack": 0.50, "threat": 0.30, "sexually_explicit": 0.50}
OTHER_HOLD: Final[Mapping[str, Mapping[str, float]]] = {
    "bn-Latn": _ROMANIZED,
    "en": {"toxicity": 0.70, "insult": 0.20, "identity_attack": 0.25, "sexually_explicit": 0.50},
    "mixed": _ROMANIZED,
}
"""What departs from it in other scripts: a score of one half is one in two everywhere, but what else there is to hold
and to let stand differs, and so does how well they are told apart.
"""

HOLD_BY_SCRIPT: Final[Mapping[str, Mapping[str, float]]] = {
    script: {**DEFAULT_HOLD, **OTHER_HOLD.get(script, {})} for script in SCRIPTS
}


def held_from(scripts: Sequence[str]) -> NDArray[np.float64]:
    """(texts, labels): the score from which each label holds a text in the script given for it."""
    rows = {script: [holds[label] for label in LABELS] for script, holds in HOLD_BY_SCRIPT.items()}
    return np.array([rows[script] for script in scripts], dtype=np.float64).reshape(len(scripts), len(LABELS))
