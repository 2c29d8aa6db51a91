"""The four scorers side by side: never one of a paper's beside another of ours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .scores import (
    DocSpans,
    SpanScores,
    span_partial,
    span_strict,
    string_multiset_gollie,
    string_set_uniner,
)


@dataclass(frozen=True)
class AllScores:
    """Of the same predictions and labels, by scorer."""

    strict: SpanScores
    partial: SpanScores
    string_set: SpanScores
    string_multiset: SpanScores

    def by_scorer(self) -> dict[str, SpanScores]:
        """By the scorer's own name, strict first."""
        found = (self.strict, self.partial, self.string_set, self.string_multiset)
        return {scores.scorer: scores for scores in found}


def all_scores(
    gold: DocSpans,
    predicted: DocSpans,
    texts: Sequence[str],
    labels: Iterable[str] | None = None,
) -> AllScores:
    """labels: to score; all that occur if None. Errors: as of each scorer."""
    asked = None if labels is None else list(labels)
    return AllScores(
        span_strict(gold, predicted, asked),
        span_partial(gold, predicted, asked),
        string_set_uniner(gold, predicted, texts, asked),
        string_multiset_gollie(gold, predicted, texts, asked),
    )
