"""Mean and deviation of scores over seeds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from ..errors import FewnerError
from .scores import PRF, SpanScores


@dataclass(frozen=True, slots=True)
class Spread:
    """Values of one quantity over several runs.

    sd: sample standard deviation (n - 1); None for a single run, where it is unknown.
    """

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        return fmean(self.values)

    @property
    def sd(self) -> float | None:
        return stdev(self.values) if len(self.values) > 1 else None


@dataclass(frozen=True, slots=True)
class PRFSpread:
    """Precision, recall and F1 in [0, 1] over runs, and the mean number of gold items."""

    p: Spread
    r: Spread
    f: Spread
    support: float


@dataclass(frozen=True)
class Aggregate:
    """Scores of the same documents over several seeds.

    runs: number of seeds.
    docs: number of documents scored in each run (the largest, should they differ).
    """

    micro: PRFSpread
    per_label: dict[str, PRFSpread]
    scorer: str
    runs: int
    docs: int


def aggregate_seeds(runs: Sequence[SpanScores]) -> Aggregate:
    """Summarise one `SpanScores` per seed.

    A label that a run has not seen counts there with an F1 of 0. Folds of a cross-validation
    are no seeds: add them up with `pool` first, since F1 is no mean over folds.

    Errors: FewnerError without runs, or if they come from different scorers.
    """
    scorers = sorted({run.scorer for run in runs})
    if len(scorers) != 1:
        raise FewnerError(
            "runs", "need one or more scores of one scorer", scorers, "Score all runs alike."
        )
    labels = dict.fromkeys(label for run in runs for label in run.labels)
    return Aggregate(
        micro=_spread(run.micro for run in runs),
        per_label={
            label: _spread(run.per_label.get(label, PRF()) for run in runs) for label in labels
        },
        scorer=scorers[0],
        runs=len(runs),
        docs=max(run.docs for run in runs),
    )


def _spread(scores: Iterable[PRF]) -> PRFSpread:
    items = list(scores)
    return PRFSpread(
        p=Spread(tuple(prf.p for prf in items)),
        r=Spread(tuple(prf.r for prf in items)),
        f=Spread(tuple(prf.f for prf in items)),
        support=fmean(prf.support for prf in items),
    )
