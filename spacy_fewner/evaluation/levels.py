"""Scores at each level of a tree of labels."""

from collections.abc import Iterator, Sequence

from ..data.trees.labels import at_level
from ..data.trees.tree import LabelTree
from ..types import CharSpan
from .scores import SpanScores, span_strict

DocSpans = Sequence[Sequence[CharSpan]]


def level_scores(
    gold: DocSpans, predicted: DocSpans, tree: LabelTree
) -> Iterator[tuple[int, SpanScores]]:
    """Strict scores of each level, 1 the roots: see `at_level`."""
    for level in range(1, tree.depth + 1):
        right, found = at_level(gold, tree, level), at_level(predicted, tree, level)
        yield level, span_strict(right, found)
