"""One way of training, what its models found in held-out text, and whether one is surely ahead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean
from typing import TYPE_CHECKING

from ...evaluation.compare import paired_bootstrap
from ...evaluation.scores import span_strict
from ..heads import HeadTrial, honest
from ..task import Task
from .validation import HeldOut

if TYPE_CHECKING:
    from .mixture import Mixture

SURE = 0.9  # share of resampled held-out texts on which a way of training must be ahead to be taken


@dataclass(frozen=True)
class Trial:
    """One way of training, and how well it predicted each thing that the task has.

    mixture: None for gold alone. extended: whether gold had its extension spans.
    """

    mixture: "Mixture | None"
    held_out: list[HeldOut]
    heads: tuple[HeadTrial, ...]
    extended: bool = False

    @property
    def mean(self) -> float:
        """Of F1, over splits and over what is predicted."""
        return fmean(one.mean for one in self.heads)


def trial_of(
    task: Task, found: Iterable[HeldOut], mixture: "Mixture | None" = None, extended: bool = False
) -> Trial:
    """Scored with thresholds that are never chosen on what they decide."""
    held_out = list(found)
    return Trial(mixture, held_out, tuple(honest(one, held_out) for one in task.heads), extended)


def surely_ahead(task: Task, tried: Trial, base: Trial) -> bool:
    """Whether a trial is ahead of another on the same held-out texts by more than their chance.

    In something that is predicted, and behind in nothing: on the mean of the splits, and on SURE of
    all samples of the texts drawn with replacement. What is added to gold costs time, and from a
    dozen texts three points up may be three down on the next texts (docs/synthesis.md). Source:
    ours.
    """
    pairs = list(zip(tried.heads, base.heads, strict=True))
    if any(one.mean < other.mean for one, other in pairs):
        return False
    runs = len(base.held_out) if task.dev else 1
    return any(_surely(one, other, runs) for one, other in pairs)


def _surely(tried: HeadTrial, base: HeadTrial, runs: int) -> bool:
    """runs: that were made over the same texts."""
    if tried.mean <= base.mean:
        return False
    score = partial(span_strict, labels=tried.head.labels)
    compared = paired_bootstrap(base.gold, base.predicted, tried.predicted, score=score, runs=runs)
    return compared.a_not_worse <= 1 - SURE


def figures(tried: Trial, base: Trial, than: str) -> str:
    """ "strict F1 71.0 against 70.0", and what it is against, for each thing that is predicted."""
    pairs = zip(tried.heads, base.heads, strict=True)
    said = [
        f"{one.head.metric} {100 * one.mean:.1f} against {100 * other.mean:.1f}"
        for one, other in pairs
    ]
    return f"{', '.join(said)} {than}"


def best_of(trials: Sequence[Trial]) -> Trial:
    """The first of those with the best mean."""
    return max(trials, key=lambda one: one.mean)
