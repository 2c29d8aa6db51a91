"""Which classes a text has, by their probabilities and what each needs."""

from collections.abc import Mapping, Sequence

import numpy as np

from .siblings import above


def decide(
    labels: Sequence[str], exclusive: bool, probabilities: np.ndarray, least: np.ndarray
) -> list[set[str]]:
    """The classes of each text. probabilities: (texts, labels). least: (labels,) that each needs.

    exclusive: one class a text, or none where the best one stays below what it needs; else all
    that reach it. Where labels are paths, as "sport/football", of exclusive ones it is the best at
    the top, then the best below it, as far down as they are sure enough; a text has one of the
    others only if it has what is above it, and then its name alone is given.
    """
    below = children(labels)
    find = _deepest if exclusive else _reaching
    return [find(below, row, least, labels) for row in np.asarray(probabilities)]


def children(labels: Sequence[str]) -> dict[str, list[int]]:
    """Columns of the labels directly below each, "" for those at the top."""
    known = set(labels)
    below: dict[str, list[int]] = {}
    for column, label in enumerate(labels):
        below.setdefault(above(label, known) or "", []).append(column)
    return below


def _reaching(
    below: Mapping[str, list[int]],
    row: np.ndarray,
    least: np.ndarray,
    labels: Sequence[str],
    at: str = "",
) -> set[str]:
    found = set()
    for column in below.get(at, ()):
        if row[column] >= least[column]:
            deeper = _reaching(below, row, least, labels, labels[column])
            found |= deeper or {labels[column]}
    return found


def _deepest(
    below: Mapping[str, list[int]], row: np.ndarray, least: np.ndarray, labels: Sequence[str]
) -> set[str]:
    at = ""
    while columns := below.get(at):
        best = max(columns, key=lambda column: row[column])
        if row[best] < least[best]:
            break
        at = labels[best]
    return {at} if at else set()
