"""The last step of `fit`: the pipeline, what was measured, and the wheel, in one folder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data import AuditReport
from ...progress import counting
from ..clock import Clock
from ..measuring.choice import Choice
from ..measuring.measure import Measured, measured_on
from ..synthetic import write_written
from ..task import Task
from .facts import facts_of
from .heads import outcomes_of
from .outcome import FitResult, write_outcome
from .packaging import build_wheel
from .pages import report_of

if TYPE_CHECKING:
    from ...corpus.checking.clean import Cleaned
    from ..final import Trained


@dataclass(frozen=True)
class Fitted:
    """What all steps before have brought."""

    task: Task
    measured: Measured
    choice: Choice
    trained: "Trained"
    clock: Clock


def save(
    fitted: Fitted,
    audit: AuditReport,
    written: "Cleaned | None",
    folder: Path,
    out: Path,
    package: str | None,
) -> FitResult:
    """Write everything to `folder`, which will be called `out`; the result names what is there.

    written: what a language model wrote for this run.
    """
    nlp, best = fitted.trained.nlp, fitted.choice.best
    decisions = [one.head.decide(best.held_out) for one in best.heads]
    for one, decision in zip(best.heads, decisions, strict=True):
        one.head.apply(nlp, decision)
    result = _result(fitted, decisions, folder)
    result.notes = [*fitted.task.notes, *audit.fates()]
    nlp.to_disk(result.model)
    if package is not None:
        with fitted.clock("package"), counting(None, "") as count:
            count.begin("Building the wheel")
            result.wheel = build_wheel(result.model, folder, package)
    if written:
        write_written(written, folder / "synthetic")
    report = report_of(result, out.name, best, audit)
    steps = written.ledger.to_text() if written and written.ledger.rows else ""
    facts = facts_of(fitted.task, fitted.trained, result)
    report = replace(report, facts=[*facts, *report.facts], synthesis_table=steps)
    result.report = write_outcome(result, audit, report)
    return _moved(result, folder, out)


def _result(fitted: Fitted, decisions: Sequence[Any], folder: Path) -> FitResult:
    task, best = fitted.task, fitted.choice.best
    return FitResult(
        out=folder,
        model=folder / "model",
        measured_on=measured_on(task, best.held_out),
        heads=outcomes_of(task, best, decisions, fitted.measured),
        start=task.start,
        synthetic=fitted.choice.message(),
        seconds=fitted.clock.seconds,
    )


def _moved(result: FitResult, before: Path, after: Path) -> FitResult:
    moved = {
        name: after / path.relative_to(before)
        for name in ("model", "wheel", "report")
        if (path := getattr(result, name))
    }
    return replace(result, out=after, **moved)
