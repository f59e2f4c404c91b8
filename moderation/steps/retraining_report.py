"""The report of a retraining: a page in Markdown with a picture, for the person who decides on the promotion."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure

Interval = tuple[float, float]

_BEFORE_COLOUR: Final = "#9aa5b1"
_AFTER_COLOUR: Final = "#0b6e4f"


@dataclass(frozen=True, slots=True)
class Compared:
    """One label on the held-out part: area under the ROC curve, 95% intervals, and calibration error, of both."""

    label: str
    rows: int
    positives: int
    before: float
    after: float
    before_interval: Interval | None
    after_interval: Interval | None
    before_ece: float
    after_ece: float

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The labels that could be compared; none where the held-out part is too small."""

    labels: tuple[Compared, ...]
    held_out: int

    @property
    def mean_before(self) -> float:
        return fmean(one.before for one in self.labels)

    @property
    def mean_after(self) -> float:
        return fmean(one.after for one in self.labels)


def write(folder: Path, candidate: str, live: str, examples: int, comparison: Comparison) -> Path:
    """Writes ``report.md``, and ``comparison.png`` where anything could be compared; returns the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    if comparison.labels:
        _picture(candidate, live, comparison).savefig(folder / "comparison.png", dpi=120)
    page = folder / "report.md"
    page.write_text(to_markdown(candidate, live, examples, comparison), encoding="utf-8")
    return page


def to_markdown(candidate: str, live: str, examples: int, comparison: Comparison) -> str:
    head = (
        f"# {candidate}\n\n"
        f"Taught with {examples:,} labelled comments, and compared with the live bundle `{live}` on "
        f"{comparison.held_out:,} that were held out.\n"
    )
    if not comparison.labels:
        return head + "\nThe held-out part is too small to compare any label.\n"
    return f"{head}\n{_table(comparison.labels)}\n\n![AUC of both bundles](comparison.png)\n\n{_READING}"


_READING: Final = (
    "AUC is the chance that a comment with the label scores above one without it; 0.5 is guessing. The interval holds "
    "95% of what resampling gives. ECE is the mean distance between a score and how often it is right.\n"
)


def _table(labels: Sequence[Compared]) -> str:
    lines = [
        "| label | rows | with it | AUC live | AUC new | ECE live | ECE new |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {one.label} | {one.rows:,} | {one.positives:,} | {_figure(one.before, one.before_interval)} | "
        f"{_figure(one.after, one.after_interval)} | {one.before_ece:.3f} | {one.after_ece:.3f} |"
        for one in labels
    ]
    return "\n".join(lines)


def _figure(value: float, interval: Interval | None) -> str:
    return f"{value:.3f}" if interval is None else f"{value:.3f} ({interval[0]:.3f} to {interval[1]:.3f})"


def _picture(candidate: str, live: str, comparison: Comparison) -> Figure:
    figure = Figure(figsize=(7, 1.2 + 0.6 * len(comparison.labels)), layout="constrained")
    axes = figure.subplots()
    places = np.arange(len(comparison.labels))
    axes.barh(places - 0.2, [one.before for one in comparison.labels], 0.38, color=_BEFORE_COLOUR, label=live)
    axes.barh(places + 0.2, [one.after for one in comparison.labels], 0.38, color=_AFTER_COLOUR, label=candidate)
    axes.set_yticks(places, [one.label for one in comparison.labels])
    axes.invert_yaxis()
    axes.set_xlim(0.0, 1.0)
    axes.axvline(0.5, color="black", linewidth=0.8, linestyle=":")
    axes.set_xlabel("AUC on the held-out part")
    axes.legend(loc="lower left")
    return figure
