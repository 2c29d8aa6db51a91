"""What `fit` measured, as a page, a JSON file and a few lines of text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import srsly

from ...data import AuditReport
from ...errors import warn
from ...evaluation.aggregate import Aggregate
from ...evaluation.confusion import count_errors
from ...evaluation.curve import LearningCurve
from ...evaluation.report.contents import Report, collect_errors
from ...evaluation.report.write import write_report
from ...evaluation.thresholds import Thresholds
from ...shown import cut, shown_in_line
from ..measuring.validation import HeldOut


@dataclass
class FitResult:
    """Everything that one call of `fit` found and wrote.

    out: the folder. model: the pipeline in it, for `spacy.load`. wheel: with `package` only.
    scores: strict span scores on held-out text, one run per fold or seed.
    thresholds: as set in the pipeline.
    curve: F1 by number of gold examples, without synthetic ones; None when it was switched off.
    start: from where training began, and how much better that was where it was measured.
    synthetic: whether synthetic examples were used and why; empty if there were none.
    seconds: wall clock by step.
    notes: what became of gold that cannot be predicted as it stands (`AuditReport.fates`).
    """

    out: Path
    model: Path
    measured_on: str
    scores: Aggregate
    thresholds: Thresholds
    curve: LearningCurve | None
    start: str = ""
    synthetic: str = ""
    wheel: Path | None = None
    report: Path | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    notes: Sequence[str] = ()

    def summary(self) -> str:
        """Headline, labels and where things are, in plain text."""
        f = self.scores.micro.f
        spread = "" if f.sd is None else f" ± {100 * f.sd:.1f}"
        lines = [f"Strict span F1 {100 * f.mean:.1f}{spread} ({self.measured_on})", ""]
        width = max(len(shown_in_line(label)) for label in self.scores.per_label)
        lines.append(f"{'label':<{width}}      P      R      F  spans")
        rows, more = cut(list(self.scores.per_label.items()))
        for label, row in rows:
            shown = "  ".join(f"{100 * part.mean:5.1f}" for part in (row.p, row.r, row.f))
            lines.append(f"{shown_in_line(label):<{width}}  {shown}  {row.support:5.0f}")
        lines += more
        if self.curve:
            lines += ["", self.curve.sentence()]
        if self.start:
            lines += ["", f"start: {self.start}"]
        if self.synthetic:
            lines += ["", self.synthetic]
        if self.notes:
            lines += ["", *self.notes]
        return "\n".join([*lines, "", *self._places()])

    def warn_if_nothing_was_learnt(self) -> None:
        """The pipeline is there all the same: somebody paid for it, and may look into it."""
        if not self.scores.micro.f.mean:
            warn(
                "nothing was learnt: no span of held-out text was found (F1 0). Look at "
                f"{self.out / 'audit.txt'} and at the errors in {self.report}; then annotate more "
                "examples of each label, give an encoder of your language, or train for longer "
                "(epochs, min_steps)."
            )

    def _places(self) -> list[str]:
        places = [f"pipeline  {self.model}", f"report    {self.report}"]
        if self.wheel:
            size = self.wheel.stat().st_size / 1e6
            places.append(f"wheel     {self.wheel} ({size:.1f} MB)")
        return places

    def to_json(self) -> dict:
        micro = self.scores.micro
        return {
            "measured_on": self.measured_on,
            "scorer": self.scores.scorer,
            "f": list(micro.f.values),
            "p": list(micro.p.values),
            "r": list(micro.r.values),
            "per_label_f": {k: list(v.f.values) for k, v in self.scores.per_label.items()},
            "threshold": self.thresholds.global_threshold,
            "label_thresholds": self.thresholds.per_label,
            "curve": [[p.examples, list(p.scores)] for p in self.curve.points]
            if self.curve
            else [],
            "start": self.start,
            "synthetic": self.synthetic,
            "seconds": self.seconds,
        }


def write_outcome(
    result: FitResult,
    name: str,
    nested: bool,
    held_out: Sequence[HeldOut],
    audit: AuditReport,
    facts: Sequence[tuple[str, str]],
    synthesis: str = "",
) -> Path:
    """Write report.html, scores.json and audit.txt; returns the page's path.

    name: what the page calls the pipeline. synthesis: table of how synthetic text was made.
    """
    texts = [sample.text for part in held_out for sample in part.samples]
    gold = [spans for part in held_out for spans in part.gold]
    predicted = [s for part in held_out for s in part.predicted(result.thresholds, nested)]
    report = Report(
        title=f"{name}: what it learnt from {audit.samples} examples",
        measured_on=result.measured_on,
        scores=result.scores,
        facts=[*facts, *(("gold", note) for note in result.notes)],
        curve=result.curve,
        confusion=count_errors(gold, predicted),
        errors=collect_errors(texts, gold, predicted),
        audit_table=audit.table(),
        synthesis_table=synthesis,
        warnings=[f"{kind}: {n}" for kind, n in audit.counts.items()],
    )
    (result.out / "audit.txt").write_text(audit.table() + "\n", encoding="utf8")
    srsly.write_json(result.out / "scores.json", result.to_json())
    return write_report(result.out / "report.html", report)
