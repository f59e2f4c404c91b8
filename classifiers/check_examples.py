"""Examples of the pool that are our own text: BanglaCheck's training half, and sentences made up for training.

What must stand is clean, what must be held is what it is an example of.
"""

from collections.abc import Iterable, Iterator

from classifiers.augmenting import made_up
from classifiers.banglacheck.cases import cases
from classifiers.examples import Example, PoolExample
from classifiers.labels import LABELS
from classifiers.sources import SOURCES, reading
from classifiers.text import letters_key

ORIGINS = ("banglacheck", "made-up")


def own_examples() -> Iterator[PoolExample]:
    """One for each case of the training half, whose other half is never trained on, and for each made-up sentence."""
    for case in cases("train"):
        stands = case.expected == "stand"
        yield _example(ORIGINS[0], case.text, case.labels, case.script, case.template, stands=stands)
    for made in made_up():
        yield _example(ORIGINS[1], made.text, made.labels, made.script, "", stands=not made.labels)


def _example(origin: str, text: str, labels: Iterable[str], script: str, group: str, *, stands: bool) -> PoolExample:
    """What stands is clean in every label, and surely so in toxicity and those it is likely to be mistaken for."""
    read = reading(dict.fromkeys(("toxicity", *labels), 0.0), LABELS) if stands else reading(dict.fromkeys(labels, 1.0))
    weight = SOURCES[origin].weight
    weights = tuple(weight * each for each in read.weights)
    return PoolExample(Example(text, read.values, weight, origin, group), weights, script, letters_key(text))
