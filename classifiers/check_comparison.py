"""Two bundles on BanglaCheck's test half, case by case: what the new one does worse than the old."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.banglacheck.cases import Case, cases
from classifiers.banglacheck.report import Report, report
from classifiers.batch_text import normalise_all
from classifiers.bundle import Bundle
from classifiers.evidence import Measure, Tested, finding
from classifiers.paired import Difference, balanced_difference, share_difference
from classifiers.script_detection import scripts_of
from classifiers.thresholds import held_from

_MEASURES: Mapping[str, Measure] = {"hold": "harmful held", "stand": "good let stand"}


@dataclass(frozen=True, slots=True)
class CheckMargins:
    """By how much the share of rightly treated cases may fall: of all that must stand or be held, of such cases in one
    script or about one group, and of one functionality; ``balance``: the mean of the two shares of all. ``gap``: by how
    much a group's AUC gap may widen.
    """

    balance: float
    whole: float
    part: float
    functionality: float
    gap: float


@dataclass(frozen=True)
class CheckComparison:
    """Both reports, and every test of the one against the other."""

    before: Report
    after: Report
    tests: Sequence[Tested]


def compare_checks(
    before: Bundle, after: Bundle, margins: CheckMargins, step: Callable[[int], None] = lambda _: None
) -> CheckComparison:
    """Both bundles on the test half at the default thresholds; ``step`` is told of each bundle that is done."""
    chosen = cases("test")
    texts = [case.text for case in chosen]
    thresholds = held_from(scripts_of(normalise_all(texts)))
    must_hold = np.array([case.expected == "hold" for case in chosen])
    reports, rights = [], []
    for bundle in (before, after):
        scores = np.array([each.scores for each in bundle.score(texts)])
        reports.append(report(bundle.name, "test", chosen, scores, thresholds))
        rights.append((scores >= thresholds).any(axis=1) == must_hold)
        step(1)
    pairs = _Pairs(chosen, rights[0], rights[1])
    return CheckComparison(reports[0], reports[1], [*pairs.tests(margins), *_gaps(reports[0], reports[1], margins.gap)])


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Cases, and which of them each bundle got right."""

    cases: Sequence[Case]
    before: NDArray[np.bool_]
    after: NDArray[np.bool_]

    def tests(self, margins: CheckMargins) -> Iterator[Tested]:
        yield self._balance(margins.balance)
        for expected in ("hold", "stand"):
            mine = [at for at, case in enumerate(self.cases) if case.expected == expected]
            yield self._tested(mine, margins.whole)
            for script, rows in self._by(mine, lambda case: case.script):
                yield self._tested(rows, margins.part, script=script)
            for group, rows in self._by(mine, lambda case: case.group or ""):
                if group:
                    yield self._tested(rows, margins.part, group=group)
            for name, rows in self._by(mine, lambda case: case.functionality):
                yield self._tested(rows, margins.functionality, functionality=name)

    def _balance(self, margin: float) -> Tested:
        must_hold = np.array([case.expected == "hold" for case in self.cases])
        _, templates = np.unique([case.template for case in self.cases], return_inverse=True)
        rarer = int(min(must_hold.sum(), (~must_hold).sum()))
        difference = balanced_difference(self.before, self.after, np.ones(len(must_hold)), templates, must_hold)
        found = finding(difference, margin)
        return Tested("banglacheck", "right", margin, len(must_hold), rarer, found, difference)

    def _by(self, rows: Sequence[int], key: Callable[[Case], str]) -> Iterator[tuple[str, list[int]]]:
        for value in sorted({key(self.cases[at]) for at in rows}):
            yield value, [at for at in rows if key(self.cases[at]) == value]

    def _tested(
        self,
        rows: Sequence[int],
        margin: float,
        script: str | None = None,
        group: str | None = None,
        functionality: str | None = None,
    ) -> Tested:
        """Cases of one template are right or wrong together: templates are the clusters."""
        _, templates = np.unique([self.cases[at].template for at in rows], return_inverse=True)
        difference = share_difference(self.before[rows], self.after[rows], np.ones(len(rows)), templates)
        measure = _MEASURES[self.cases[rows[0]].expected]
        found = finding(difference, margin)
        return Tested(
            "banglacheck", measure, margin, len(rows), len(rows), found, difference, None, script, group, functionality
        )


def _gaps(before: Report, after: Report, margin: float) -> Iterator[Tested]:
    """A group is treated worse where its gap is surely there and has widened by more than the margin."""
    for group, new in after.groups.items():
        old = before.groups[group]
        widened = abs(new.gap) - abs(old.gap)
        difference = Difference(-abs(old.gap), -abs(new.gap), -widened, -widened)
        found = "worse" if widened > margin and new.least_gap > 0 else "not worse"
        yield Tested(
            "banglacheck", "gap", margin, new.templates, new.templates, "worse" if found == "worse" else "not worse",
            difference, group=group,
        )  # fmt: skip
