"""Which classes hold, by their probabilities and thresholds."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np

from ...data.trees import paths
from ..thresholds import Thresholds

Decide: TypeAlias = "Callable[[np.ndarray, Thresholds], list[set[str]]]"
"""(texts, classes) probabilities and thresholds -> the classes of each text."""


def decider(classes: Sequence[str], exclusive: bool) -> Decide:
    """The rule for these classes, which are the columns of the probabilities.

    exclusive: one class a text, or none where the best one stays below its threshold; else all
    that reach theirs. Where classes are paths, as "sport/football", of exclusive ones it is the
    best at the top, then the best below it, as far down as thresholds are reached; a text has one
    of the others only if it has what is above it.
    """
    return partial(_decide, tuple(classes), exclusive)


def _decide(
    classes: Sequence[str], exclusive: bool, probabilities: np.ndarray, thresholds: Thresholds
) -> list[set[str]]:
    least = np.array([thresholds.of(label) for label in classes])
    below = children(classes)
    rows = np.asarray(probabilities)
    if not exclusive:
        return [_reaching(below, "", row >= least, classes) for row in rows]
    return [_deepest(below, row, least, classes) for row in rows]


def children(classes: Sequence[str]) -> dict[str, list[int]]:
    """Columns of the classes directly below each, "" for those at the top.

    A class is below the longest of its beginnings that is a class too.
    """
    known = set(classes)
    below: dict[str, list[int]] = {}
    for column, label in enumerate(classes):
        below.setdefault(above(label, known), []).append(column)
    return below


def above(label: str, known: Collection[str]) -> str:
    """The class that a class is directly below, "" for none."""
    heads = reversed(paths.lineage(label)[:-1])
    return next((head for head in heads if head in known), "")


def _reaching(
    below: Mapping[str, Sequence[int]], at: str, reached: np.ndarray, classes: Sequence[str]
) -> set[str]:
    found = set()
    for column in below.get(at, ()):
        if reached[column]:
            found |= _reaching(below, classes[column], reached, classes) or {classes[column]}
    return found


def _deepest(
    below: Mapping[str, list[int]], row: np.ndarray, least: np.ndarray, classes: Sequence[str]
) -> set[str]:
    at = ""
    while columns := below.get(at):
        best = max(columns, key=lambda column: row[column])
        if row[best] < least[best]:
            break
        at = classes[best]
    return {at} if at else set()
