"""How far a micro score would move with other texts: a bootstrap over the texts scored."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import stdev

import numpy as np

from spacy_fewner.evaluation.scores import PRF

TIMES = 1000


def resampled(counts: Sequence[PRF]) -> list[PRF]:
    """Sums of the counts of as many texts, drawn with replacement, TIMES over.

    Draws depend on the number of texts alone, so that systems scored on the same texts are drawn
    alike and their resampled scores can be subtracted pair by pair.
    """
    each = np.asarray([(one.tp, one.fp, one.fn) for one in counts], dtype="float64")
    drawn = np.random.default_rng(0).integers(len(each), size=(TIMES, len(each)))
    return [PRF(*map(float, sums)) for sums in each[drawn].sum(axis=1)]


def deviations(draws: Sequence[PRF]) -> dict[str, float]:
    """Standard deviation of p, r and f over resampled counts, in [0, 1]."""
    return {rate: stdev(getattr(one, rate) for one in draws) for rate in ("p", "r", "f")}


def gain(draws: Sequence[PRF], baseline: Sequence[PRF]) -> tuple[float, float]:
    """F1 beyond that of a baseline on the same draws: mean and standard deviation."""
    gained = [one.f - other.f for one, other in zip(draws, baseline, strict=True)]
    return sum(gained) / len(gained), stdev(gained)
