"""From scores of spans to those that tile a document: each token in exactly one (ours).

The best segmentation of all, not the best spans first. With cells that are independent of each
other, as the loss has them, the most probable set of spans that tile a document is the one with the
largest sum of logits; it is found by dynamic programming over the ends of spans.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from .candidates import Candidate, ScoredSpans

FLOOR = 1e-3  # probability from which a span is looked at, unless a token would be left over
_LEFT_OVER = -1e6  # for a token in no span: only where nothing else is to be had
_SURE = 1e-7


def decode_tiling(spans: ScoredSpans, space: np.ndarray) -> list[Candidate]:
    """The spans that tile a document, in order.

    spans: best first. space: (tokens,) bool, whether a token is white space, which no span needs to
    hold. A token that none of the spans holds is left over.
    """
    ending = defaultdict[int, list[tuple[Candidate, float]]](list)
    seen = set[tuple[int, int]]()
    for candidate, logit in zip(spans.candidates(), _logits(spans.score), strict=True):
        if (candidate.start, candidate.end) not in seen:  # its best label comes first
            seen.add((candidate.start, candidate.end))
            ending[candidate.end].append((candidate, logit))
    best, chosen = [0.0], list[Candidate | None]()
    for end in range(1, len(space) + 1):
        score, span = best[end - 1] + (0.0 if space[end - 1] else _LEFT_OVER), None
        for candidate, logit in ending[end]:
            if (total := best[candidate.start] + logit) > score:
                score, span = total, candidate
        best.append(score)
        chosen.append(span)
    return _traced(chosen)


def holds_all(tiled: Iterable[Candidate], space: np.ndarray) -> bool:
    """Whether what `decode_tiling` found leaves no token over."""
    held = space.copy()
    for span in tiled:
        held[span.start : span.end] = True
    return bool(held.all())


def _logits(scores: np.ndarray) -> list[float]:
    inner = np.clip(scores.astype("float64"), _SURE, 1 - _SURE)
    return (np.log(inner) - np.log1p(-inner)).tolist()


def _traced(chosen: list[Candidate | None]) -> list[Candidate]:
    found, end = list[Candidate](), len(chosen)
    while end:
        span = chosen[end - 1]
        if span is not None:
            found.append(span)
        end = end - 1 if span is None else span.start
    return found[::-1]
