"""Comments by day, as bars: what was published unseen, and above it what was stopped."""

from collections.abc import Mapping
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from moderation.drawing.style import FAINT, NOW, STYLE, written

_MOST_TICKS: Final = 8


def days_picture(document: Mapping[str, Any]) -> str:
    """SVG of the counts ``unseen`` and ``stopped``, one of each for each of ``days``."""
    days, unseen, stopped = document["days"], document["unseen"], document["stopped"]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 2.6), layout="constrained")
        at = figure.subplots()
        places = range(len(days))
        at.bar(places, unseen, color=FAINT)
        at.bar(places, stopped, bottom=unseen, color=NOW)
        every = max(1, -(-len(days) // _MOST_TICKS))
        shown = [place for place in places if (len(days) - 1 - place) % every == 0]
        at.set_xticks(shown, [days[place] for place in shown])
        at.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        at.locator_params(axis="y", nbins=4, integer=True)
        return written(figure)
