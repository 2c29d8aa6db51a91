"""What a pipeline says of the classes of annotated texts, scored."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data.classes.labels import chosen, classes_of, is_classified, kind_of
from ...types import Sample
from ..thresholds import Thresholds
from .calibration import calibration_error, confidences
from .decide import decider
from .scores import ClassScores, class_scores, confusions, level_class_scores

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


@dataclass(frozen=True)
class Rule:
    """How a pipeline's `doc.cats` are read. classes: that it knows, without its "other"."""

    classes: tuple[str, ...]
    exclusive: bool
    thresholds: Thresholds

    def row(self, doc: "Doc") -> list[float]:
        return [doc.cats.get(label, 0.0) for label in self.classes]


@dataclass(frozen=True)
class Evaluated:
    """Of the texts that are annotated for classes.

    gold, predicted, probabilities: of those texts, in order; (texts, rule.classes).
    left_out: how many texts are not annotated. unknown: classes of gold that the pipeline does not
    know, and how many texts have them.
    """

    rule: Rule
    texts: list[str]
    gold: list[list[str]]
    predicted: list[set[str]]
    probabilities: np.ndarray
    left_out: int = 0
    unknown: Counter[str] = field(default_factory=Counter)

    @property
    def classes(self) -> list[str]:
        """Those that are scored: what the pipeline knows, and what gold has."""
        return list(dict.fromkeys([*self.rule.classes, *sorted(self.unknown)]))

    @property
    def scores(self) -> ClassScores:
        return class_scores(self.gold, self.predicted, self.classes)

    @property
    def levels(self) -> list[tuple[int, ClassScores]]:
        return list(level_class_scores(self.gold, self.predicted, self.classes))

    @property
    def confused(self) -> Counter[tuple[str, str]]:
        return confusions(self.gold, self.predicted)

    @property
    def calibration(self) -> tuple[np.ndarray, np.ndarray]:
        """See `confidences`."""
        rule = self.rule
        return confidences(self.probabilities, self.gold, rule.classes, rule.exclusive)

    @property
    def calibration_error(self) -> float:
        return calibration_error(*self.calibration)


def classes_in(nlp: "Language") -> bool:
    """Whether a component of the pipeline gives texts classes."""
    return any("doc.cats" in nlp.get_pipe_meta(name).assigns for name in nlp.pipe_names)


def evaluated(
    nlp: "Language", docs: Sequence["Doc"], samples: Sequence[Sample]
) -> Evaluated | None:
    """What the pipeline wrote into `doc.cats`; None if no text is annotated for classes.

    docs: of the samples, annotated by the pipeline.
    """
    pairs = [pair for pair in zip(docs, samples, strict=True) if is_classified(pair[1])]
    if not pairs:
        return None
    rule = _rule_of(nlp, [doc for doc, _ in pairs], [sample for _, sample in pairs])
    gold = [chosen(sample) for _, sample in pairs]
    rows = np.array([rule.row(doc) for doc, _ in pairs]).reshape(len(pairs), len(rule.classes))
    known = set(rule.classes)
    unknown = Counter(label for one in gold for label in one if label not in known)
    return Evaluated(
        rule,
        [sample.text for _, sample in pairs],
        gold,
        decider(rule.classes, rule.exclusive)(rows, rule.thresholds),
        rows,
        len(samples) - len(pairs),
        unknown,
    )


def _rule_of(nlp: "Language", docs: Sequence["Doc"], samples: Sequence[Sample]) -> Rule:
    """By the component that writes them; of one that we do not know, by gold."""
    for name, pipe in nlp.pipeline:
        factory = nlp.get_pipe_meta(name).factory
        if factory == "fewner_textcat":
            least = Thresholds(pipe.threshold, dict(pipe.label_thresholds))  # type: ignore[attr-defined]
            return Rule(pipe.labels, pipe.exclusive, least)  # type: ignore[attr-defined]
        if factory in ("textcat", "textcat_multilabel"):
            return _of_spacy(pipe, factory == "textcat")
    found = sorted({label for doc in docs for label in doc.cats})
    exclusive = kind_of(samples) == "exclusive"
    classes = tuple(found or classes_of(samples))
    return Rule(classes, exclusive, Thresholds(0.0 if exclusive else 0.5))


def _of_spacy(pipe: Any, exclusive: bool) -> Rule:
    least = 0.0 if exclusive else float(pipe.cfg.get("threshold") or 0.5)
    return Rule(tuple(pipe.labels), exclusive, Thresholds(least))
