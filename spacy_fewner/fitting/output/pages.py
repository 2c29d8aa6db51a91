"""The page of one run of `fit`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...data import AuditReport
from ...evaluation.confusion import count_errors
from ...evaluation.report.contents import Report, collect_errors
from ..measuring.trial import Trial
from .outcome import FitResult


def report_of(
    result: FitResult, name: str, best: Trial, decisions: Sequence[Any], audit: AuditReport
) -> Report:
    """name: what the page calls the pipeline. decisions: of each head of the trial."""
    report = Report(
        title=f"{name}: what it learnt from {audit.samples} examples",
        measured_on=result.measured_on,
        facts=[("gold", note) for note in result.notes],
        audit_table=audit.table(),
        warnings=[f"{kind}: {n}" for kind, n in audit.counts.items()],
    )
    for one, decision in zip(best.heads, decisions, strict=True):
        decided = [one.head.scored(part, decision) for part in best.held_out]
        gold = [spans for part in decided for spans in part.gold]
        predicted = [spans for part in decided for spans in part.predicted]
        report = _with_spans(report, result, best, gold, predicted)
    return report


def _with_spans(
    report: Report, result: FitResult, best: Trial, gold: Any, predicted: Any
) -> Report:
    texts = [sample.text for part in best.held_out for sample in part.annotated]
    outcome = result.heads["spans"]
    return replace(
        report,
        scores=outcome.scores,
        curve=outcome.curve,
        confusion=count_errors(gold, predicted),
        errors=collect_errors(texts, gold, predicted),
    )
