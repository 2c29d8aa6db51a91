"""Learning curve: F1 against the number of examples, and what more of them would bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import FewnerError
from .aggregate import Spread

_MIN_POINTS = 3
_EXPONENTS = np.linspace(0.1, 1.5, 29)
_RESAMPLES = 200
_QUANTILES = (0.1, 0.5, 0.9)
_UNSURE_BY, _UNSURE_PART = 0.02, 0.5  # how unsure a forecast may be: in F1, and as part of itself


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

    expected: the middle one of the rises that `low` and `high` are of.
    low, high: the rise lies between them in four of five ways of drawing the seeds and of choosing
        a trend that fits as well as their noise lets one; None if a point has one seed only.
    """

    examples: float
    expected: float
    low: float | None = None
    high: float | None = None

    @property
    def carried(self) -> bool:
        """Whether the points say enough: unsure by half of the rise at most, or by two points."""
        if self.low is None or self.high is None:
            return False
        return (self.high - self.low) / 2 <= max(_UNSURE_BY, _UNSURE_PART * self.expected)


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
        if any(len(point.scores) < 2 for point in self.points):
            return Gain(last, _rise(self.trend, last))
        low, middle, high = np.quantile(self._rises(last), _QUANTILES).tolist()
        return Gain(last, middle, low, high)

    def _rises(self, last: float) -> list[float]:
        """From `last` to twice as many, over resampled seeds and trends that fit each sample."""
        rng = np.random.default_rng(0)
        examples = [point.examples for point in self.points]
        noise = sum(p.f.sd**2 / len(p.scores) for p in self.points if p.f.sd)
        rises = []
        for _ in range(_RESAMPLES):
            trends, errors = _trends(examples, self._resampled(rng))
            fitting = np.flatnonzero(errors <= errors.min() + noise + 1e-12)
            rises.append(_rise(trends[rng.choice(fitting)], last))
        return rises

    def _resampled(self, rng: np.random.Generator) -> list[float]:
        """Means over seeds, or folds, drawn anew; the same ones for each size where they are as
        many."""
        counts = {len(point.scores) for point in self.points}
        if len(counts) > 1:
            return [float(rng.choice(p.scores, len(p.scores)).mean()) for p in self.points]
        drawn = rng.integers(0, max(counts), max(counts))
        return [float(np.take(point.scores, drawn).mean()) for point in self.points]

    def sentence(self) -> str:
        """What the curve says, in words; no forecast where it does not carry one."""
        gain = self.gain
        if gain is None:
            return "Too few sizes to say what more examples would bring (three are needed)."
        if gain.low is None or gain.high is None:
            return "One score for each size does not say what more examples would bring."
        if not gain.carried:
            return (
                "The curve is too uncertain to say what more examples would bring: for twice the "
                f"{gain.examples:.0f} anything from {100 * gain.low:+.0f} to "
                f"{100 * gain.high:+.0f} points of F1 fits it."
            )
        return (
            f"Doubling the {gain.examples:.0f} examples is expected to bring about "
            f"{100 * gain.expected:+.1f} points of F1 ({100 * gain.low:+.1f} to "
            f"{100 * gain.high:+.1f}), if the trend continues."
        )


def fit_trend(examples: Sequence[float], scores: Sequence[float]) -> Trend:
    """Least squares over a grid of exponents in [0.1, 1.5]; source: ours.

    For a given exponent ceiling and drop are a line fit. Where that line falls with more
    examples or its ceiling exceeds 1, the nearest admissible line takes its place.
    """
    trends, errors = _trends(examples, scores)
    return trends[int(errors.argmin())]


def _trends(examples: Sequence[float], scores: Sequence[float]) -> tuple[list[Trend], "np.ndarray"]:
    """The best trend of each exponent, and their squared errors."""
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
    found = zip(ceiling.tolist(), drop.tolist(), _EXPONENTS.tolist(), strict=True)
    return [Trend(*values) for values in found], errors


def _rise(trend: Trend, examples: float) -> float:
    return trend.predict(2 * examples) - trend.predict(examples)
