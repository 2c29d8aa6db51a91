"""What `fit` measured, as a page, a JSON file and a few lines of text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import srsly

from ...data import AuditReport
from ...errors import warn
from ...evaluation.aggregate import Aggregate
from ...evaluation.curve import LearningCurve
from ...evaluation.report.contents import Report
from ...evaluation.report.write import write_report
from ...evaluation.thresholds import Thresholds
from .head_outcome import HeadOutcome


@dataclass
class FitResult:
    """Everything that one call of `fit` found and wrote.

    out: the folder. model: the pipeline in it, for `spacy.load`. wheel: with `package` only.
    heads: what was measured of each thing that the pipeline predicts: by "spans", by "classes".
    start: from where training began, and how much better that was where it was measured.
    synthetic: whether synthetic examples were used and why; empty if there were none.
    seconds: wall clock by step.
    notes: what became of gold that cannot be predicted as it stands (`AuditReport.fates`).
    """

    out: Path
    model: Path
    measured_on: str
    heads: dict[str, HeadOutcome]
    start: str = ""
    synthetic: str = ""
    wheel: Path | None = None
    report: Path | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    notes: Sequence[str] = ()

    @property
    def scores(self) -> Aggregate:
        """On held-out text, one run per fold or seed: strict ones of spans; of classes where the
        pipeline predicts no spans."""
        return self._first.scores

    @property
    def thresholds(self) -> Thresholds:
        """As set in the pipeline; of what `scores` are of."""
        return self._first.thresholds

    @property
    def curve(self) -> LearningCurve | None:
        """F1 by number of gold examples, without synthetic ones; None when it was switched off."""
        return self._first.curve

    @property
    def _first(self) -> HeadOutcome:
        return next(iter(self.heads.values()))

    def summary(self) -> str:
        """Headlines, labels and where things are, in plain text."""
        lines = list[str]()
        for one in self.heads.values():
            lines += [f"{one.headline()} ({self.measured_on})", "", *one.lines(), ""]
            lines += [one.curve.sentence(), ""] if one.curve else []
        lines += [f"start: {self.start}", ""] if self.start else []
        lines += [self.synthetic, ""] if self.synthetic else []
        lines += [*self.notes, ""] if self.notes else []
        return "\n".join([*lines, *self._places()])

    def warn_if_nothing_was_learnt(self) -> None:
        """The pipeline is there all the same: somebody paid for it, and may look into it."""
        for name, one in self.heads.items():
            if not one.learnt:
                found = {"spans": "no span of held-out text was found (F1 0)"}
                said = found.get(name, "of no held-out text the class was right")
                warn(
                    f"nothing was learnt: {said}. Look at {self.out / 'audit.txt'} and at the "
                    f"errors in {self.report}; then annotate more examples of each label, give an "
                    "encoder of your language, or train for longer (epochs, min_steps)."
                )

    def _places(self) -> list[str]:
        places = [f"pipeline  {self.model}", f"report    {self.report}"]
        if self.wheel:
            size = self.wheel.stat().st_size / 1e6
            places.append(f"wheel     {self.wheel} ({size:.1f} MB)")
        return places

    def to_json(self) -> dict[str, Any]:
        """Of spans at the top, as ever; of classes under "classes"."""
        of_heads = {name: one.to_json() for name, one in self.heads.items()}
        return {
            "measured_on": self.measured_on,
            **of_heads.pop("spans", {}),
            **of_heads,
            "start": self.start,
            "synthetic": self.synthetic,
            "seconds": self.seconds,
        }


def write_outcome(result: FitResult, audit: AuditReport, report: Report) -> Path:
    """Write report.html, scores.json and audit.txt; returns the page's path."""
    (result.out / "audit.txt").write_text(audit.table() + "\n", encoding="utf8")
    srsly.write_json(result.out / "scores.json", result.to_json())
    return write_report(result.out / "report.html", report)
