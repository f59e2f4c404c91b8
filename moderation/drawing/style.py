"""What all pictures share: typefaces and colours, and how they are written.

Words stand in the SVG as text, each a code of ours in an element of its own, so that the page can put the visitor's
language in their place; a browser shapes Bangla, which matplotlib does not.
"""

import io
from typing import Any, Final

from matplotlib.figure import Figure

STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "alochona",
    "font.family": ["Noto Sans Bengali", "Noto Sans", "sans-serif"],
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
USUAL: Final = "#8a8577"
NOW: Final = "#0b5c4a"
STOP: Final = "#9b1c1c"
FAINT: Final = "#cfcabf"


def written(figure: Figure) -> str:
    """The figure as SVG, the same for the same numbers."""
    made = io.StringIO()
    figure.savefig(made, format="svg", metadata={"Date": None})
    return made.getvalue()
