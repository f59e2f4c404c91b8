"""Examples of the pool that are our own text: BanglaCheck's training half, and sentences made up for training.

What must stand is clean, what must be held is what it is an example of. A template counts the same however many
fillings it has.
"""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from classifiers.augmenting import lists, made_up
from classifiers.banglacheck.cases import cases, more_of_the_training_half
from classifiers.examples import Example, PoolExample
from classifiers.labels import LABELS
from classifiers.sources import SOURCES, reading
from classifiers.text import letters_key

ORIGINS = ("banglacheck", "made-up")
_MORE_FILLINGS = 8
_SCRIPTS = ("bn", "bn-Latn", "en", "mixed")


class _Own(NamedTuple):
    origin: str
    text: str
    labels: tuple[str, ...]
    stands: bool
    script: str
    template: str


def own_examples() -> list[PoolExample]:
    """Those of the training half, whose other half is never trained on, and each made-up sentence; no text twice."""
    found = {each.text: each for each in [*_made_up(), *_of_the_suite()]}.values()
    sizes = Counter(each.template for each in found)
    return [_example(each, SOURCES[each.origin].weight / sizes[each.template]) for each in found]


def _of_the_suite() -> Iterator[_Own]:
    chance = Random(1)  # noqa: S311 - nothing here is a secret
    more = more_of_the_training_half({script: lists(script) for script in _SCRIPTS}, _MORE_FILLINGS, chance)
    for case in [*more, *cases("train")]:
        yield _Own(ORIGINS[0], case.text, case.labels, case.expected == "stand", case.script, case.template)


def _made_up() -> Iterator[_Own]:
    for made in made_up():
        yield _Own(ORIGINS[1], *made)


def _example(own: _Own, weight: float) -> PoolExample:
    """What stands is clean in every label, and surely so in toxicity and those it is likely to be mistaken for."""
    if own.stands:
        read = reading(dict.fromkeys(("toxicity", *own.labels), 0.0), LABELS)
    else:
        read = reading(dict.fromkeys(own.labels, 1.0))
    weights = tuple(weight * each for each in read.weights)
    example = Example(own.text, read.values, weight, own.origin, own.template)
    return PoolExample(example, weights, own.script, letters_key(own.text))
