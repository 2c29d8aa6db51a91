"""Classes, as one of what is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data.classes.labels import chosen, is_classified
from ...data.trees import paths
from ...evaluation.aggregate import Aggregate
from ...evaluation.classes.aggregate import aggregate_class_folds, aggregate_class_seeds
from ...evaluation.classes.calibration import confidences, fit_temperature, gold_matrix
from ...evaluation.classes.decide import decider
from ...evaluation.classes.scores import as_spans, class_scores
from ...evaluation.classes.thresholds import pick_class_thresholds, pick_other_threshold
from ...evaluation.thresholds import Thresholds
from ...textcat.siblings import Siblings, probabilities, with_parents
from ..heads import Scored
from ..measuring.validation import HeldOut
from ..training.class_config import ClassSettings

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True)
class ClassDecision:
    """How classes are decided: see the factory `fewner_textcat`."""

    temperature: float
    thresholds: Thresholds


@dataclass(frozen=True)
class ClassHead:
    """A `Head`: of exclusive classes F1 is accuracy, as long as one is always chosen.

    labels: in the order of the component's. other: see the factory `fewner_textcat`.
    """

    labels: tuple[str, ...]
    exclusive: bool
    other: str = ""
    name: str = "classes"

    @classmethod
    def of(cls, classes: ClassSettings) -> "ClassHead":
        labels = with_parents(str(record["id"]) for record in classes.records)
        return cls(tuple(labels), classes.exclusive, classes.other)

    @property
    def metric(self) -> str:
        return "accuracy" if self.exclusive else "micro F1"

    def gold(self, results: Sequence[HeldOut]) -> list[list[str]]:
        """The classes of each held-out text that was annotated for classes."""
        return [
            chosen(sample) for one in results for sample in one.samples if is_classified(sample)
        ]

    def logits(self, results: Sequence[HeldOut]) -> np.ndarray:
        """(texts, classes), of the texts of `gold`."""
        parts = [np.zeros((0, len(self.labels)))]
        for one in results:
            assert one.logits is not None
            parts.append(one.logits[[is_classified(sample) for sample in one.samples]])
        return np.concatenate(parts)

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """At temperature 1."""
        return probabilities(logits, Siblings.of(self.labels), self.exclusive)

    def decide(self, results: Sequence[HeldOut]) -> ClassDecision:
        """The temperature that fits best; and the thresholds best for F1, or for "other"."""
        gold, logits = self.gold(results), self.logits(results)
        held = gold_matrix(gold, self.labels, self.exclusive)
        temperature = fit_temperature(logits, held, self.exclusive, self.probabilities)
        said = self.probabilities(logits / temperature)
        return ClassDecision(temperature, self._thresholds(said, gold))

    def _thresholds(self, said: np.ndarray, gold: Sequence[Sequence[str]]) -> Thresholds:
        if not self.exclusive:
            # Of a tree, what is above a class is right with it.
            whole = [{step for label in one for step in paths.lineage(label)} for one in gold]
            return pick_class_thresholds(said, whole, self.labels)
        sure = confidences(said, gold, self.labels, True)
        return Thresholds(pick_other_threshold(*sure) if self.other else 0.0)

    def predicted(self, result: HeldOut, decision: ClassDecision) -> list[set[str]]:
        said = self.probabilities(self.logits([result]) / decision.temperature)
        return decider(self.labels, self.exclusive)(said, decision.thresholds)

    def scored(self, result: HeldOut, decision: ClassDecision) -> Scored:
        gold, predicted = self.gold([result]), self.predicted(result, decision)
        scores = class_scores(gold, predicted, self.labels)
        return Scored(scores, as_spans(gold), as_spans(predicted))

    def examples(self, result: HeldOut) -> int:
        return result.n_classified

    def aggregate(self, scores: Sequence[Any], folds: bool) -> Aggregate:
        return aggregate_class_folds(scores) if folds else aggregate_class_seeds(scores)

    def apply(self, nlp: "Language", decision: ClassDecision) -> None:
        from ...textcat.component import textcat_of

        component = textcat_of(nlp)
        component.temperature = decision.temperature
        component.threshold = decision.thresholds.global_threshold
        component.label_thresholds = dict(decision.thresholds.per_label)
