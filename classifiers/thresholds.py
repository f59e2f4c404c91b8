"""From which score a label holds a comment where nobody has set anything else: the one place of these numbers."""

from collections.abc import Mapping
from typing import Final

DEFAULT_HOLD: Final[Mapping[str, float]] = {
    "toxicity": 0.60,
    "insult": 0.75,
    "profanity": 0.75,
    "identity_attack": 0.60,
    "threat": 0.60,
    "sexually_explicit": 0.60,
    "spam": 0.60,
}
"""One number for each of LABELS, in their order."""
