"""Is one system better than another on these documents? A paired bootstrap."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import FewnerError, check_number
from .scores import PRF, DocSpans, SpanScores, check_parallel, span_strict


@dataclass(frozen=True, slots=True)
class Comparison:
    """F1 of system b minus F1 of system a, in [-1, 1].

    low, high: the middle 95 % of the differences over resampled documents.
    a_not_worse: share of the resamples in which b is not ahead of a.
    """

    difference: float
    low: float
    high: float
    a_not_worse: float


def paired_bootstrap(
    gold: DocSpans,
    a: DocSpans,
    b: DocSpans,
    *,
    score: Callable[[DocSpans, DocSpans], SpanScores] = span_strict,
    samples: int = 2000,
    seed: int = 0,
    runs: int = 1,
) -> Comparison:
    """Resample documents with replacement and compare the micro F1 of two systems.

    runs: the lists are so many runs over the same documents, one run after the other; all that
        belongs to a document is drawn together.
    Source: Berg-Kirkpatrick et al. 2012, with the plain percentile interval.

    Errors: FewnerError if the lists differ in length, or are no whole runs.
    """
    check_parallel(gold=gold, a=a, b=b)
    check_number("runs", runs, least=1, whole=True)
    if len(gold) % runs:
        remedy = "Give all documents of each run."
        raise FewnerError("runs", f"must divide the {len(gold)} documents", runs, remedy)
    if not gold:
        return Comparison(0.0, 0.0, 0.0, 1.0)
    # (runs, documents, 3) -> (documents, 3)
    counts_a, counts_b = (_counts(gold, side, score).reshape(runs, -1, 3).sum(0) for side in (a, b))
    rng = np.random.default_rng(seed)
    differences = np.empty(samples)
    for i in range(samples):
        drawn = rng.integers(len(counts_a), size=len(counts_a))
        differences[i] = _f1(counts_b[drawn].sum(0)) - _f1(counts_a[drawn].sum(0))
    low, high = np.percentile(differences, [2.5, 97.5])
    observed = _f1(counts_b.sum(0)) - _f1(counts_a.sum(0))
    return Comparison(observed, float(low), float(high), float((differences <= 0).mean()))


def _counts(
    gold: DocSpans, predicted: DocSpans, score: Callable[[DocSpans, DocSpans], SpanScores]
) -> np.ndarray:
    """Shape: documents x (true positives, false positives, false negatives)."""
    per_doc = [score([g], [p]).micro for g, p in zip(gold, predicted, strict=True)]
    return np.array([(prf.tp, prf.fp, prf.fn) for prf in per_doc], dtype=float)


def _f1(counts: np.ndarray) -> float:
    """Shape: 3"""
    return PRF(*counts.tolist()).f
