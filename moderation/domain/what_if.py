"""What another policy would have done with comments that are tallied: each label by itself, the others as they were.

Two labels that are moved together may count a comment twice which both would newly hold; each label's own figures are
exact. People's decisions price a change: what share of just such comments the desk had published.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from moderation.domain.policy import STRICTNESS, Policy, Thresholds
from moderation.domain.score_tally import BINS, Heap, reached_from
from moderation.domain.vocabulary import Action, Label, Script

ENOUGH: Final = 10
"""Below so many decisions a share says nothing, and none is told."""

Move = tuple[Action, Action]
"""What was done, and what would be done."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Comments to which a change does the same, and what people had decided on those of them that they saw."""

    comments: int = 0
    published: int = 0
    rejected: int = 0

    @property
    def decided(self) -> int:
        return self.published + self.rejected

    @property
    def share_published(self) -> float | None:
        """``None`` where too few were decided."""
        return self.published / self.decided if self.decided >= ENOUGH else None

    @property
    def share_rejected(self) -> float | None:
        share = self.share_published
        return None if share is None else 1 - share

    def plus(self, heap: Heap) -> "Moved":
        return Moved(self.comments + heap.scored, self.published + heap.published, self.rejected + heap.rejected)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """For one label: what is held now (in all, and by this label alone), and what a change moves."""

    seen: int
    held: int
    held_alone: int
    moves: Mapping[Move, Moved]


def compare(heaps: Iterable[Heap], now: Policy, then: Policy) -> dict[Label, WhatIf]:
    """What ``then`` would have done in place of ``now``, for each label that has heaps."""
    by_label: dict[Label, list[Heap]] = {}
    for heap in heaps:
        by_label.setdefault(heap.label, []).append(heap)
    return {label: _compare(label, found, now, then) for label, found in by_label.items()}


def _compare(label: Label, heaps: Iterable[Heap], now: Policy, then: Policy) -> WhatIf:
    seen = held = alone = 0
    moves: dict[Move, Moved] = {}
    for heap in heaps:
        script = Script(heap.script)
        before = _stricter(heap.rest, asked(now.threshold(label, script), heap.bin))
        after = _stricter(heap.rest, asked(then.threshold(label, script), heap.bin))
        seen += heap.scored
        held += heap.scored if before is Action.HOLD else 0
        alone += heap.scored if before is Action.HOLD and heap.rest is Action.PUBLISH else 0
        if before is not after:
            moves[before, after] = moves.get((before, after), Moved()).plus(heap)
    return WhatIf(seen, held, alone, moves)


def asked(thresholds: Thresholds, bin_: int) -> Action:
    """What these thresholds ask for a score at the lower edge of a bin."""
    if thresholds.reject is not None and bin_ >= reached_from(thresholds.reject):
        return Action.REJECT
    if thresholds.hold is not None and bin_ >= reached_from(thresholds.hold):
        return Action.HOLD
    return Action.PUBLISH


def _stricter(one: Action, other: Action) -> Action:
    return one if STRICTNESS[one] >= STRICTNESS[other] else other


@dataclass(frozen=True, slots=True)
class Stretch:
    """Scores from ``low`` to ``high`` (excluded): all comments, those that another rule holds anyway, and decisions."""

    low: float
    high: float
    anyway: int
    moved: Moved


def stretches(heaps: Iterable[Heap], width: int = 10) -> list[Stretch]:
    """A label's heaps by wider bins of ``width`` each, from the highest down: a table for people."""
    by_low: dict[int, list[Heap]] = {low: [] for low in range(BINS - width, -1, -width)}
    for heap in heaps:
        by_low[heap.bin // width * width].append(heap)
    return [_stretch(low, low + width, found) for low, found in by_low.items()]


def _stretch(low: int, high: int, heaps: Iterable[Heap]) -> Stretch:
    anyway, moved = 0, Moved()
    for heap in heaps:
        moved = moved.plus(heap)
        anyway += heap.scored if heap.rest is not Action.PUBLISH else 0
    return Stretch(low / BINS, high / BINS, anyway, moved)


def histogram(heaps: Iterable[Heap]) -> tuple[list[int], list[int]]:
    """Comments by bin: those that no other rule would stop, and all."""
    alone, together = [0] * BINS, [0] * BINS
    for heap in heaps:
        together[heap.bin] += heap.scored
        alone[heap.bin] += heap.scored if heap.rest is Action.PUBLISH else 0
    return alone, together
