"""Pick the decision thresholds that serve F1 best on held-out predictions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ..errors import FewnerError
from ..types import CharSpan
from .scores import PRF, DocSpans, SpanScores, check_parallel, span_strict

Decode = Callable[[list[CharSpan], float], list[CharSpan]]

DEFAULT_GRID = (0.01, 0.02, *(i / 20 for i in range(1, 20)), 0.98, 0.99)


@dataclass(frozen=True)
class Thresholds:
    """Spans with a score of at least the threshold are kept.

    global_threshold: for every label without its own, in [0, 1].
    per_label: labels with enough support for a threshold of their own.
    nesting: the component's setting that they were picked with.
    """

    global_threshold: float
    per_label: dict[str, float] = field(default_factory=dict)
    nesting: str = "any"

    def of(self, label: str) -> float:
        return self.per_label.get(label, self.global_threshold)


def keep_above(candidates: list[CharSpan], threshold: float) -> list[CharSpan]:
    """The decoder for nested spans: everything with a score of at least the threshold."""
    return [span for span in candidates if _score_of(span) >= threshold]


def pick_thresholds(
    scored: DocSpans,
    gold: DocSpans,
    labels: Sequence[str],
    *,
    grid: Iterable[float] = DEFAULT_GRID,
    decode: Decode = keep_above,
    min_support: int = 20,
) -> Thresholds:
    """Choose thresholds by strict micro F1 (source: ours).

    scored: per document the candidates that a model which has not been trained on that
        document gives, with scores in [0, 1], down to a low floor.
    gold: per document the gold spans.
    labels: the labels to predict; spans of others are left out on both sides.
    grid: thresholds to try.
    decode: what the component makes of a document's candidates at a threshold, if it
        does more than `keep_above` (flat decoding resolves conflicts).
    min_support: gold spans that a label needs for a threshold of its own. That threshold
        is drawn towards the global one with the weight of `min_support` more spans.

    Ties go to the threshold nearest 0.5. Thresholds per label are kept only if they
    raise micro F1, so the result is never worse than one threshold on this data. The
    time is that of decoding every document once per grid point.

    Errors: FewnerError if the lists differ in length, a candidate has no score, or the
    grid is empty or leaves [0, 1].
    """
    check_parallel(scored=scored, gold=gold)
    points = _checked_grid(grid)
    wanted = set(labels)
    candidates = [[span for span in spans if span.label in wanted] for spans in scored]
    at_point = [
        span_strict(gold, [decode(spans, point) for spans in candidates], labels)
        for point in points
    ]
    best = _best([scores.micro.f for scores in at_point], points)
    common = Thresholds(points[best])
    own = Thresholds(common.global_threshold, _per_label(points, at_point, best, min_support))
    if not own.per_label:
        return common
    decoded = [apply_thresholds(spans, own, decode) for spans in candidates]
    gain = span_strict(gold, decoded, labels).micro.f - at_point[best].micro.f
    return own if gain > 0 else common


def apply_thresholds(
    candidates: Iterable[CharSpan], thresholds: Thresholds, decode: Decode = keep_above
) -> list[CharSpan]:
    """Drop what its label's threshold drops, then decode the rest."""
    return decode([s for s in candidates if _score_of(s) >= thresholds.of(s.label)], 0.0)


def _per_label(
    points: Sequence[float], at_point: Sequence[SpanScores], best: int, min_support: int
) -> dict[str, float]:
    """For each label with support the threshold best for micro F1, the others left at `best`.

    Counts are taken as if labels did not compete, which is exact for `keep_above`.
    """
    chosen = {}
    common, total = points[best], at_point[best].micro
    for label, at_common in at_point[best].per_label.items():
        support = at_common.support
        if support < min_support:
            continue
        others = PRF(total.tp - at_common.tp, total.fp - at_common.fp, total.fn - at_common.fn)
        own = points[_best([(others + s.per_label[label]).f for s in at_point], points)]
        weight = support / (support + min_support)
        if own != common:
            chosen[label] = round(common + weight * (own - common), 4)
    return chosen


def _best(values: Sequence[float], points: Sequence[float]) -> int:
    """Index of the highest value; of equal ones that of the point nearest 0.5."""
    # Rounded, since sums of the same counts in another order must still tie.
    return max(range(len(points)), key=lambda i: (round(values[i], 9), -abs(points[i] - 0.5)))


def _checked_grid(grid: Iterable[float]) -> list[float]:
    points = sorted(set(grid))
    if not points or points[0] < 0 or points[-1] > 1:
        raise FewnerError(
            "grid", "need thresholds within [0, 1]", points, "Leave it out for the default grid."
        )
    return points


def _score_of(span: CharSpan) -> float:
    if span.score is None:
        raise FewnerError(
            "scored", "every candidate needs a score", span, "Pass predictions, not gold spans."
        )
    return span.score
