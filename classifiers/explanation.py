"""Why a text has the score that it has: which words of the original text raised a label's score, and which lowered it.

A label's logit is a bias and one number for each n-gram, so there is nothing to estimate: every number is given to the
word that its n-gram stands in, half each where it is a pair of words, and all numbers and the bias add up to the logit.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from classifiers.bundle import WINDOW, Bundle, window_starts
from classifiers.clusters import may_part
from classifiers.features import Places, placed_grams
from classifiers.labels import LABELS
from classifiers.script_detection import script_of
from classifiers.text import Aligned, aligned
from classifiers.weights import Floats, contributions


class Stretch(NamedTuple):
    """A word, or a run of signs, of the original text: ``text[begin:end]``, in code points."""

    begin: int
    end: int
    contribution: float
    """What it adds to the logit: above 0 it raised the score, below 0 it lowered it."""


class Explanation(NamedTuple):
    """Of one label. The contributions and ``bias`` add up to ``logit``, up to rounding."""

    label: str
    score: float
    """The calibrated probability, as ``Bundle.score`` gives it."""
    logit: float
    """Before calibration, which may shift and stretch it but never changes which stretches raised it."""
    bias: float
    window: tuple[int, int]
    """The piece of the original text that decided: all of it, but for long texts the window with the highest score."""
    stretches: tuple[Stretch, ...]
    """In the order of the text; they do not overlap, and none parts what a reader sees as one character."""

    @property
    def highest(self) -> Stretch | None:
        """What raised the score most; none where nothing did."""
        highest = max(self.stretches, key=lambda stretch: stretch.contribution, default=None)
        return highest if highest and highest.contribution > 0 else None


def explain(bundle: Bundle, text: str, label: str) -> Explanation:
    """Why this label has its score. Raises ValueError for what is no label."""
    if label not in LABELS:
        raise ValueError(f"{label!r} is none of {', '.join(LABELS)}")
    return explain_all(bundle, text)[label]


def explain_all(bundle: Bundle, text: str) -> Mapping[str, Explanation]:
    """The same for every label at once, which costs little more than one."""
    source = aligned(text)
    starts = window_starts(source.text)
    logits = bundle.window_logits([source.text[start : start + WINDOW] for start in starts])
    deciding = logits.argmax(axis=0)
    highest = logits.max(axis=0)
    (scores,) = bundle.probabilities(highest[None], [script_of(source.text)])
    by_window = {window: _Window(bundle, text, source, starts[window]) for window in set(deciding.tolist())}
    found = {}
    for at, label in enumerate(LABELS):
        window = by_window[int(deciding[at])]
        bias, stretches = float(bundle.linear.biases[at]), tuple(window.stretches(at))
        found[label] = Explanation(label, float(scores[at]), float(highest[at]), bias, window.span, stretches)
    return found


class _Window:
    """The words of one window, for all labels: where they stand in the original, and what they add."""

    def __init__(self, bundle: Bundle, text: str, source: Aligned, start: int) -> None:
        end = min(start + WINDOW, len(source.text))
        whole = end - start == len(source.text)
        self.span = (0, len(text)) if whole else (source.begins[start], source.ends[end - 1])
        placed = placed_grams(source.text[start:end])
        tokens = (placed.tokens + start).tolist()
        spans = [(source.begins[first], source.ends[last - 1]) for first, last in tokens]
        self._spans, owners = _unparted(text, spans)
        covers = np.array(owners, dtype=np.int64)[placed.covers]
        self._added = _added(contributions(bundle.linear, placed.grams), covers, len(self._spans))

    def stretches(self, label: int) -> Iterator[Stretch]:
        for (begin, end), added in zip(self._spans, self._added[label].tolist(), strict=True):
            yield Stretch(begin, end, added)


def _added(amounts: Floats, covers: Places, count: int) -> Floats:
    """(labels, stretches) from (labels, n-grams): an n-gram's amount is halved between its first and last stretch."""
    halves = np.concatenate([amounts, amounts], axis=1) / 2
    sides = covers.T.reshape(-1)
    return np.array([np.bincount(sides, weights=row, minlength=count) for row in halves])


def _unparted(text: str, spans: Iterable[tuple[int, int]]) -> tuple[list[tuple[int, int]], list[int]]:
    """Ascending spans, widened until no edge parts what a reader sees as one character, and merged where they then
    overlap; and for each given span the number of the one that holds it.
    """
    merged: list[tuple[int, int]] = []
    owners: list[int] = []
    for begin, end in spans:
        first, last = begin, end
        taken = merged[-1][1] if merged else 0
        if begin < taken:
            first, last = merged.pop()[0], max(taken, end)
        while not may_part(text, first):
            first -= 1
        while not may_part(text, last):
            last += 1
        merged.append((first, last))
        owners.append(len(merged) - 1)
    return merged, owners
