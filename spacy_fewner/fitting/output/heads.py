"""What was measured of each thing that a pipeline predicts."""

from collections.abc import Sequence
from typing import Any

from ...evaluation.classes.aggregate import ClassAggregate
from ..classes.head import ClassHead
from ..measuring.measure import Measured, aggregate, learning_curve
from ..measuring.trial import Trial
from ..task import Task
from .class_outcome import class_outcome
from .head_outcome import HeadOutcome, SpanOutcome


def outcomes_of(
    task: Task, best: Trial, decisions: Sequence[Any], measured: Measured
) -> dict[str, HeadOutcome]:
    """By name. decisions: of each head of the trial, as set in the pipeline."""
    found = dict[str, HeadOutcome]()
    for one, decision in zip(best.heads, decisions, strict=True):
        scores, curve = aggregate(task, one), learning_curve(one.head, measured)
        if isinstance(one.head, ClassHead):
            assert isinstance(scores, ClassAggregate)
            told = class_outcome(one.head, best.held_out, scores, decision, curve, task.way)
            found[one.head.name] = told
        else:
            found[one.head.name] = SpanOutcome(scores, decision, curve)
    return found
