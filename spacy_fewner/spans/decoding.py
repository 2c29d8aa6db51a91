"""From scores of spans to the spans a document gets."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np


class Candidate(NamedTuple):
    """A span in tokens, its label's index and its probability."""

    start: int
    end: int
    label: int
    score: float


def candidates_above(
    scores: np.ndarray, thresholds: np.ndarray, blocked: np.ndarray
) -> list[Candidate]:
    """All cells of one document at or above their label's threshold, best first.

    scores: (L, W, labels) probabilities. thresholds: (labels,). blocked: (L,) tokens at which no
    span may begin or end (white space).
    """
    length = scores.shape[0]
    rows, sizes, labels = np.nonzero(scores >= thresholds)
    inside = rows + sizes < length
    rows, sizes, labels = rows[inside], sizes[inside], labels[inside]
    free = ~(blocked[rows] | blocked[rows + sizes])
    rows, sizes, labels = rows[free], sizes[free], labels[free]
    values = scores[rows, sizes, labels]
    # Ties go to the earlier, then the longer span, so that the order never depends on numpy's sort.
    order = np.lexsort((labels, -sizes, rows, -values))
    return [
        Candidate(int(rows[i]), int(rows[i] + sizes[i] + 1), int(labels[i]), float(values[i]))
        for i in order
    ]


def decode_flat(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Greedy by score: no two spans share a token. Candidates come best first."""
    taken: set[int] = set()
    kept = []
    for candidate in candidates:
        tokens = range(candidate.start, candidate.end)
        if taken.isdisjoint(tokens):
            taken.update(tokens)
            kept.append(candidate)
    return sorted(kept)


def decode_nested(candidates: Iterable[Candidate], alone: Collection[int] = ()) -> list[Candidate]:
    """Greedy by score: one label per span, spans may lie in each other but never cross.

    alone: labels of which no span lies in another of the same label.
    """
    taken: dict[int, set[int]] = {label: set() for label in alone}
    ends_by_start: dict[int, list[int]] = defaultdict(list)
    widest = 0
    kept = []
    for candidate in candidates:
        start, end = candidate.start, candidate.end
        if end in ends_by_start[start] or _crosses(start, end, ends_by_start, widest):
            continue
        if candidate.label in taken:
            if not taken[candidate.label].isdisjoint(range(start, end)):
                continue
            taken[candidate.label].update(range(start, end))
        ends_by_start[start].append(end)
        widest = max(widest, end - start)
        kept.append(candidate)
    return sorted(kept, key=lambda span: (span.start, -span.end))


def _crosses(start: int, end: int, ends_by_start: dict[int, list[int]], widest: int) -> bool:
    before = (
        start < other_end < end
        for other in range(start - widest + 1, start)
        for other_end in ends_by_start.get(other, ())
    )
    after = (
        other_end > end
        for other in range(start + 1, end)
        for other_end in ends_by_start.get(other, ())
    )
    return any(before) or any(after)


def threshold_vector(
    labels: Sequence[str], threshold: float, per_label: dict[str, float], masked: Sequence[bool]
) -> np.ndarray:
    """(labels,) the threshold of each; masked labels get one that no probability reaches."""
    values = [per_label.get(label, threshold) for label in labels]
    return np.where(np.asarray(masked, dtype=bool), np.inf, values).astype("float32")
