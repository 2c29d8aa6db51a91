"""Is one system better than another on these documents? A paired bootstrap."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

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
) -> Comparison:
    """Resample documents with replacement and compare the micro F1 of two systems.

    Source: Berg-Kirkpatrick et al. 2012, with the plain percentile interval.

    Errors: FewnerError if the lists differ in length.
    """
    check_parallel(gold=gold, a=a, b=b)
    if not gold:
        return Comparison(0.0, 0.0, 0.0, 1.0)
    counts_a, counts_b = _counts(gold, a, score), _counts(gold, b, score)
    rng = np.random.default_rng(seed)
    differences = np.empty(samples)
    for i in range(samples):
        drawn = rng.integers(len(gold), size=len(gold))
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
