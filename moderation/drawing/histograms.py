"""The scores and scripts of a day beside those of the reference: a small panel for each label, and one for scripts."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from moderation.drawing.style import NOW, STYLE, USUAL, written

_COLUMNS: Final = 2


def drift_picture(document: Mapping[str, Any]) -> str:
    """SVG of the documents ``profile`` and ``reference``, both as ``classifiers.Profile`` writes them."""
    now, usual = document["profile"], document["reference"]
    panels = len(now["scores"]) + 1
    rows = -(-panels // _COLUMNS)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 1.75 * rows + 0.5), layout="constrained")
        axes = figure.subplots(rows, _COLUMNS).flatten()
        for at, label in zip(axes, now["scores"], strict=False):
            _scores(at, label, now["edges"], usual["scores"][label], now["scores"][label])
        _scripts(axes[panels - 1], usual["scripts"], now["scripts"])
        for at in axes[panels:]:
            at.set_axis_off()
        handles = axes[panels - 1].get_legend_handles_labels()
        figure.legend(*handles, loc="outside upper left", ncols=2, frameon=False)
        return written(figure)


def _scores(at: Axes, label: str, edges: Sequence[float], usual: Sequence[int], now: Sequence[int]) -> None:
    """Shares of comments by bin, the bins as wide as each other: most scores are near 0, where bins are narrow."""
    places = range(len(edges))
    at.stairs(_shares(usual), places, fill=True, color=USUAL, alpha=0.45)
    at.stairs(_shares(now), places, color=NOW, linewidth=2)
    ticks = [0, 3, 5, 9, len(edges) - 1]
    at.set_xticks(ticks, [f"{edges[tick]:g}" for tick in ticks])
    at.set_title(label, loc="left", fontsize=12)
    _percent(at)


def _scripts(at: Axes, usual: Mapping[str, int], now: Mapping[str, int]) -> None:
    places = range(len(usual))
    at.bar([place - 0.2 for place in places], _shares(list(usual.values())), 0.4, color=USUAL, label="usual")
    at.bar([place + 0.2 for place in places], _shares(list(now.values())), 0.4, color=NOW, label="last_day")
    at.set_xticks(list(places), list(usual), fontsize=9)
    at.set_title("scripts", loc="left", fontsize=12)
    _percent(at)


def _shares(counts: Sequence[int]) -> list[float]:
    total = max(sum(counts), 1)
    return [count / total for count in counts]


def _percent(at: Axes) -> None:
    at.set_ylim(bottom=0)
    at.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    at.locator_params(axis="y", nbins=3)
