"""From scores of spans to the spans a document gets."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

MANY = 100  # spans of a document: from here on, leaving some out at once is worth its while


class Candidate(NamedTuple):
    """A span in tokens, its label's index and its probability."""

    start: int
    end: int
    label: int
    score: float


@dataclass(frozen=True)
class ScoredSpans:
    """Spans of one document, best first; each array (spans,).

    start, end: in tokens. label: index of the label. score: probability, float32.
    """

    start: np.ndarray
    end: np.ndarray
    label: np.ndarray
    score: np.ndarray

    def __len__(self) -> int:
        return len(self.score)

    @classmethod
    def none(cls) -> "ScoredSpans":
        whole = np.zeros(0, dtype="int64")
        return cls(whole, whole, whole, np.zeros(0, dtype="float32"))

    @classmethod
    def of(cls, candidates: Iterable[Candidate]) -> "ScoredSpans":
        """Those, in any order."""
        rows = sorted(candidates, key=lambda one: -one.score)
        if not rows:
            return cls.none()
        start, end, label, score = map(np.asarray, zip(*rows, strict=True))
        return cls(start, end, label, score.astype("float32"))

    def above(self, thresholds: np.ndarray) -> "ScoredSpans":
        """Those at or above their label's threshold: (labels,)."""
        return self.where(self.score >= thresholds[self.label])

    def where(self, chosen: np.ndarray) -> "ScoredSpans":
        """Those that are chosen: (spans,) bool."""
        return ScoredSpans(
            self.start[chosen], self.end[chosen], self.label[chosen], self.score[chosen]
        )

    def leading(self, alone: Collection[int] = ()) -> "ScoredSpans":
        """Without those that decoding cannot take: a place's labels after its best, or, since one
        of `alone` may be turned down, after its best that is not of these. As of `decode_nested`.
        """
        order = np.lexsort((self.end, self.start))  # stable: best first within a place
        start, end = self.start[order], self.end[order]
        opens = np.ones(len(self), dtype=bool)
        opens[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
        free = ~np.isin(self.label[order], list(alone))
        before: np.ndarray = np.cumsum(free) - free  # how many of `free`, in all places so far
        chosen = np.zeros(len(self), dtype=bool)
        chosen[order] = before == np.maximum.accumulate(np.where(opens, before, 0))
        return self.where(chosen)

    def candidates(self) -> list[Candidate]:
        columns = (self.start, self.end, self.label, self.score)
        return list(map(Candidate, *(column.tolist() for column in columns)))


def by_document(packed: ScoredSpans, lengths: Sequence[int]) -> list[ScoredSpans]:
    """One table a document, best first.

    packed: spans of all of them in any order, whose tokens are numbered as if the documents were
    one. lengths: (documents,) in tokens.
    """
    ends = np.cumsum(lengths, dtype="int64")
    document = np.searchsorted(ends, packed.start, side="right")
    # Ties go to the earlier, then the longer span, so that the order never depends on numpy's sort.
    order = np.lexsort((packed.label, -packed.end, packed.start, -packed.score, document))
    cuts = np.searchsorted(document[order], np.arange(1, len(ends)))
    before = (ends - lengths)[document]
    columns = (packed.start - before, packed.end - before, packed.label, packed.score)
    parts = (np.split(column[order], cuts) for column in columns)
    return [ScoredSpans(*own) for own in zip(*parts, strict=True)]


def decode(spans: ScoredSpans, nested: bool, alone: Collection[int] = ()) -> list[Candidate]:
    """What a document gets of its spans, in order: by `decode_nested` or else `decode_flat`.

    However many labels there are, few more candidates than places are looked at one by one.
    """
    alone = alone if nested else ()
    found = (spans if len(spans) < MANY else spans.leading(alone)).candidates()
    return decode_nested(found, alone) if nested else decode_flat(found)


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
    taken: dict[int, set[int]] = defaultdict(set)
    crossing: set[tuple[int, int]] = set()  # and so for every other label
    ends_by_start: dict[int, list[int]] = defaultdict(list)
    widest = 0
    kept = []
    for candidate in candidates:
        start, end, label, _ = candidate
        if end in ends_by_start.get(start, ()) or (start, end) in crossing:
            continue
        if _crosses(start, end, ends_by_start, widest):
            crossing.add((start, end))
            continue
        if label in alone:
            if not taken[label].isdisjoint(range(start, end)):
                continue
            taken[label].update(range(start, end))
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
