"""What a pipeline predicts, spans or classes: how it is decided on held-out text, and scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, Protocol

from ..evaluation.aggregate import Aggregate
from ..evaluation.scores import DocSpans, SpanScores

if TYPE_CHECKING:
    from spacy.language import Language

    from .measuring.validation import HeldOut


@dataclass(frozen=True)
class Scored:
    """What one model predicted of held-out texts.

    gold, predicted: by text, as they were scored; a class is a span of the whole text.
    """

    scores: SpanScores
    gold: DocSpans
    predicted: DocSpans


class Head(Protocol):
    """One thing that a pipeline predicts.

    name: "spans" or "classes". metric: what its headline is called. labels: that it predicts.
    """

    @property
    def name(self) -> str: ...

    @property
    def metric(self) -> str: ...

    @property
    def labels(self) -> Sequence[str]: ...

    def decide(self, results: "Sequence[HeldOut]") -> Any:
        """What makes predictions of probabilities, such as thresholds: the best for these texts."""

    def scored(self, result: "HeldOut", decision: Any) -> Scored:
        """Texts that were not annotated for it are left out."""

    def examples(self, result: "HeldOut") -> int:
        """How many gold spans, or texts with a class, the model was trained on."""

    def aggregate(self, scores: Sequence[Any], folds: bool) -> Aggregate:
        """folds: of one cross-validation; else runs over the same texts."""

    def apply(self, nlp: "Language", decision: Any) -> None:
        """Set what was decided on the pipeline's component."""


@dataclass(frozen=True)
class HeadTrial:
    """How well one way of training predicted one thing, by split."""

    head: Head
    parts: list[Scored]

    @property
    def scores(self) -> list[SpanScores]:
        return [part.scores for part in self.parts]

    @property
    def mean(self) -> float:
        """Of F1, over the splits that hold something out for it."""
        found = [scores.micro.f for scores in self.scores if scores.docs]
        return fmean(found) if found else 0.0

    @property
    def gold(self) -> DocSpans:
        return [spans for part in self.parts for spans in part.gold]

    @property
    def predicted(self) -> DocSpans:
        return [spans for part in self.parts for spans in part.predicted]


def honest(head: Head, results: "Sequence[HeldOut]") -> HeadTrial:
    """Each result decided by what is best for the others, never by itself."""
    return HeadTrial(
        head,
        [
            head.scored(result, head.decide([*results[:at], *results[at + 1 :]]))
            for at, result in enumerate(results)
        ],
    )
