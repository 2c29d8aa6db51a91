"""Spans, as one of what is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...evaluation.aggregate import Aggregate, aggregate_folds, aggregate_seeds
from ...evaluation.thresholds import Thresholds
from ..heads import Scored
from ..thresholds import set_thresholds
from .validation import HeldOut, choose_thresholds

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True)
class SpanHead:
    """A `Head`: its decision is the thresholds, and the rule of nesting that goes with them."""

    labels: Sequence[str]
    nested: bool
    name: str = "spans"
    metric: str = "strict F1"

    def decide(self, results: Sequence[HeldOut]) -> Thresholds:
        return choose_thresholds(results, self.labels, self.nested)

    def scored(self, result: HeldOut, decision: Thresholds) -> Scored:
        predicted = result.predicted(decision, self.nested)
        return Scored(result.score(decision, self.nested, self.labels), result.gold, predicted)

    def examples(self, result: HeldOut) -> int:
        return result.n_train_spans

    def aggregate(self, scores: Sequence[Any], folds: bool) -> Aggregate:
        return aggregate_folds(scores) if folds else aggregate_seeds(scores)

    def apply(self, nlp: "Language", decision: Thresholds) -> None:
        set_thresholds(nlp, decision)
