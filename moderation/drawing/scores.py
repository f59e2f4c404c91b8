"""Scores from 0 to 1, drawn from edge to edge, so that a slider below stands where its place is in the picture."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from moderation.drawing.style import FAINT, NOW, STOP, STYLE, USUAL, written

SLIDER_STEPS: Final = 101
"""Steps of the slider below: from 0 to 1 by hundredths, and one more, which is never."""
_SEEN_FROM: Final = 10
"""Most scores are near 0. The bars are as high as those from this bin on need; what is higher is cut, and marked."""
_LOWER: Final = 0.2
"""The share of the height that the axis and its numbers take."""


def scores_picture(document: Mapping[str, Any]) -> str:
    """SVG of a label's scores by bin: ``alone`` counts what no other rule stops, ``together`` all comments."""
    alone, together = document["alone"], document["together"]
    with mpl.rc_context(STYLE):
        figure, at = _edge_to_edge(4.4, 1.4)
        top = 1.1 * max(1, *together[_SEEN_FROM:])
        edges = [place / len(together) for place in range(len(together) + 1)]
        at.stairs([min(n, top) for n in together], edges, fill=True, color=FAINT)
        at.stairs([min(n, top) for n in alone], edges, fill=True, color=NOW, alpha=0.75)
        at.set_ylim(0, top)
        cut = [place for place, n in enumerate(together) if n > top]
        if cut:
            middle = (sum(cut) / len(cut) + 0.5) / len(together)
            at.text(middle, 0.97 * top, "↑", ha="center", va="top", fontsize=13, color="white")
        return written(figure)


def dots_picture(document: Mapping[str, Any]) -> str:
    """SVG of comments as dots: ``counts`` says how many stand above each hundredth; ``held_from`` is the threshold."""
    counts: Sequence[int] = document["counts"]
    with mpl.rc_context(STYLE):
        figure, at = _edge_to_edge(5.6, 2.0)
        at.tick_params(labelsize=11)
        across = [place / len(counts) + 0.005 for place, n in enumerate(counts) for _ in range(n)]
        up = [row + 0.5 for n in counts for row in range(n)]
        highest = max(8, *counts)
        size = min(5.0, 110 / highest)
        at.plot(across, up, "o", color=NOW, markersize=size, markeredgewidth=0, alpha=0.8)
        if document.get("held_from") is not None:
            at.axvline(document["held_from"], color=STOP, linewidth=1.5, linestyle=(0, (4, 3)))
        at.set_ylim(0, highest * 1.05)
        return written(figure)


def _edge_to_edge(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height))
    at = figure.add_axes((0.0, _LOWER, 1.0, 1.0 - _LOWER))
    at.set_xlim(0, SLIDER_STEPS / 100)
    ticks = [0.1, 0.3, 0.5, 0.7, 0.9]
    at.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    at.set_yticks([])
    at.spines["left"].set_visible(False)
    at.spines["bottom"].set_color(USUAL)
    at.tick_params(colors=USUAL, labelcolor="#5c5850", labelsize=13)
    return figure, at
