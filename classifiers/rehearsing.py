"""What a desk's lessons must not drown: BanglaCheck's training half, taught beside them.

A desk's comments say nothing of most that BanglaCheck asks. Taught alone they move the balance of each label to the
desk's own mixture: after 1,000 decisions the starter held 0.57 instead of 0.79 of what must be held in BanglaCheck's
test half (docs/retraining.md). The half that is rehearsed shares no template with the half that measures.
"""

from collections.abc import Sequence

from classifiers.check_examples import ORIGINS, own_examples
from classifiers.examples import Example
from classifiers.labels import LABELS


def with_rehearsal(examples: Sequence[Example]) -> list[Example]:
    """The examples and, at a plain weight, the cases of the training half, which know those labels only that a desk has
    given both values of: the others stay as the base has them. Nothing is added to examples that teach nothing.
    """
    taught = [{0.0, 1.0} <= {example.values[index] for example in examples} for index in range(len(LABELS))]
    if not any(taught):
        return list(examples)
    cases = (each.example for each in own_examples() if each.example.origin == ORIGINS[0])
    rehearsed = [
        Example(
            case.text,
            tuple(value if known else None for value, known in zip(case.values, taught, strict=True)),
            origin=case.origin,
        )
        for case in cases
    ]
    return [*examples, *(one for one in rehearsed if any(value is not None for value in one.values))]
