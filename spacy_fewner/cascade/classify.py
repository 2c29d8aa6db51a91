"""From scores of labels to a path: the best child, level by level, as long as it is sure enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..data.trees.tree import LabelTree
from ..errors import FewnerError
from .trained.loss import log_softmax

Levels = list[tuple[str, float]]  # from the root down: path, and the probability that it is right


@dataclass(frozen=True)
class Columns:
    """Where the labels of a tree stand in a table of scores.

    labels: paths, one a column. children: the columns of each inner label's children; of the
    roots under None.
    """

    labels: tuple[str, ...]
    children: Mapping[str | None, np.ndarray]

    @classmethod
    def of(cls, tree: LabelTree) -> "Columns":
        labels = tuple(tree)
        at = {label: column for column, label in enumerate(labels)}
        inner = [None, *(label for label in labels if not tree.is_leaf(label))]
        return cls(
            labels,
            {one: np.asarray([at[child] for child in tree.children(one)]) for one in inner},
        )


@dataclass(frozen=True)
class Thresholds:
    """The least probability that a label needs at each level.

    overall: where by_level says nothing. by_level: from the roots down.
    """

    overall: float = 0.0
    by_level: Sequence[float] = ()

    def __post_init__(self) -> None:
        named = [(f"level_thresholds[{at}]", value) for at, value in enumerate(self.by_level)]
        for argument, value in [("threshold", self.overall), *named]:
            if not 0 <= value <= 1:
                raise FewnerError(argument, "a threshold must lie in [0, 1]", value, "Try 0.3.")

    def at(self, level: int) -> float:
        """level: 0 for the roots."""
        return self.by_level[level] if level < len(self.by_level) else self.overall


def decide(
    logits: np.ndarray, columns: Columns, thresholds: Thresholds, sure: np.ndarray | None = None
) -> list[Levels]:
    """The path of each span: empty if no root reaches the threshold.

    logits: (S, L), comparable among siblings. sure: (S,) probability that it is a span at all, with
    which that of its labels begins; 1 if not given.
    Among the children of where a span stands the most probable is taken (the first, of several) if
    it reaches the level's threshold; else the span stays there. A label's children are compared
    with nothing else, so none can come under a wrong parent.
    """
    above = np.ones(len(logits)) if sure is None else sure.astype("float64")
    found: list[Levels] = [[] for _ in range(len(logits))]
    waiting: list[tuple[str | None, np.ndarray, int]] = [(None, np.arange(len(logits)), 0)]
    while waiting:
        parent, spans, level = waiting.pop()
        options = columns.children.get(parent)
        if options is None or not len(spans):
            continue
        probabilities = np.exp(log_softmax(logits[spans][:, options]))
        best = probabilities.argmax(axis=1)
        scores = probabilities.max(axis=1) * above[spans]
        above[spans] = scores
        kept = scores >= thresholds.at(level)
        for child in np.unique(best[kept]):
            path = columns.labels[options[child]]
            taken = kept & (best == child)
            for span, score in zip(spans[taken], scores[taken], strict=True):
                found[span].append((path, float(score)))
            waiting.append((path, spans[taken], level + 1))
    return found
