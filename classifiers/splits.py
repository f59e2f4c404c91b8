"""Parting examples into training and test so that nobody's comment, and no near-copy of one, stands on both sides."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from classifiers.batch_text import normalise_all
from classifiers.bundle import WINDOW
from classifiers.examples import Example
from classifiers.features import BATCH, count
from classifiers.text import letters_key, normalise, words

Columns = NDArray[np.int64]

_BANDS, _BAND = 8, 4
_NEAR = 0.7
"""Jaccard similarity of the sets of n-grams from which two texts count as near-copies."""
_ODD = np.random.default_rng(12_345).integers(0, 1 << 31, _BANDS * _BAND, dtype=np.uint32) * np.uint32(2) + np.uint32(1)


def split_examples(examples: Sequence[Example], test_share: float, seed: int) -> tuple[list[Example], list[Example]]:
    """(training, test), each in the order given. Groups and near-copies stay together; the test has its share of
    every sort of example (which labels are 1) as far as the groups allow. The same examples and seed part the same
    way.
    """
    if not 0 < test_share < 1:
        raise ValueError(f"test_share must lie between 0 and 1, not {test_share}")
    groups = _groups(examples)
    strata: dict[tuple[int, ...], list[list[int]]] = defaultdict(list)
    for group in groups:
        strata[_stratum(examples, group)].append(group)
    generator = np.random.default_rng(seed)
    test: set[int] = set()
    wanted = 0.0
    for stratum in sorted(strata):
        members = strata[stratum]
        wanted += test_share * sum(map(len, members))
        for place in generator.permutation(len(members)):
            if len(test) + len(members[place]) / 2 <= wanted:
                test.update(members[place])
    return [each for at, each in enumerate(examples) if at not in test], [
        each for at, each in enumerate(examples) if at in test
    ]


def apart_from(examples: Sequence[Example], texts: Sequence[str]) -> list[Example]:
    """The examples that are no copy, in letters or nearly, of any of these texts: what may be learned from where they
    are to measure.
    """
    copies = {place for place, _ in copies_among([example.text for example in examples], texts)}
    return [example for place, example in enumerate(examples) if place not in copies]


def copies_among(texts: Sequence[str], others: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs (index in ``texts``, index in ``others``) of the same comment: the same letters, or near-copies. What a
    test must not share with the pool that a classifier was trained on.
    """
    forms = [normalise(other)[:WINDOW] for other in others]
    sets = list(_ngram_sets(forms))
    letters: dict[str, set[int]] = defaultdict(set)
    bands: dict[tuple[int, bytes], set[int]] = defaultdict(set)
    for index, (form, columns) in enumerate(zip(forms, sets, strict=True)):
        letters["".join(words(form))].add(index)
        for band in _bands(columns):
            bands[band].add(index)
    for at in range(0, len(texts), BATCH):
        batch = [text[:WINDOW] for text in normalise_all(texts[at : at + BATCH])]
        for index, (form, columns) in enumerate(zip(batch, _ngram_sets(batch), strict=True), at):
            same = letters.get("".join(words(form)), set())
            near: set[int] = set().union(*(bands.get(band, ()) for band in _bands(columns))) - same
            yield from ((index, other) for other in same)
            yield from ((index, other) for other in near if _similarity(columns, sets[other]) >= _NEAR)


def _stratum(examples: Sequence[Example], group: list[int]) -> tuple[int, ...]:
    """Which labels are 1 in the group's first example, and whether toxicity is known."""
    values = examples[group[0]].values
    return (*(int(value == 1.0) for value in values), int(values[0] is None))


def _groups(examples: Sequence[Example]) -> list[list[int]]:
    parents = list(range(len(examples)))
    for one, other in _links(examples):
        parents[_root(parents, one)] = _root(parents, other)
    found: dict[int, list[int]] = defaultdict(list)
    for index in range(len(examples)):
        found[_root(parents, index)].append(index)
    return list(found.values())


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _links(examples: Sequence[Example]) -> Iterator[tuple[int, int]]:
    """Pairs that must stay together: the same group, the same letters, or near-copies."""
    first: dict[tuple[str, str], int] = {}
    for index, example in enumerate(examples):
        keys = [("letters", letters_key(example.text))] + ([("group", example.group)] if example.group else [])
        for key in keys:
            yield index, first.setdefault(key, index)
    yield from _near_copies([normalise(example.text)[:WINDOW] for example in examples])


def _near_copies(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Candidates by MinHash in bands, then compared."""
    sets = list(_ngram_sets(texts))
    seen: dict[tuple[int, bytes], int] = {}
    for index, columns in enumerate(sets):
        for band in _bands(columns):
            other = seen.setdefault(band, index)
            if other != index and _similarity(columns, sets[other]) >= _NEAR:
                yield index, other


def _bands(columns: Columns) -> Iterator[tuple[int, bytes]]:
    """Keys of a set of n-grams, of which near-copies have one in common almost surely."""
    if not len(columns):
        return
    hashed = columns.astype(np.uint32)[:, None] * _ODD
    hashed ^= hashed >> np.uint32(15)
    smallest = (hashed * np.uint32(0x85EBCA6B)).min(axis=0)
    for band in range(_BANDS):
        yield band, smallest[band * _BAND : (band + 1) * _BAND].tobytes()


def _ngram_sets(texts: Sequence[str]) -> Iterator[Columns]:
    for at in range(0, len(texts), BATCH):
        batch = texts[at : at + BATCH]
        rows, columns, _ = count(batch)
        edges = np.searchsorted(rows, np.arange(len(batch) + 1))
        yield from (columns[begin:end] for begin, end in pairwise(edges))


def _similarity(one: Columns, other: Columns) -> float:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)
