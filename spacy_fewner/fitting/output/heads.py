"""What was measured of each thing that a pipeline predicts."""

from collections.abc import Sequence
from typing import Any

from ..measuring.measure import Measured, aggregate, learning_curve
from ..measuring.trial import Trial
from ..task import Task
from .head_outcome import HeadOutcome, SpanOutcome


def outcomes_of(
    task: Task, best: Trial, decisions: Sequence[Any], measured: Measured
) -> dict[str, HeadOutcome]:
    """By name. decisions: of each head of the trial, as set in the pipeline."""
    found = dict[str, HeadOutcome]()
    for one, decision in zip(best.heads, decisions, strict=True):
        curve = learning_curve(one.head, measured)
        found[one.head.name] = SpanOutcome(aggregate(task, one), decision, curve)
    return found
