"""Labelled comments that the old and the new bundle have both scored, and what each slice of them says."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from classifiers.banglacheck.naming import groups_named
from classifiers.bundle import Bundle, Scored
from classifiers.examples import Example
from classifiers.labels import LABELS, SCRIPTS
from classifiers.paired import Difference, Floats, Truth, auc_difference, balanced_difference, share_difference

Kind = Literal["gold", "audit", "held_out", "banglacheck"]
Measure = Literal["auc", "harmful held", "good let stand", "right", "gap"]
Finding = Literal["not worse", "worse", "unsure", "too few to tell"]
Holds = Callable[[Sequence[Scored]], Truth]
"""Whether the policy keeps each of the scored comments from being published."""

_TOXICITY = LABELS.index("toxicity")
Objects = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Tested:
    """One measure on one slice. ``None`` stands for all labels, scripts or groups; ``margin`` is by how much the
    measure may fall. ``rarer`` counts the rows of the rarer value, where a measure needs both.
    """

    kind: Kind
    measure: Measure
    margin: float
    rows: int
    rarer: int
    finding: Finding
    difference: Difference | None
    label: str | None = None
    script: str | None = None
    group: str | None = None
    functionality: str | None = None

    @property
    def is_whole(self) -> bool:
        return self.script is None and self.group is None and self.functionality is None

    @property
    def slice_name(self) -> str:
        """In words: «toxicity, bn, hindu»."""
        parts = (self.label, self.functionality, self.script, self.group)
        return ", ".join(part for part in parts if part) or "all comments"

    def to_dict(self) -> dict[str, object]:
        """Plain values, ready for JSON."""
        return asdict(self)


def finding(difference: Difference, margin: float) -> Finding:
    """``not worse``: surely no more than the margin below. ``worse``: more than the margin below, and surely below.
    ``unsure``: what lies between.
    """
    if difference.low >= -margin:
        return "not worse"
    return "worse" if difference.value < -margin and difference.high < 0 else "unsure"


@dataclass(frozen=True, eq=False)
class Evidence:
    """Rows that both bundles have scored, (rows, labels) where a label matters; a value that is not known is NaN."""

    kind: Kind
    texts: Sequence[str]
    values: Floats
    weights: Floats
    clusters: NDArray[np.int64]
    scripts: Objects
    groups: Sequence[frozenset[str]]
    before: Floats
    after: Floats
    held_before: Truth
    held_after: Truth

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def harmful(self) -> Truth:
        """Where some label is there: such a comment must not be published unseen."""
        found: Truth = (self.values == 1.0).any(axis=1)
        return found

    @property
    def good(self) -> Truth:
        """Where a person found no toxicity, nor anything else."""
        found: Truth = (self.values[:, _TOXICITY] == 0.0) & ~self.harmful
        return found

    def part(self, script: str | None, group: str | None) -> Truth:
        """The rows of a slice."""
        chosen: Truth = np.ones(len(self), dtype=bool)
        if script is not None:
            chosen &= self.scripts == script
        if group is not None:
            chosen &= np.array([group in named for named in self.groups], dtype=bool)
        return chosen


def gathered(
    kind: Kind, examples: Sequence[Example], before: Bundle, after: Bundle, holds: Holds, weights: Floats | None = None
) -> Evidence:
    """The evidence of these examples; each is weighted alike unless ``weights`` says otherwise."""
    texts = [example.text for example in examples]
    old, new = before.score(texts), after.score(texts)
    values = [[np.nan if value is None else value for value in example.values] for example in examples]
    owners = [example.group or f"text {one.normalised}" for example, one in zip(examples, old, strict=True)]
    return Evidence(
        kind,
        texts,
        np.array(values, dtype=np.float64).reshape(-1, len(LABELS)),
        np.ones(len(texts)) if weights is None else weights,
        np.unique(owners, return_inverse=True)[1] if owners else np.zeros(0, dtype=np.int64),
        np.array([one.script for one in old], dtype=object),
        [groups_named(one.normalised) for one in old],
        _scores(old),
        _scores(new),
        holds(old),
        holds(new),
    )


def _scores(scored: Sequence[Scored]) -> Floats:
    return np.array([one.scores for one in scored], dtype=np.float64).reshape(-1, len(LABELS))


@dataclass(frozen=True, slots=True)
class Margins:
    """By how much a measure may fall on all rows of a set, and on a slice of them; and how many rows a test needs."""

    auc: float
    auc_of_slice: float
    balance: float
    """Of the mean of both shares, on the whole."""
    share: float
    share_of_slice: float
    least_rows: int
    """Of either value for an AUC, altogether for a share."""


def slices_tested(evidence: Evidence, margins: Margins) -> list[Tested]:
    """Every measure on the whole, on each script and each group that has a row, and on a script and group together
    where there are enough rows for that.
    """
    named = sorted({name for groups in evidence.groups for name in groups})
    slices = [_Slice(evidence, margins, *both) for both in product((None, *SCRIPTS), (None, *named))]
    found = [tested for each in slices for tested in (*each.balance(), *each.shares(), *each.areas())]
    return [one for one in found if one.difference is not None or one.script is None or one.group is None]


@dataclass(frozen=True, eq=False)
class _Slice:
    evidence: Evidence
    margins: Margins
    script: str | None
    group: str | None

    @property
    def rows(self) -> Truth:
        return self.evidence.part(self.script, self.group)

    @property
    def is_whole(self) -> bool:
        return self.script is None and self.group is None

    def balance(self) -> Iterator[Tested]:
        """The mean of both shares, on the whole: what is rightly treated where either sort of error weighs the same."""
        each = self.evidence
        rows = self.rows & (each.harmful | each.good)
        harmful = each.harmful[rows]
        rarer = int(min(harmful.sum(), (~harmful).sum()))
        if not self.is_whole or not len(harmful):
            return
        difference = None
        if rarer >= self.margins.least_rows:
            before, after = each.held_before[rows] == harmful, each.held_after[rows] == harmful
            difference = balanced_difference(before, after, each.weights[rows], each.clusters[rows], harmful)
        yield self._tested("right", self.margins.balance, len(harmful), rarer, difference)

    def shares(self) -> Iterator[Tested]:
        """Of harmful comments held, and of good ones let stand."""
        each = self.evidence
        margin = self.margins.share if self.is_whole else self.margins.share_of_slice
        held, stands = (each.held_before, each.held_after), (~each.held_before, ~each.held_after)
        measures: tuple[tuple[Measure, Truth, tuple[Truth, Truth]], ...] = (
            ("harmful held", each.harmful, held),
            ("good let stand", each.good, stands),
        )
        for measure, wanted, (before, after) in measures:
            rows = self.rows & wanted
            count = int(rows.sum())
            difference = None
            if count >= self.margins.least_rows:
                difference = share_difference(before[rows], after[rows], each.weights[rows], each.clusters[rows])
            if count:
                yield self._tested(measure, margin, count, count, difference)

    def areas(self) -> Iterator[Tested]:
        """AUC of each label that a row knows."""
        each = self.evidence
        margin = self.margins.auc if self.is_whole else self.margins.auc_of_slice
        for index, label in enumerate(LABELS):
            rows = self.rows & ~np.isnan(each.values[:, index])
            truth = each.values[rows, index] == 1.0
            rarer = int(min(truth.sum(), (~truth).sum()))
            difference = None
            if rarer >= self.margins.least_rows:
                difference = auc_difference(
                    truth, each.before[rows, index], each.after[rows, index], each.clusters[rows]
                )
            if len(truth):
                yield self._tested("auc", margin, len(truth), rarer, difference, label)

    def _tested(
        self,
        measure: Measure,
        margin: float,
        rows: int,
        rarer: int,
        difference: Difference | None,
        label: str | None = None,
    ) -> Tested:
        found = finding(difference, margin) if difference else "too few to tell"
        return Tested(
            self.evidence.kind, measure, margin, rows, rarer, found, difference, label, self.script, self.group
        )
