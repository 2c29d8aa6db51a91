"""What the evaluation page holds, and writing it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...types import CharSpan, is_extension
from ..aggregate import Aggregate
from ..confusion import Confusion, SpanError, find_errors
from ..curve import LearningCurve
from ..scores import DocSpans, check_parallel
from .class_part import ClassPart


@dataclass(frozen=True)
class ErrorExample:
    """A text in which the prediction errs.

    error: the error to show.
    gold, predicted: all spans of the text; predictions may carry scores.
    """

    text: str
    error: SpanError
    gold: tuple[CharSpan, ...]
    predicted: tuple[CharSpan, ...]


@dataclass(frozen=True)
class Report:
    """What the page shows; parts left empty are left out of it.

    title: heading.
    measured_on: which text the scores are of, and that it was held out: "5-fold
        cross-validation over 92 texts", "dev.jsonl (40 texts)".
    scores: of spans, over seeds; None where none are predicted.
    facts: (name, value) pairs: data sizes, encoder, seeds, thresholds, time, versions.
    curve: learning curve.
    confusion: counts of errors (`count_errors`).
    errors: examples of errors (`collect_errors`).
    classes: what was measured of classes of texts.
    errors_note: which run the errors are of, when there are several.
    audit_table: the data audit, as plain text in columns.
    synthesis_table: what each step of making synthetic text kept, in the same way.
    warnings: one sentence each.
    max_errors: how many errors of each kind to show at once; the others open with a click.
    """

    title: str
    measured_on: str
    scores: Aggregate | None = None
    facts: Sequence[tuple[str, str]] = ()
    curve: LearningCurve | None = None
    confusion: Confusion | None = None
    errors: Sequence[ErrorExample] = ()
    classes: ClassPart | None = None
    errors_note: str = ""
    audit_table: str = ""
    synthesis_table: str = ""
    warnings: Sequence[str] = ()
    max_errors: int = 8


def collect_errors(texts: Sequence[str], gold: DocSpans, predicted: DocSpans) -> list[ErrorExample]:
    """One `ErrorExample` for each error of `find_errors`, in document order; without extensions.

    Errors: FewnerError if the lists differ in length.
    """
    check_parallel(texts=texts, gold=gold, predicted=predicted)
    targets = [tuple(span for span in spans if not is_extension(span.label)) for spans in gold]
    return [
        ErrorExample(text, error, gold_spans, tuple(predicted_spans))
        for text, gold_spans, predicted_spans in zip(texts, targets, predicted, strict=True)
        for error in find_errors(gold_spans, predicted_spans)
    ]
