"""One way of training, what its models found in held-out text, and whether one is surely ahead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import mean
from typing import TYPE_CHECKING

from ...evaluation.compare import paired_bootstrap
from ...evaluation.scores import DocSpans, SpanScores, span_strict
from ..task import Task
from .validation import HeldOut, honest_thresholds

if TYPE_CHECKING:
    from .mixture import Mixture

SURE = 0.9  # share of resampled held-out texts on which a way of training must be ahead to be taken


@dataclass(frozen=True)
class Trial:
    """One way of training and its strict scores by split.

    mixture: None for gold alone. extended: whether gold had its extension spans.
    predicted: spans found in each held-out text of each split, decided as for the scores.
    """

    mixture: "Mixture | None"
    held_out: list[HeldOut]
    scores: list[SpanScores]
    extended: bool = False
    predicted: DocSpans = ()

    @property
    def mean(self) -> float:
        """Of F1."""
        return mean(score.micro.f for score in self.scores)

    @property
    def gold(self) -> DocSpans:
        return [spans for one in self.held_out for spans in one.gold]


def trial_of(
    task: Task, found: Iterable[HeldOut], mixture: "Mixture | None" = None, extended: bool = False
) -> Trial:
    """Scored with thresholds that are never chosen on what they decide."""
    held_out, nested = list(found), task.nested
    thresholds = honest_thresholds(held_out, task.labels, nested)
    pairs = list(zip(held_out, thresholds, strict=True))
    scores = [one.score(its, nested, task.labels) for one, its in pairs]
    predicted = [spans for one, its in pairs for spans in one.predicted(its, nested)]
    return Trial(mixture, held_out, scores, extended, predicted)


def surely_ahead(task: Task, tried: Trial, base: Trial) -> bool:
    """Whether a trial is ahead of another on the same held-out texts by more than their chance.

    On the mean of the splits, and on SURE of all samples of the texts drawn with replacement. What
    is added to gold costs time, and from a dozen texts three points up may be three down on the
    next texts (docs/synthesis.md). Source: ours.
    """
    if tried.mean <= base.mean:
        return False
    score = partial(span_strict, labels=task.labels)
    runs = len(base.held_out) if task.dev else 1
    compared = paired_bootstrap(base.gold, base.predicted, tried.predicted, score=score, runs=runs)
    return compared.a_not_worse <= 1 - SURE


def best_of(trials: Sequence[Trial]) -> Trial:
    """The first of those with the best mean."""
    return max(trials, key=lambda one: one.mean)
