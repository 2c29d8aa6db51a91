"""What was measured of classes, in words and as JSON."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...evaluation.classes.aggregate import ClassAggregate
from ...evaluation.classes.calibration import (
    Bin,
    calibration_error,
    confidences,
    reliability,
)
from ...evaluation.classes.scores import ClassScores, confusions, level_class_scores
from ...evaluation.curve import LearningCurve
from ...evaluation.thresholds import Thresholds
from ...shown import shown_in_line
from ..classes.head import ClassDecision, ClassHead
from ..measuring.validation import HeldOut
from .head_outcome import curve_json, in_percent, label_table

_CONFUSED = 5  # pairs in the summary


@dataclass(frozen=True)
class Calibration:
    """Expected calibration error before and after the temperature, which is chosen on the other
    splits each time; and the reliability of what came after."""

    before: float
    after: float
    bins: list[Bin] = field(default_factory=list)


@dataclass(frozen=True)
class ClassOutcome:
    """A `HeadOutcome`: classes of held-out texts.

    head: what the classes are. decision: as set in the pipeline. confused: (gold, predicted) ->
    how often. undecided: share of texts of which none was sure enough. levels: of a tree, the
    scores of each level. way: how they are trained, and why.
    """

    head: ClassHead
    scores: ClassAggregate
    decision: ClassDecision
    curve: LearningCurve | None
    calibration: Calibration
    confused: Counter[tuple[str, str]]
    undecided: float = 0.0
    levels: Sequence[tuple[int, ClassScores]] = ()
    way: str = ""

    @property
    def thresholds(self) -> Thresholds:
        return self.decision.thresholds

    @property
    def learnt(self) -> bool:
        return bool(self.scores.micro.f.mean)

    def headline(self) -> str:
        if self.head.exclusive:
            return f"Accuracy of classes {in_percent(self.scores.accuracy)}"
        return f"Micro F1 of classes {in_percent(self.scores.micro.f)}"

    def lines(self) -> list[str]:
        lines = [*label_table(self.scores, "class", "texts"), "", *self.page_notes()]
        if self.confused:
            shown = self.confused.most_common(_CONFUSED)
            lines.append(f"confused: {', '.join(_pair(*pair, n) for pair, n in shown)}")
        before, after = self.calibration.before, self.calibration.after
        lines.append(
            f"calibration error {100 * before:.1f}, after a temperature of "
            f"{self.decision.temperature:.2f} {100 * after:.1f}"
        )
        return [*lines, f"way: {self.way}"] if self.way else lines

    def page_notes(self) -> list[str]:
        """What no table of the page says."""
        said = [
            f"level {level}: {_of_level(scores, self.head.exclusive)}"
            for level, scores in self.levels
        ]
        least = self.thresholds.global_threshold
        if not self.head.exclusive:
            own = [
                f"{shown_in_line(label)} {one:.2f}"
                for label, one in self.thresholds.per_label.items()
            ]
            said.append(f"threshold {least:.2f}" + (f"; of {', '.join(own)}" if own else ""))
        if self.head.other:
            said.append(
                f"{self.head.other}: where no class reaches {least:.2f}, "
                f"{100 * self.undecided:.0f}% of held-out texts, which count as wrong here"
            )
        return said

    def to_json(self) -> dict[str, Any]:
        scores = self.scores
        return {
            "exclusive": self.head.exclusive,
            "accuracy": list(scores.accuracy.values),
            "macro_f": list(scores.macro_f.values),
            **{name: list(getattr(scores.micro, name).values) for name in "fpr"},
            "per_class_f": {k: list(v.f.values) for k, v in scores.per_label.items()},
            "way": self.way,
            "temperature": self.decision.temperature,
            "threshold": self.thresholds.global_threshold,
            "class_thresholds": self.thresholds.per_label,
            "calibration_error": {
                "before": self.calibration.before,
                "after": self.calibration.after,
            },
            "confused": [[*pair, n] for pair, n in self.confused.most_common()],
            "levels": {level: _rate(one, self.head.exclusive) for level, one in self.levels},
            "curve": curve_json(self.curve),
        }


def class_outcome(
    head: ClassHead,
    results: Sequence[HeldOut],
    scores: ClassAggregate,
    decision: ClassDecision,
    curve: LearningCurve | None,
    way: str,
) -> ClassOutcome:
    """What models that were trained in the way chosen say of the held-out texts."""
    gold = head.gold(results)
    predicted = [found for one in results for found in head.predicted(one, decision)]
    levels = list(level_class_scores(gold, predicted, head.labels))
    undecided = sum(not found for found in predicted) / len(predicted) if predicted else 0.0
    return ClassOutcome(
        head,
        scores,
        decision,
        curve,
        _calibration(head, results),
        confusions(gold, predicted),
        undecided if head.exclusive else 0.0,
        levels,
        way,
    )


def _calibration(head: ClassHead, results: Sequence[HeldOut]) -> Calibration:
    before, after = list[np.ndarray](), list[np.ndarray]()
    for at, one in enumerate(results):
        logits = head.logits([one])
        before.append(head.probabilities(logits))
        temperature = head.decide([*results[:at], *results[at + 1 :]]).temperature
        after.append(head.probabilities(logits / temperature))
    gold = head.gold(results)
    sides = [
        confidences(np.concatenate(side), gold, head.labels, head.exclusive)
        for side in (before, after)
    ]
    ends = [calibration_error(*side) for side in sides]
    return Calibration(ends[0], ends[1], reliability(*sides[1]))


def _pair(gold: str, predicted: str, times: int) -> str:
    shown = [shown_in_line(label) or "none" for label in (gold, predicted)]
    return f"{shown[0]} for {shown[1]} ({times})"


def _of_level(scores: ClassScores, exclusive: bool) -> str:
    return f"{'accuracy' if exclusive else 'F1'} {100 * _rate(scores, exclusive):.1f}"


def _rate(scores: ClassScores, exclusive: bool) -> float:
    return scores.accuracy if exclusive else scores.micro.f
