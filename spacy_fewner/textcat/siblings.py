"""Which classes are told from which: those directly below the same class, or all at the top."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..data.trees import paths


def with_parents(labels: Iterable[str]) -> list[str]:
    """The labels, parents before children, with each parent that two or more of them share.

    A parent that nobody names and that has one child is none: "Sci/Tech" beside "World" is a name
    with a slash, and no label below "Sci".
    """
    named = list(dict.fromkeys(labels))
    below: dict[str, set[str]] = {}
    for label in named:
        for step in paths.lineage(label)[:-1]:
            below.setdefault(step, set()).add(label)
    wanted = set(named) | {step for step, labels_below in below.items() if len(labels_below) > 1}
    found = (step for label in named for step in paths.lineage(label) if step in wanted)
    return list(dict.fromkeys(found))


def above(label: str, known: Collection[str]) -> str | None:
    """The label that a label is directly below: the longest of its beginnings that is one too."""
    heads = reversed(paths.lineage(label)[:-1])
    return next((head for head in heads if head in known), None)


@dataclass(frozen=True)
class Siblings:
    """The groups of labels, by their columns.

    labels: L labels, parents before children. parents: (L,) the column of each label's parent, -1
    at the top. groups: the columns of each set of siblings, those at the top first.
    """

    labels: tuple[str, ...]
    parents: np.ndarray
    groups: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, labels: Sequence[str]) -> "Siblings":
        at = {label: column for column, label in enumerate(labels)}
        heads = [above(label, at) for label in labels]
        parents = np.asarray([-1 if head is None else at[head] for head in heads], dtype="int64")
        groups = [np.flatnonzero(parents == parent) for parent in np.unique(parents)]
        return cls(tuple(labels), parents, tuple(groups))

    @property
    def is_flat(self) -> bool:
        return len(self.groups) < 2


def probabilities(logits: np.ndarray, siblings: Siblings, exclusive: bool) -> np.ndarray:
    """(texts, L) logits -> (texts, L) float32: of each label, that of its parent times its own.

    Its own is that among its siblings where classes exclude each other, else for itself.
    """
    own = np.empty(logits.shape, dtype="float64")
    for group in siblings.groups:
        given = logits[:, group].astype("float64")
        own[:, group] = softmax(given) if exclusive else sigmoid(given)
    for column, parent in enumerate(siblings.parents):
        if parent >= 0:
            own[:, column] *= own[:, parent]
    return own.astype("float32")


def softmax(logits: np.ndarray) -> np.ndarray:
    """Of one class a text."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Of any number of classes a text."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(logits, dtype="float64")))


class Classes(NamedTuple):
    """Which classes are told from which, and whether a text has one of them alone."""

    siblings: Siblings
    exclusive: bool
