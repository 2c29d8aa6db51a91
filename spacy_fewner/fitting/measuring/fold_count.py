"""How many models are trained to measure with: as many as a fixed time allows."""

import math

from ..training.settings import FitSettings

LEAST_FOLDS, MOST_FOLDS = 3, 10
SEEDS = 3  # with a dev set
TRIED_ON = 3  # splits at most for each way of training that is tried
# Parts of the examples: three models of each size took the time of a run that had three folds and
# measured a learning curve. What that took, folds of more may take.
TIMED_PARTS, TIMED_MODELS = (1 / 6, 1 / 3, 2 / 3), 3


def n_folds(n_texts: int, settings: FitSettings) -> int:
    """Parts of the cross-validation over so many texts, and never more than there are texts.

    Of few texts up to ten, as each model makes few updates; of many three or four. More folds
    leave more to train on: the models measured are then more like the one that is trained on all.
    Comparing two starts comes on top: with fewer folds the headline was further from the test score
    (benchmarks/results/headline.md). Source: ours.
    """
    if settings.folds is not None:
        return settings.folds
    allowed = updates_allowed(n_texts, settings)
    fitting = [
        k for k in range(LEAST_FOLDS, MOST_FOLDS + 1) if _updates(k, n_texts, settings) <= allowed
    ]
    return min(max(fitting, default=LEAST_FOLDS), n_texts)


def updates_allowed(n_texts: int, settings: FitSettings) -> int:
    """Of all models together that are trained to measure with."""
    return TIMED_MODELS * sum(settings.steps(math.ceil(part * n_texts)) for part in TIMED_PARTS)


def _updates(folds: int, n_texts: int, settings: FitSettings) -> int:
    return folds * settings.steps(math.ceil(n_texts * (folds - 1) / folds))
