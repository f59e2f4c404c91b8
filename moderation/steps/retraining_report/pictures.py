"""The report's pictures, each in a light and a dark form. The only module that knows matplotlib."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from classifiers import LABELS
from classifiers.training import Evidence
from moderation.steps.retraining_report.told import Theme, Told

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]

_LEAST_OF_EACH: Final = 10
"""Rows of either value that a label needs to be drawn."""
_BINS: Final = 10
_COLOURS: Final[Mapping[Theme, tuple[str, str, str, str]]] = {
    "light": ("#ffffff", "#1c2430", "#8a94a3", "#0b6e4f"),
    "dark": ("#14181f", "#e6e9ee", "#8a94a3", "#4fd1a5"),
}
"""Paper, ink, the live bundle, the new one."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its title and what a reader who cannot see it is told; ``png`` has the bytes for each theme."""

    name: str
    title: str
    text: str
    png: Mapping[Theme, bytes]


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of all the evidence together."""

    values: Floats
    before: Floats
    after: Floats
    harmful: Truth
    good: Truth
    held_before: Truth
    held_after: Truth

    @property
    def drawn(self) -> list[int]:
        """The labels with enough rows of either value."""
        return [
            index
            for index in range(len(LABELS))
            if min((self.values[:, index] == 1).sum(), (self.values[:, index] == 0).sum()) >= _LEAST_OF_EACH
        ]

    def of(self, index: int) -> tuple[Truth, Floats, Floats]:
        known = ~np.isnan(self.values[:, index])
        return self.values[known, index] == 1.0, self.before[known, index], self.after[known, index]


def draw(told: Told) -> list[Picture]:
    """The pictures for which there are rows."""
    rows = _together(told.judged.evidence)
    found = [_check_picture(told)]
    if rows.drawn:
        found += [
            _grid(told, rows, "precision-recall", "Precision and recall", _precision_recall),
            _grid(told, rows, "reliability", "Reliability: scores against what people found", _reliability),
            _grid(
                told, rows, "distributions", "How the scores of comments with and without a label lie", _distribution
            ),
        ]
    if rows.harmful.any() and rows.good.any():
        found.append(_confusion_picture(told, rows))
    if len(told.curve) > 1:
        found.append(_curve_picture(told))
    return found


def _together(evidence: Sequence[Evidence]) -> _Rows:
    def joined(name: str) -> Any:  # noqa: ANN401 - arrays of different kinds
        return np.concatenate([getattr(each, name) for each in evidence])

    names = ("values", "before", "after", "harmful", "good", "held_before", "held_after")
    return _Rows(*(joined(name) for name in names))


def _drawn(name: str, title: str, text: str, make: Callable[[Theme], Figure]) -> Picture:
    return Picture(name, title, text, {theme: _png(make, theme) for theme in _COLOURS})


def _png(make: Callable[[Theme], Figure], theme: Theme) -> bytes:
    paper, ink, grey, _ = _COLOURS[theme]
    with mpl.rc_context(
        {
            "figure.facecolor": paper, "axes.facecolor": paper, "savefig.facecolor": paper, "text.color": ink,
            "axes.labelcolor": ink, "axes.edgecolor": grey, "xtick.color": ink, "ytick.color": ink,
            "legend.frameon": False, "axes.spines.top": False, "axes.spines.right": False, "font.size": 9,
        }
    ):  # fmt: skip
        target = io.BytesIO()
        make(theme).savefig(target, format="png", dpi=110, metadata={"Software": None})
    return target.getvalue()


def _grid(
    told: Told,
    rows: _Rows,
    name: str,
    title: str,
    fill: Callable[[Axes, Truth, Floats, Floats, tuple[str, str]], None],
) -> Picture:
    """A small picture for each label."""
    labels = rows.drawn

    def make(theme: Theme) -> Figure:
        columns = min(3, len(labels))
        lines = -(-len(labels) // columns)
        figure = Figure(figsize=(2.9 * columns + 0.4, 2.7 * lines + 0.4), layout="constrained")
        axes = figure.subplots(lines, columns, squeeze=False).ravel()
        for place, index in zip(axes, labels, strict=False):
            fill(place, *rows.of(index), _COLOURS[theme][2:])
            place.set_title(LABELS[index])
        for place in axes[len(labels) :]:
            place.set_axis_off()
        _legend(figure, told, theme)
        return figure

    text = f"{title}, for {', '.join(LABELS[index] for index in labels)}: {told.champion} and {told.candidate}."
    return _drawn(name, title, text, make)


def _legend(figure: Figure, told: Told, theme: Theme) -> None:
    old, new = _COLOURS[theme][2:]
    handles = [mpl.lines.Line2D([], [], color=old, ls="--"), mpl.lines.Line2D([], [], color=new)]
    figure.legend(handles, [f"live: {told.champion}", f"new: {told.candidate}"], loc="outside lower center", ncols=2)


def _precision_recall(axes: Axes, truth: Truth, before: Floats, after: Floats, colours: tuple[str, str]) -> None:
    for scores, colour, style in ((before, colours[0], "--"), (after, colours[1], "-")):
        order = np.argsort(-scores, kind="stable")
        hits = np.cumsum(truth[order])
        last_of_equal = np.append(np.diff(scores[order]) != 0, True)
        precision, recall = hits / np.arange(1, len(hits) + 1), hits / truth.sum()
        axes.step(recall[last_of_equal], precision[last_of_equal], where="post", color=colour, ls=style)
    axes.axhline(truth.mean(), color=colours[0], lw=0.7, ls=":")
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="recall", ylabel="precision")


def _reliability(axes: Axes, truth: Truth, before: Floats, after: Floats, colours: tuple[str, str]) -> None:
    axes.plot([0, 1], [0, 1], color=colours[0], lw=0.7, ls=":")
    for scores, colour, style in ((before, colours[0], "--"), (after, colours[1], "-")):
        bins = np.minimum((scores * _BINS).astype(int), _BINS - 1)
        filled = np.unique(bins)
        sizes = np.array([(bins == each).sum() for each in filled])
        points = np.array([[scores[bins == each].mean(), truth[bins == each].mean()] for each in filled])
        axes.plot(points[:, 0], points[:, 1], color=colour, ls=style, lw=1)
        axes.scatter(points[:, 0], points[:, 1], s=8 + 60 * sizes / sizes.max(), color=colour, alpha=0.7)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="score", ylabel="share with the label")


def _distribution(axes: Axes, truth: Truth, before: Floats, after: Floats, colours: tuple[str, str]) -> None:
    """Comments with the label upwards, those without downwards."""
    edges = np.linspace(0, 1, 21)
    for scores, colour, style in ((before, colours[0], "--"), (after, colours[1], "-")):
        for value, sign in ((True, 1), (False, -1)):
            counts, _ = np.histogram(scores[truth == value], edges)
            axes.stairs(sign * counts / max(1, counts.sum()), edges, color=colour, ls=style)
    axes.axhline(0, color=colours[0], lw=0.7)
    axes.set(xlim=(0, 1), xlabel="score", ylabel="without ↓   with ↑")


def _confusion_picture(told: Told, rows: _Rows) -> Picture:
    def table(held: Truth) -> Floats:
        return np.array(
            [[(held & who).sum(), (~held & who).sum()] for who in (rows.harmful, rows.good)], dtype=np.float64
        )

    tables = (table(rows.held_before), table(rows.held_after))

    def make(theme: Theme) -> Figure:
        paper, ink, _, colour = _COLOURS[theme]
        figure = Figure(figsize=(7, 3), layout="constrained")
        shades = mpl.colors.LinearSegmentedColormap.from_list("", [paper, colour])
        for axes, counts, name in zip(
            figure.subplots(1, 2), tables, (f"live: {told.champion}", f"new: {told.candidate}"), strict=True
        ):
            axes.imshow(counts / counts.sum(axis=1, keepdims=True), cmap=shades, vmin=0, vmax=1.4)
            axes.set_xticks([0, 1], ["held", "let stand"])
            axes.set_yticks([0, 1], ["harmful", "good"])
            axes.set_title(name)
            for (row, column), count in np.ndenumerate(counts):
                share = count / counts[row].sum()
                axes.text(column, row, f"{count:,.0f}\n{share:.0%}", ha="center", va="center", color=ink)
        return figure

    text = "; ".join(
        f"{name}: of the harmful {counts[0, 0]:.0f} held and {counts[0, 1]:.0f} let stand, of the good "
        f"{counts[1, 0]:.0f} held and {counts[1, 1]:.0f} let stand"
        for name, counts in zip((told.champion, told.candidate), tables, strict=True)
    )
    return _drawn("confusion", "What is held and what stands, under the policy", f"{text}.", make)


def _curve_picture(told: Told) -> Picture:
    def make(theme: Theme) -> Figure:
        _, _, old, new = _COLOURS[theme]
        figure = Figure(figsize=(7, 3.2), layout="constrained")
        axes = figure.subplots()
        examples = [point.examples for point in told.curve]
        axes.plot(examples, [point.mean for point in told.curve], "o-", color=new, label="mean over the labels")
        toxicity = [point.toxicity for point in told.curve if point.toxicity is not None]
        if len(toxicity) == len(examples):
            axes.plot(examples, toxicity, "s--", color=old, label="toxicity")
        axes.set(xlabel="examples learned from, the oldest first", ylabel="AUC")
        axes.legend(loc="lower right")
        return figure

    text = ", ".join(f"{point.examples:,} examples: {point.mean:.3f}" for point in told.curve)
    return _drawn("learning-curve", "Learning curve: what more decisions bring", f"Mean AUC: {text}.", make)


def _check_picture(told: Told) -> Picture:
    before, after = told.judged.check.before.functionalities, told.judged.check.after.functionalities
    names = sorted(after, key=lambda name: (after[name].expected, after[name].all.value - before[name].all.value))

    def make(theme: Theme) -> Figure:
        _, _, old, new = _COLOURS[theme]
        figure = Figure(figsize=(7, 0.9 + 0.19 * len(names)), layout="constrained")
        axes = figure.subplots()
        for place, name in enumerate(names):
            pair = (before[name].all.value, after[name].all.value)
            axes.plot(pair, (place, place), color=old, lw=1.2)
            axes.scatter(pair[0], place, s=22, facecolors="none", edgecolors=old)
            axes.scatter(pair[1], place, s=22, color=new)
        axes.set_yticks(range(len(names)), [f"{name} ({after[name].expected})" for name in names], fontsize=7)
        axes.invert_yaxis()
        axes.set(xlim=(-0.02, 1.02), ylim=(len(names) - 0.4, -0.6), xlabel="share treated rightly: ring live, dot new")
        axes.axvline(0.7, color=old, lw=0.7, ls=":")
        return figure

    text = f"BanglaCheck, {len(names)} functionalities; the table has the figures."
    return _drawn("banglacheck", "BanglaCheck by functionality, before and after", text, make)
