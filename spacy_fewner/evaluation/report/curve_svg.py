"""The learning curve as an inline SVG that takes its text colour from the page."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ..curve import LearningCurve
from .svg import INK, LINE, inline_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def curve_svg(curve: LearningCurve) -> str:
    """An `<svg>` element: points with one standard deviation, every seed, and the trend."""
    return inline_svg(partial(_draw, curve), "Learning curve")


def _draw(curve: LearningCurve, axes: "Axes") -> None:
    examples = [point.examples for point in curve.points]
    means = [100 * point.f.mean for point in curve.points]
    deviations = [100 * (point.f.sd or 0) for point in curve.points]
    if curve.trend is not None:
        carried = curve.gain is not None and curve.gain.carried
        reach = np.geomspace(examples[0], (2 if carried else 1) * examples[-1], 60)
        predicted = [100 * curve.trend.predict(n) for n in reach]
        axes.plot(reach, predicted, "--", color=LINE, alpha=0.6, label="trend")
    axes.errorbar(
        examples, means, deviations, fmt="o", color=LINE, capsize=4, label="mean ± sd of seeds"
    )
    for point in curve.points:
        scores = [100 * score for score in point.scores]
        axes.plot([point.examples] * len(scores), scores, ".", color=INK, alpha=0.35)
    axes.set_xscale("log")
    axes.set_xticks(examples, [f"{p.examples:.0f}\n({p.size})" for p in curve.points])
    axes.minorticks_off()
    axes.set_xlabel("training texts (examples per label)")
    axes.set_ylabel("F1 (%)")
    axes.grid(axis="y", alpha=0.2, color=INK)
    axes.legend(frameon=False, loc="lower right")
