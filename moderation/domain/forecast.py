"""When a backlog will be gone at the pace of the last days, and how often people overturn what a label holds."""

from collections.abc import Iterable
from dataclasses import dataclass

from moderation.domain.policy import Policy
from moderation.domain.score_tally import Heap
from moderation.domain.vocabulary import Action, Label, Script
from moderation.domain.what_if import Moved, asked


@dataclass(frozen=True, slots=True)
class Forecast:
    """``held`` wait now; a day brings ``coming`` and takes ``going`` (means of the last days). No season, no trend."""

    held: int
    coming: float
    going: float

    @property
    def growth(self) -> float:
        """Comments a day by which the backlog grows; negative where it shrinks."""
        return self.coming - self.going

    @property
    def days(self) -> float | None:
        """Until nothing waits; ``None`` where the backlog does not shrink."""
        if not self.held:
            return 0.0
        return self.held / -self.growth if self.growth < 0 else None


@dataclass(frozen=True, slots=True)
class Overturned:
    """Of one label and script, what reached the label's threshold: how people decided on it."""

    label: Label
    script: Script
    moved: Moved


def overturned(heaps: Iterable[Heap], policy: Policy) -> list[Overturned]:
    """For each label and script, people's decisions on comments that the label would stop under the policy."""
    found: dict[tuple[Label, Script], Moved] = {}
    for heap in heaps:
        script = Script(heap.script)
        if asked(policy.threshold(heap.label, script), heap.bin) is not Action.PUBLISH:
            found[heap.label, script] = found.get((heap.label, script), Moved()).plus(heap)
    order = {label: place for place, label in enumerate(Label)}
    rows = sorted(found.items(), key=lambda item: (order[item[0][0]], -item[1].decided))
    return [Overturned(label, script, moved) for (label, script), moved in rows if moved.decided]
