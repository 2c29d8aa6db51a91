"""What kind of error each wrong span is, and which labels are taken for which."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from ..types import CharSpan, is_extension
from .scores import DocSpans, check_parallel

ErrorKind = Literal["label", "boundary", "both", "missed", "spurious"]
ERROR_KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)


@dataclass(frozen=True, slots=True)
class SpanError:
    """One error, with the gold span and the prediction that belong together.

    kind: "label" (same characters, another label), "boundary" (same label, overlapping),
        "both" (overlapping, another label), "missed" (gold is alone), "spurious"
        (the prediction is alone).
    """

    kind: ErrorKind
    gold: CharSpan | None
    predicted: CharSpan | None

    @property
    def start(self) -> int:
        return min(span.start for span in (self.gold, self.predicted) if span)

    @property
    def end(self) -> int:
        return max(span.end for span in (self.gold, self.predicted) if span)


@dataclass(frozen=True)
class Confusion:
    """Errors counted over documents.

    correct: per label, spans that were right.
    kinds: per kind and label, how many; the label is the gold one, for "spurious" the
        predicted one.
    labels: per (gold label, predicted label) that differ, how many; of kinds "label"
        and "both".
    """

    correct: Counter[str]
    kinds: dict[ErrorKind, Counter[str]]
    labels: Counter[tuple[str, str]]


def count_errors(gold: DocSpans, predicted: DocSpans) -> Confusion:
    """Count the errors of `find_errors` over parallel documents.

    Errors: FewnerError if the two lists differ in length.
    """
    check_parallel(gold=gold, predicted=predicted)
    result = Confusion(Counter(), {kind: Counter() for kind in ERROR_KINDS}, Counter())
    for gold_spans, predicted_spans in zip(gold, predicted, strict=True):
        result.correct.update(span.label for span in set(gold_spans) & set(predicted_spans))
        for error in find_errors(gold_spans, predicted_spans):
            span = error.gold or error.predicted
            assert span is not None
            result.kinds[error.kind][span.label] += 1
            if error.gold and error.predicted and error.gold.label != error.predicted.label:
                result.labels[error.gold.label, error.predicted.label] += 1
    return result


def find_errors(gold: Sequence[CharSpan], predicted: Sequence[CharSpan]) -> list[SpanError]:
    """The errors in one document, in text order; each span belongs to one error at most.
    Extensions are never predicted, and missing one is no error.

    Source: ours. Exact matches are set aside, then the rest is paired: same characters first,
    then the largest overlap with the same label, then the largest overlap.
    """
    # Keyed by the span itself, as equality ignores the score that the page shows.
    left = sorted({span for span in gold if not is_extension(span.label)} - set(predicted))
    scored = {span: span for span in predicted}
    right = sorted(scored[span] for span in set(predicted) - set(gold))
    errors: list[SpanError] = []
    for kind, fits in _PAIRINGS:
        errors += _pair(kind, left, right, fits)
    errors += [SpanError("missed", span, None) for span in left]
    errors += [SpanError("spurious", None, span) for span in right]
    return sorted(errors, key=lambda error: (error.start, error.end))


def _pair(
    kind: ErrorKind,
    gold: list[CharSpan],
    predicted: list[CharSpan],
    fits: Callable[[CharSpan, CharSpan], bool],
) -> Iterable[SpanError]:
    """Pair spans that fit, largest overlap first, and take them out of the lists."""
    pairs = sorted((-_overlap(g, p), g, p) for g, p in _meetings(gold, predicted) if fits(g, p))
    for _, g, p in pairs:
        if g in gold and p in predicted:
            gold.remove(g)
            predicted.remove(p)
            yield SpanError(kind, g, p)


def _meetings(
    gold: Sequence[CharSpan], predicted: Sequence[CharSpan]
) -> Iterable[tuple[CharSpan, CharSpan]]:
    """Pairs of overlapping spans; both lists are sorted by start."""
    for g in gold:
        for p in predicted:
            if p.start >= g.end:
                break
            if _overlap(g, p) > 0:
                yield g, p


def _overlap(one: CharSpan, other: CharSpan) -> int:
    return min(one.end, other.end) - max(one.start, other.start)


_PAIRINGS: tuple[tuple[ErrorKind, Callable[[CharSpan, CharSpan], bool]], ...] = (
    ("label", lambda g, p: (g.start, g.end) == (p.start, p.end)),
    ("boundary", lambda g, p: g.label == p.label),
    ("both", lambda _g, _p: True),
)
