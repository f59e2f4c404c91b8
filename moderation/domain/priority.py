"""In what order held comments are shown: the likely most harmful first, among equals the oldest.

``priority = harm + 0.10 · min(reports, 5) + 0.20 · uncertainty``, in [0, 1.7].

*harm* is the highest score among the labels, weighed by how much that label hurts if it stands; *uncertainty* is
``1 - 2·|p - ½|`` of the toxicity score: a doubtful comment gains most from a person. What could not be scored counts as
harm ½. Age is not in the number: it would have to be rewritten every minute; the review queue breaks ties by arrival.
"""

import operator
from collections.abc import Mapping, Sequence
from typing import Final

from moderation.domain.vocabulary import Label

HARM: Final[Mapping[Label, float]] = {
    Label.TOXICITY: 0.7,
    Label.INSULT: 0.6,
    Label.PROFANITY: 0.5,
    Label.IDENTITY_ATTACK: 0.9,
    Label.THREAT: 1.0,
    Label.SEXUALLY_EXPLICIT: 0.8,
    Label.SPAM: 0.4,
}
"""How much a label hurts where it stands, from 0 to 1: an editorial judgement, not a measurement."""
_HARM: Final = tuple(HARM[label] for label in Label)


def priority(scores: Sequence[float] | None, reports: int) -> float:
    """The priority of one held comment; ``scores`` in the order of ``Label``."""
    reported = 0.10 * min(reports, 5)
    if scores is None:
        return 0.5 + reported
    harm: float = max(map(operator.mul, _HARM, scores))
    uncertainty = 1.0 - 2.0 * abs(scores[0] - 0.5)
    return harm + reported + 0.20 * uncertainty
