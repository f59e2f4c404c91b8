"""From which score a label holds a comment where nobody has set anything else: the one place of these numbers."""

from collections.abc import Mapping
from typing import Final

DEFAULT_HOLD: Final[Mapping[str, float]] = {
    "toxicity": 0.60,
    "insult": 0.50,
    "profanity": 0.50,
    "identity_attack": 0.40,
    "threat": 0.50,
    "sexually_explicit": 0.50,
    "spam": 0.45,
}
"""One number for each of LABELS, in their order.

Chosen on comments that were kept from training (docs/classifier.md): what a label adds to what toxicity holds already
is worth more where the label is about something definite. Nearly all of what is held on a news site without cause is
held by toxicity, so the others may be lower.
"""
