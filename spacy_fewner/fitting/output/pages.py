"""The page of one run of `fit`."""

from dataclasses import replace

from ...data import AuditReport
from ...data.classes.labels import is_classified
from ...evaluation.confusion import count_errors
from ...evaluation.report.class_part import ClassPart, collect_class_errors
from ...evaluation.report.contents import Report, collect_errors
from ..measuring.trial import Trial
from .class_outcome import ClassOutcome
from .head_outcome import HeadOutcome
from .outcome import FitResult


def report_of(result: FitResult, name: str, best: Trial, audit: AuditReport) -> Report:
    """name: what the page calls the pipeline."""
    report = Report(
        title=f"{name}: what it learnt from {audit.samples} examples",
        measured_on=result.measured_on,
        facts=[("gold", note) for note in result.notes],
        audit_table=audit.table(),
        warnings=[f"{kind}: {n}" for kind, n in audit.counts.items()],
    )
    for one in best.heads:
        outcome = result.heads[one.head.name]
        if isinstance(outcome, ClassOutcome):
            report = replace(report, classes=_of_classes(outcome, best))
        else:
            report = _with_spans(report, outcome, best)
    return report


def _with_spans(report: Report, outcome: HeadOutcome, best: Trial) -> Report:
    (head,) = (one.head for one in best.heads if one.head.name == "spans")
    decided = [head.scored(part, outcome.thresholds) for part in best.held_out]
    texts = [sample.text for part in best.held_out for sample in part.annotated]
    gold = [spans for part in decided for spans in part.gold]
    predicted = [spans for part in decided for spans in part.predicted]
    return replace(
        report,
        scores=outcome.scores,
        curve=outcome.curve,
        confusion=count_errors(gold, predicted),
        errors=collect_errors(texts, gold, predicted),
    )


def _of_classes(outcome: ClassOutcome, best: Trial) -> ClassPart:
    head, held_out = outcome.head, best.held_out
    samples = [one for part in held_out for one in part.samples if is_classified(one)]
    predicted = [found for part in held_out for found in head.predicted(part, outcome.decision)]
    temperature = outcome.decision.temperature
    said = head.probabilities(head.logits(held_out) / temperature)
    texts, gold = [one.text for one in samples], head.gold(held_out)
    return ClassPart(
        outcome.scores,
        head.exclusive,
        outcome.confused,
        collect_class_errors(texts, gold, predicted, said, head.labels),
        [
            ("before", outcome.calibration.before),
            (f"after a temperature of {temperature:.2f}", outcome.calibration.after),
        ],
        outcome.calibration.bins,
        outcome.page_notes(),
        outcome.curve,
    )
