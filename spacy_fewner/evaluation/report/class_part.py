"""What the evaluation page holds of classes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..classes.aggregate import ClassAggregate
from ..classes.calibration import Bin
from ..classes.scores import ClassSets
from ..curve import LearningCurve
from ..scores import check_parallel


@dataclass(frozen=True)
class ClassError:
    """A text whose classes are not right.

    sure: how far the model was from being right, in [0, 1]: the probability of what it said
    wrongly, or of not being what it missed.
    """

    text: str
    gold: tuple[str, ...]
    predicted: tuple[str, ...]
    sure: float


@dataclass(frozen=True)
class ClassPart:
    """Parts left empty are left out of the page.

    scores: over seeds or folds. exclusive: whether a text has one class. confused: (gold,
    predicted) -> how often, "" for none. errors: the surest first (`collect_class_errors`).
    calibration: expected calibration errors by name ("before", "after a temperature of 1.30").
    bins: reliability of the last of them. notes: sentences. curve: F1 by number of examples.
    """

    scores: ClassAggregate
    exclusive: bool
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: Sequence[ClassError] = ()
    calibration: Sequence[tuple[str, float]] = ()
    bins: Sequence[Bin] = ()
    notes: Sequence[str] = ()
    curve: LearningCurve | None = None


def collect_class_errors(
    texts: Sequence[str],
    gold: ClassSets,
    predicted: ClassSets,
    probabilities: np.ndarray,
    classes: Sequence[str],
) -> list[ClassError]:
    """The texts whose classes are not right, those that the model was surest of first.

    probabilities: (texts, classes). Errors: FewnerError if the lists differ in length.
    """
    check_parallel(texts=texts, gold=gold, predicted=predicted, probabilities=probabilities)  # type: ignore[arg-type]
    column = {label: number for number, label in enumerate(classes)}
    found = []
    for text, right, said, row in zip(texts, gold, predicted, probabilities, strict=True):
        wrong, missed = set(said) - set(right), set(right) - set(said)
        far = [float(row[column[label]]) for label in wrong if label in column]
        far += [1 - float(row[column[label]]) for label in missed if label in column and not wrong]
        if wrong or missed:
            sides = tuple(sorted(right)), tuple(sorted(said))
            found.append(ClassError(text, *sides, max(far, default=1.0)))
    return sorted(found, key=lambda one: -one.sure)
