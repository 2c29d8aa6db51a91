"""Whether probabilities of classes are as high as they are right: measured, and mended.

Sources: Guo et al. 2017 (expected calibration error, temperature); bins of equal size by count,
Nguyen and O'Connor 2015.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from ...data.trees import paths
from ...errors import FewnerError, check_number
from ...textcat.siblings import sigmoid, softmax
from ..thresholds import Thresholds
from .decide import decider
from .scores import ClassSets

Probabilities: TypeAlias = Callable[[np.ndarray], np.ndarray]
"""(texts, classes) logits -> probabilities."""

BINS = 15
IN_BIN = 10  # predictions at least, on average
LEAST, MOST = 0.05, 20.0  # temperatures looked at
_STEPS = 60  # of the search: far below what can be told apart
_GOLDEN = (np.sqrt(5) - 1) / 2
_FLOOR = 1e-12


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of about the same probability.

    low, high: edges. n: how many. said: their mean probability. right: share that was right.
    """

    low: float
    high: float
    n: int
    said: float
    right: float


def gold_matrix(gold: ClassSets, classes: Sequence[str], exclusive: bool) -> np.ndarray:
    """(texts, classes), 1 where a class holds. Of classes that do not exclude each other those
    above it hold with it; of exclusive ones it stands alone, as its probability does."""
    column = {label: number for number, label in enumerate(classes)}
    found = np.zeros((len(gold), len(classes)))
    for row, held in zip(found, gold, strict=True):
        told = held if exclusive else {step for label in held for step in paths.lineage(label)}
        row[[column[label] for label in told if label in column]] = 1
    return found


def confidences(
    probabilities: np.ndarray, gold: ClassSets, classes: Sequence[str], exclusive: bool
) -> tuple[np.ndarray, np.ndarray]:
    """How sure each prediction was, and whether it was right, both of one dimension.

    probabilities: (texts, classes). gold: classes that hold for each text. Of exclusive classes
    what is decided of a text without thresholds is a prediction; else each class of each text is,
    and right if it holds.
    """
    said = np.asarray(probabilities, dtype="float64")
    if not exclusive:
        held = gold_matrix(gold, classes, exclusive)
        _check_shapes(said, held)
        return said.ravel(), held.ravel() > 0
    column = {label: number for number, label in enumerate(classes)}
    found = decider(classes, True)(said, Thresholds(0.0))
    pairs = list(zip(said, found, gold, strict=True))
    sure = [max((row[column[label]] for label in one), default=0.0) for row, one, _ in pairs]
    return np.array(sure), np.array([set(one) == set(held) for _, one, held in pairs], dtype=bool)


def reliability(
    said: np.ndarray, right: np.ndarray, bins: int | None = None, adaptive: bool = False
) -> list[Bin]:
    """Predictions by probability, empty bins left out.

    said, right: as `confidences` gives them. bins: 15 as in Guo et al., but of few predictions so
    many that a bin has ten on average, as fewer tell chance alone. adaptive: bins of as many
    predictions each instead of bins of the same width.
    """
    if bins is None:
        bins = min(BINS, max(1, len(said) // IN_BIN))
    check_number("bins", bins, least=1, whole=True)
    said, right = np.asarray(said, dtype="float64"), np.asarray(right, dtype="float64")
    _check_shapes(said, right)
    if adaptive:
        order = np.argsort(said, kind="stable")
        groups = [group for group in np.array_split(order, bins) if len(group)]
        return [_bin(said[at].min(), said[at].max(), said[at], right[at]) for at in groups]
    # The edge belongs to the bin below it, as in Guo et al.; 0 to the first.
    numbers = np.clip(np.ceil(said * bins) - 1, 0, bins - 1)
    found = np.unique(numbers)
    groups = [numbers == number for number in found]
    edges = [(number / bins, (number + 1) / bins) for number in found]
    return [_bin(*edge, said[at], right[at]) for edge, at in zip(edges, groups, strict=True)]


def calibration_error(
    said: np.ndarray, right: np.ndarray, bins: int | None = None, adaptive: bool = False
) -> float:
    """Expected calibration error, in [0, 1]: how far probability and share of right ones are apart,
    weighed by bin; 0 of no predictions."""
    found = reliability(said, right, bins, adaptive)
    total = sum(one.n for one in found)
    return sum(one.n / total * abs(one.said - one.right) for one in found)


def log_loss(probabilities: np.ndarray, gold: np.ndarray, exclusive: bool) -> float:
    """Mean negative log-likelihood a text of the classes that hold, in nats.

    gold: (texts, classes); shares of 1 where classes hold in part.
    """
    said, held = np.asarray(probabilities, dtype="float64"), np.asarray(gold, dtype="float64")
    _check_shapes(said, held)
    if not len(said):
        return 0.0
    loss = held * np.log(np.maximum(said, _FLOOR))
    if not exclusive:
        loss = loss + (1 - held) * np.log(np.maximum(1 - said, _FLOOR))
    return float(-loss.sum() / len(said))


def fit_temperature(
    logits: np.ndarray,
    gold: np.ndarray,
    exclusive: bool,
    probabilities: Probabilities | None = None,
) -> float:
    """What logits are to be divided by so that probabilities fit held-out text best.

    logits, gold: (texts, classes), of text that the models were not trained on. probabilities: of
    logits; softmax or sigmoid if None.
    By log loss. From a few texts that are all right it would be 0: a temperature away from 1 costs
    what one text would (log² T, ours), which many texts outweigh. 1 of no text.
    """
    logits = np.asarray(logits, dtype="float64")
    _check_shapes(logits, np.asarray(gold))
    if not len(logits):
        return 1.0
    make = probabilities or (softmax if exclusive else sigmoid)

    def cost(log_t: float) -> float:
        return len(logits) * log_loss(make(logits / np.exp(log_t)), gold, exclusive) + log_t**2

    return float(np.exp(_least(cost, np.log(LEAST), np.log(MOST))))


def _least(cost: Callable[[float], float], low: float, high: float) -> float:
    """Where a function with one valley is lowest: golden section."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    of_left, of_right = cost(left), cost(right)
    for _ in range(_STEPS):
        if of_left <= of_right:
            high, right, of_right = right, left, of_left
            left = high - _GOLDEN * (high - low)
            of_left = cost(left)
        else:
            low, left, of_left = left, right, of_right
            right = low + _GOLDEN * (high - low)
            of_right = cost(right)
    return (low + high) / 2


def _bin(low: float, high: float, said: np.ndarray, right: np.ndarray) -> Bin:
    return Bin(float(low), float(high), len(said), float(said.mean()), float(right.mean()))


def _check_shapes(one: np.ndarray, other: np.ndarray) -> None:
    if one.shape != other.shape:
        rule = "must have the shape of what they are compared with"
        raise FewnerError("gold", rule, f"{other.shape} and {one.shape}", "Give one a prediction.")
