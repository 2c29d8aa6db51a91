"""Mean and deviation of scores of classes over seeds or folds."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..aggregate import Aggregate, Spread, aggregate_folds, aggregate_seeds
from .scores import ClassScores, pool_classes

_NONE = Spread(())


@dataclass(frozen=True)
class ClassAggregate(Aggregate):
    """accuracy, macro_f: over runs, in [0, 1]."""

    accuracy: Spread = _NONE
    macro_f: Spread = _NONE


def aggregate_class_seeds(runs: Sequence[ClassScores]) -> ClassAggregate:
    """One `ClassScores` a seed, of the same texts."""
    accuracy = Spread(tuple(run.accuracy for run in runs))
    macro = Spread(tuple(run.macro_f for run in runs))
    return ClassAggregate(**vars(aggregate_seeds(runs)), accuracy=accuracy, macro_f=macro)


def aggregate_class_folds(parts: Sequence[ClassScores]) -> ClassAggregate:
    """The folds of a cross-validation: counts added up, deviation over the folds."""
    whole = pool_classes(parts)
    accuracy = Spread(tuple(part.accuracy for part in parts), whole.accuracy)
    macro = Spread(tuple(part.macro_f for part in parts), whole.macro_f)
    return ClassAggregate(**vars(aggregate_folds(parts)), accuracy=accuracy, macro_f=macro)
