"""A drawing of matplotlib as an inline SVG that takes its text colour from the page."""

import re
from collections.abc import Callable
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#010203"  # stands for the page's text colour until the SVG is written
LINE = "#3b76d6"
_RC: dict[Any, Any] = {
    "svg.hashsalt": "spacy-fewner",
    "svg.fonttype": "none",
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def inline_svg(
    draw: "Callable[[Axes], None]", label: str, size: tuple[float, float] = (5.4, 3.5)
) -> str:
    """An `<svg>` element. label: what it shows, in words. size: in inches.

    The same drawing gives the same bytes: no date, fixed ids.
    """
    # The object interface, with no pyplot: no global figure and no choice of a backend.
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context(_RC):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.add_subplot())
        out = StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        FigureCanvasSVG(figure).print_svg(out, metadata=nothing)
    return _inline(out.getvalue(), label)


def _inline(svg: str, label: str) -> str:
    """Without XML prolog, document type (which names an address) and fixed size."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    head, rest = svg.split(">", 1)
    head = re.sub(r'\s(?:width|height)="[^"]*"', "", head)
    return f'{head} role="img" aria-label="{label}">{rest}'.replace(INK, "currentColor")
