"""Learning curve: F1 against the number of examples, and what more of them would bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import stdev

import numpy as np

from ..errors import FewnerError
from .aggregate import Spread

_MIN_POINTS = 3
_EXPONENTS = np.linspace(0.1, 1.5, 29)
_RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Scores of models trained on subsets of one size.

    size: what the subsets were asked to hold, examples per label.
    examples: texts in them (the mean, if seeds differ), > 0.
    scores: F1 in [0, 1], one per seed.
    """

    size: int
    examples: float
    scores: tuple[float, ...]

    def __post_init__(self) -> None:
        if self.examples <= 0 or not self.scores:
            raise FewnerError(
                "CurvePoint", "need examples > 0 and a score", self, "Leave out empty subsets."
            )

    @property
    def f(self) -> Spread:
        return Spread(self.scores)


@dataclass(frozen=True, slots=True)
class Trend:
    """F1 = ceiling - drop * examples ** -exponent, with drop >= 0 and ceiling <= 1."""

    ceiling: float
    drop: float
    exponent: float

    def predict(self, examples: float) -> float:
        return self.ceiling - self.drop * examples**-self.exponent


@dataclass(frozen=True, slots=True)
class Gain:
    """Expected rise in F1 from `examples` to twice as many.

    sd: its standard deviation over resampled seeds; None if a point has one seed only.
    """

    examples: float
    expected: float
    sd: float | None


@dataclass(frozen=True)
class LearningCurve:
    """points: by number of examples, ascending (sorted here if they are not)."""

    points: tuple[CurvePoint, ...]

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.points, key=lambda point: point.examples))
        object.__setattr__(self, "points", ordered)

    @cached_property
    def trend(self) -> Trend | None:
        """Least-squares trend of the means; None with fewer than three sizes."""
        if len({point.examples for point in self.points}) < _MIN_POINTS:
            return None
        return fit_trend([p.examples for p in self.points], [p.f.mean for p in self.points])

    @cached_property
    def gain(self) -> Gain | None:
        """What doubling the largest size is expected to bring; None without a trend."""
        if self.trend is None:
            return None
        last = self.points[-1].examples
        return Gain(last, _rise(self.trend, last), self._gain_sd(last))

    def _gain_sd(self, last: float) -> float | None:
        if any(len(point.scores) < 2 for point in self.points):
            return None
        rng = np.random.default_rng(0)
        examples = [point.examples for point in self.points]
        rises = []
        for _ in range(_RESAMPLES):
            means = [float(rng.choice(p.scores, len(p.scores)).mean()) for p in self.points]
            rises.append(_rise(fit_trend(examples, means), last))
        return stdev(rises)

    def sentence(self) -> str:
        """What the curve says, in words."""
        if self.gain is None:
            return "Too few sizes to say what more examples would bring (three are needed)."
        spread = "" if self.gain.sd is None else f" ± {100 * self.gain.sd:.1f}"
        return (
            f"Doubling the {self.gain.examples:.0f} examples is expected to bring about "
            f"{100 * self.gain.expected:+.1f}{spread} points of F1, if the trend continues."
        )


def fit_trend(examples: Sequence[float], scores: Sequence[float]) -> Trend:
    """Least squares over a grid of exponents in [0.1, 1.5]; source: ours.

    For a given exponent ceiling and drop are a line fit. Where that line falls with more
    examples or its ceiling exceeds 1, the nearest admissible line takes its place.
    """
    x = np.asarray(examples, dtype=float)[None, :] ** -_EXPONENTS[:, None]  # exponents x points
    y = np.asarray(scores, dtype=float)  # points
    centred = x - x.mean(1, keepdims=True)
    drop = -(centred * y).sum(1) / (centred**2).sum(1)
    drop = np.maximum(drop, 0)
    ceiling = y.mean() + drop * x.mean(1)
    through_one = np.maximum(((1 - y) * x).sum(1) / (x**2).sum(1), 0)
    drop = np.where(ceiling > 1, through_one, drop)
    ceiling = np.minimum(ceiling, 1)
    errors = ((ceiling[:, None] - drop[:, None] * x - y) ** 2).sum(1)
    best = int(errors.argmin())
    return Trend(float(ceiling[best]), float(drop[best]), float(_EXPONENTS[best]))


def _rise(trend: Trend, examples: float) -> float:
    return trend.predict(2 * examples) - trend.predict(examples)
