"""Mean and deviation of scores over seeds or folds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from ..errors import FewnerError
from .scores import PRF, SpanScores, pool


@dataclass(frozen=True, slots=True)
class Spread:
    """Values of one quantity over several runs.

    pooled: the value over the counts of all runs together, for folds, whose mean it is not.
    mean: of the values, or the pooled one.
    sd: sample standard deviation (n - 1); None for a single run, where it is unknown.
    """

    values: tuple[float, ...]
    pooled: float | None = None

    @property
    def mean(self) -> float:
        return fmean(self.values) if self.pooled is None else self.pooled

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
    """Scores of the same documents over several seeds, or of parts of them over folds.

    runs: number of seeds or folds. unit: "seeds" or "folds".
    docs: number of documents scored in each run (the largest, should they differ).
    """

    micro: PRFSpread
    per_label: dict[str, PRFSpread]
    scorer: str
    runs: int
    docs: int
    unit: str = "seeds"


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


def aggregate_folds(parts: Sequence[SpanScores]) -> Aggregate:
    """Summarise the folds of a cross-validation: counts added up, deviation over the folds.

    Errors: FewnerError without parts, or if they come from different scorers.
    """
    whole = pool(parts)
    return Aggregate(
        micro=_pooled(whole.micro, [part.micro for part in parts]),
        per_label={
            label: _pooled(prf, [part.per_label.get(label, PRF()) for part in parts])
            for label, prf in whole.per_label.items()
        },
        scorer=whole.scorer,
        runs=len(parts),
        docs=whole.docs,
        unit="folds",
    )


def _pooled(whole: PRF, parts: Sequence[PRF]) -> PRFSpread:
    return PRFSpread(
        p=Spread(tuple(prf.p for prf in parts), whole.p),
        r=Spread(tuple(prf.r for prf in parts), whole.r),
        f=Spread(tuple(prf.f for prf in parts), whole.f),
        support=whole.support,
    )


def _spread(scores: Iterable[PRF]) -> PRFSpread:
    items = list(scores)
    return PRFSpread(
        p=Spread(tuple(prf.p for prf in items)),
        r=Spread(tuple(prf.r for prf in items)),
        f=Spread(tuple(prf.f for prf in items)),
        support=fmean(prf.support for prf in items),
    )
