"""What was measured of spans, in words and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ...evaluation.aggregate import Aggregate, Spread
from ...evaluation.curve import LearningCurve
from ...evaluation.thresholds import Thresholds
from ...shown import cut, shown_in_line


class HeadOutcome(Protocol):
    """Of one thing that a pipeline predicts.

    scores: on held-out text. thresholds: as set in the pipeline. curve: F1 by number of examples.
    """

    @property
    def scores(self) -> Aggregate: ...

    @property
    def thresholds(self) -> Thresholds: ...

    @property
    def curve(self) -> LearningCurve | None: ...

    @property
    def learnt(self) -> bool:
        """Whether anything was right."""

    def headline(self) -> str: ...

    def lines(self) -> Sequence[str]:
        """What stands below the headline."""

    def to_json(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class SpanOutcome:
    """A `HeadOutcome`: strict scores of spans."""

    scores: Aggregate
    thresholds: Thresholds
    curve: LearningCurve | None = None

    @property
    def learnt(self) -> bool:
        return bool(self.scores.micro.f.mean)

    def headline(self) -> str:
        return f"Strict span F1 {in_percent(self.scores.micro.f)}"

    def lines(self) -> list[str]:
        return label_table(self.scores, "label", "spans")

    def to_json(self) -> dict[str, Any]:
        micro = self.scores.micro
        return {
            "scorer": self.scores.scorer,
            "f": list(micro.f.values),
            "p": list(micro.p.values),
            "r": list(micro.r.values),
            "per_label_f": {k: list(v.f.values) for k, v in self.scores.per_label.items()},
            "threshold": self.thresholds.global_threshold,
            "label_thresholds": self.thresholds.per_label,
            "curve": curve_json(self.curve),
        }


def in_percent(values: Spread) -> str:
    """ "72.4 ± 3.1", or "72.4" for a single run."""
    spread = "" if values.sd is None else f" ± {100 * values.sd:.1f}"
    return f"{100 * values.mean:.1f}{spread}"


def label_table(scores: Aggregate, label: str, counted: str) -> list[str]:
    """Precision, recall and F1 in percent of each label.

    label: what labels are called. counted: what was counted, such as "spans".
    """
    width = max(len(shown_in_line(one)) for one in (*scores.per_label, label))
    lines = [f"{label:<{width}}      P      R      F  {counted}"]
    rows, more = cut(list(scores.per_label.items()))
    for name, row in rows:
        shown = "  ".join(f"{100 * part.mean:5.1f}" for part in (row.p, row.r, row.f))
        lines.append(f"{shown_in_line(name):<{width}}  {shown}  {row.support:{len(counted)}.0f}")
    return [*lines, *more]


def curve_json(curve: LearningCurve | None) -> list[Any]:
    return [[p.examples, list(p.scores)] for p in curve.points] if curve else []
