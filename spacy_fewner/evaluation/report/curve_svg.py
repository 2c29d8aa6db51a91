"""The learning curve as an inline SVG that takes its text colour from the page."""

import re
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np

from ..curve import LearningCurve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK = "#010203"  # stands for the page's text colour until the SVG is written
_LINE = "#3b76d6"
_RC: dict[Any, Any] = {
    "svg.hashsalt": "spacy-fewner",
    "svg.fonttype": "none",
    "font.size": 11,
    "text.color": _INK,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def curve_svg(curve: LearningCurve) -> str:
    """An `<svg>` element: points with one standard deviation, every seed, and the trend.

    The same curve gives the same bytes: no date, fixed ids.
    """
    # The object interface, with no pyplot: no global figure and no choice of a backend.
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context(_RC):
        figure = Figure(figsize=(5.4, 3.5), layout="constrained")
        axes = figure.add_subplot()
        _draw(axes, curve)
        out = StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        FigureCanvasSVG(figure).print_svg(out, metadata=nothing)
    return _inline(out.getvalue())


def _draw(axes: "Axes", curve: LearningCurve) -> None:
    examples = [point.examples for point in curve.points]
    means = [100 * point.f.mean for point in curve.points]
    deviations = [100 * (point.f.sd or 0) for point in curve.points]
    if curve.trend is not None:
        carried = curve.gain is not None and curve.gain.carried
        reach = np.geomspace(examples[0], (2 if carried else 1) * examples[-1], 60)
        predicted = [100 * curve.trend.predict(n) for n in reach]
        axes.plot(reach, predicted, "--", color=_LINE, alpha=0.6, label="trend")
    axes.errorbar(
        examples, means, deviations, fmt="o", color=_LINE, capsize=4, label="mean ± sd of seeds"
    )
    for point in curve.points:
        scores = [100 * score for score in point.scores]
        axes.plot([point.examples] * len(scores), scores, ".", color=_INK, alpha=0.35)
    axes.set_xscale("log")
    axes.set_xticks(examples, [f"{p.examples:.0f}\n({p.size})" for p in curve.points])
    axes.minorticks_off()
    axes.set_xlabel("training texts (examples per label)")
    axes.set_ylabel("F1 (%)")
    axes.grid(axis="y", alpha=0.2, color=_INK)
    axes.legend(frameon=False, loc="lower right")


def _inline(svg: str) -> str:
    """Without XML prolog, document type (which names an address) and fixed size."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    head, rest = svg.split(">", 1)
    head = re.sub(r'\s(?:width|height)="[^"]*"', "", head)
    return f'{head} role="img" aria-label="Learning curve">{rest}'.replace(_INK, "currentColor")
