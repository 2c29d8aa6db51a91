"""From which probability on a class holds, picked on held-out text."""

from collections.abc import Sequence

import numpy as np

from ...types import CharSpan
from ..thresholds import Thresholds, pick_thresholds
from .scores import ClassSets, as_spans

_CANDIDATE = 0.01  # probability below which a class is never tried
KEPT = 0.95  # of what is right, above the threshold of an "other"


def pick_class_thresholds(
    probabilities: np.ndarray, gold: ClassSets, classes: Sequence[str]
) -> Thresholds:
    """Of classes that do not exclude each other: best for micro F1, and per class where there is
    support; see `evaluation.pick_thresholds`.

    probabilities: (texts, classes), of models that were not trained on those texts. gold: classes
    that hold for each text.
    """
    return pick_thresholds(_scored(probabilities, classes), as_spans(gold), list(classes))


def pick_other_threshold(said: np.ndarray, right: np.ndarray, kept: float = KEPT) -> float:
    """Of exclusive classes: below what probability a text is "other".

    said, right: of each held-out text's best class (`calibration.confidences`). It keeps that share
    of what was right; there is no better choice without texts of no class. 0 where nothing was.
    """
    found = np.sort(np.asarray(said)[np.asarray(right, dtype=bool)])
    if not len(found):
        return 0.0
    # Rounded down: a threshold is stored with few digits, and must not lose the text it is from.
    return float(np.floor(1e4 * found[int((1 - kept) * len(found))]) / 1e4)


def _scored(probabilities: np.ndarray, classes: Sequence[str]) -> list[list[CharSpan]]:
    return [
        [
            CharSpan(0, 1, label, float(said))
            for label, said in zip(classes, row, strict=True)
            if said >= _CANDIDATE
        ]
        for row in np.asarray(probabilities)
    ]
