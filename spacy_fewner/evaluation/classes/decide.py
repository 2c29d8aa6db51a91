"""Which classes hold, by their probabilities and thresholds."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np

from ...textcat.deciding import decide
from ..thresholds import Thresholds

Decide: TypeAlias = "Callable[[np.ndarray, Thresholds], list[set[str]]]"
"""(texts, classes) probabilities and thresholds -> the classes of each text."""


def decider(classes: Sequence[str], exclusive: bool) -> Decide:
    """The rule of `decide` for these classes, which are the columns of the probabilities."""
    return partial(_decide, tuple(classes), exclusive)


def _decide(
    classes: Sequence[str], exclusive: bool, probabilities: np.ndarray, thresholds: Thresholds
) -> list[set[str]]:
    least = np.array([thresholds.of(label) for label in classes])
    return decide(classes, exclusive, probabilities, least)
