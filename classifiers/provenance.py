"""What a taught bundle tells of its lessons: in its metrics and on its card."""

from collections import Counter
from collections.abc import Sequence

from classifiers.bundle import Bundle
from classifiers.examples import Example, PoolExample
from classifiers.influence import HALF_LIFE, Influence
from classifiers.labels import LABELS
from classifiers.rehearsing import SHARE

_SEPARATOR = "\n\n---\n\n"


def lessons(examples: Sequence[Example], influence: Influence, beside: Sequence[PoolExample]) -> dict[str, object]:
    """What the metrics of a taught bundle tell of its lessons; nobody is named. What is rehearsed is not among them."""
    origins, weights = Counter(example.origin for example in examples), Counter[str]()
    for example, weight in zip(examples, influence.weights.tolist(), strict=True):
        weights[example.origin] += weight
    return {
        "examples": len(examples),
        "origins": dict(sorted(origins.items())),
        "weights": {origin: round(weight, 1) for origin, weight in sorted(weights.items())},
        "rehearsed": {"examples": len(beside), "share": SHARE if beside else 0.0},
        "half_life": HALF_LIFE,
        **influence.to_dict(),
    }


def card(
    base: Bundle, name: str, examples: Sequence[Example], learned: Sequence[int], beside: Sequence[PoolExample]
) -> str:
    """In Markdown: what the bundle learned from whom, then the card of what it learned first."""
    labels = ", ".join(LABELS[index] for index in learned)
    rehearsed = f"{len(beside):,} cases of BanglaCheck's training half were rehearsed beside them.\n" if beside else ""
    return (
        f"# {name}\n\n"
        f"The bundle `{base.name}` (sha256 {base.digest}), taught with {len(examples):,} labels of a desk.\n"
        f"{rehearsed}"
        f"Learned from them: {labels}. All other labels, and the terms of use, come from what it learned first,\n"
        f"whose card follows.{_SEPARATOR}{base.card.rpartition(_SEPARATOR)[2]}"
    )
