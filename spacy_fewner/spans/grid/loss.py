"""The loss of the span grid and the weights in it (KnowFREE eq 13 to 15)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Cells = tuple[np.ndarray, np.ndarray, np.ndarray]  # row, column and label: three (G,) of int

MAX_LOGIT = 30.0  # further from 0, probabilities are all the same
ROUNDING = 1e-6  # more than a float32 near 1 is off by
LEAST_COUNT = 3  # gold spans from which an extension label is trained on (ours)


def prior_log_odds(counts: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Output biases with which an untrained model predicts each label as often as it occurs.

    counts: (labels,) gold spans of each label. cells: (labels,) how many spans there are in the
    texts that were annotated with it.
    Half a count is added on either side, so that a label without gold stays finite. Ours: with a
    bias of zero the head does not learn from few examples (docs/methods.md).
    """
    return np.log((counts + 0.5) / (np.maximum(cells, 1) - counts + 0.5)).astype("float32")


def extension_weights(counts: np.ndarray, is_extension: Sequence[bool]) -> np.ndarray:
    """(labels,) alpha: 1 for targets, 0.5 * mean target count / own count for extensions (KnowFREE
    eq 15), at most 1.

    counts: (labels,) gold spans of each label in the extended texts, no text twice.
    Ours: the bound, without which a label seen once outweighs the targets many times over; and 0
    for extension labels with fewer than LEAST_COUNT spans, of which nothing general can be learnt.
    """
    extension = np.asarray(is_extension, dtype=bool)
    weights = np.ones(len(counts), dtype="float32")
    if extension.any() and not extension.all():
        own, mean = np.maximum(counts[extension], 1), counts[~extension].mean()
        alpha = np.minimum(0.5 * mean / own, 1.0)
        weights[extension] = np.where(counts[extension] < LEAST_COUNT, 0.0, alpha)
    return weights


def grid_loss(
    logits: Any,
    gold: Cells,
    real: np.ndarray,
    label_weights: np.ndarray,
    row_weights: np.ndarray,
) -> tuple[float, Any]:
    """Binary cross-entropy summed over the real cells of the band, and its gradient.

    logits: (N, W, labels), numpy or cupy. gold: row, width - 1 and label of the positive cells.
    real: (N, W), or what each cell weighs. label_weights: (labels,) alpha. row_weights: (N, labels)
    beta of each token's document, 0 for labels that it was not annotated with.
    Returns the loss and d loss / d logits, (N, W, labels).
    """
    xp = _array_module(logits)
    target = xp.zeros_like(logits)
    target[tuple(map(xp.asarray, gold))] = 1.0
    weight = xp.asarray(real[..., None] * (row_weights * label_weights)[:, None])
    weight = weight.astype(logits.dtype)
    # log(1 + exp(x)) - x * y, without overflow
    per_cell = xp.maximum(logits, 0) - logits * target + xp.log1p(xp.exp(-xp.abs(logits)))
    gradient = (sigmoid(logits) - target) * weight
    return float((per_cell * weight).sum()), gradient


def with_token_targets(gold: Cells, max_width: int) -> Cells:
    """The gold cells and, in three columns more, what their tokens are to them (ours).

    Column W: the span's first token. W + 1: each of its tokens. W + 2: its last.
    """
    rows, offsets, labels = gold
    sizes = offsets + 1
    of_each = np.arange(sizes.sum()) - np.repeat(sizes.cumsum() - sizes, sizes)
    inside = np.repeat(rows, sizes) + of_each
    found = (
        (rows, offsets, labels),
        (rows, np.full_like(rows, max_width), labels),
        (inside, np.full_like(inside, max_width + 1), np.repeat(labels, sizes)),
        (rows + offsets, np.full_like(rows, max_width + 2), labels),
    )
    row, column, label = map(np.concatenate, zip(*found, strict=True))
    return row, column, label


def with_token_weight(real: np.ndarray, weight: float) -> np.ndarray:
    """(N, W) which cells are spans -> (N, W + 3) what cells and the tokens' own logits weigh."""
    return np.pad(real.astype("float32"), ((0, 0), (0, 3)), constant_values=weight)


def document_weights(
    betas: Sequence[float], extended: Sequence[bool], is_extension: Sequence[bool]
) -> np.ndarray:
    """(documents, labels) weight of each label in each document's loss.

    extended: whether a document has extension spans. Of one without, nobody said which extensions
    it has, so they do not count there. Ours: KnowFREE annotates all of its text with them.
    """
    known = np.asarray(extended, dtype=bool)[:, None] | ~np.asarray(is_extension, dtype=bool)
    return np.asarray(betas, dtype="float32")[:, None] * known


def sigmoid(logits: Any) -> Any:
    """Probabilities, numpy or cupy as the logits are."""
    xp = _array_module(logits)
    # In place: on long documents each array of this size counts.
    values = xp.clip(logits, -MAX_LOGIT, MAX_LOGIT)
    xp.negative(values, out=values)
    xp.exp(values, out=values)
    values += 1.0
    return xp.reciprocal(values, out=values)


def logit_floors(thresholds: np.ndarray) -> np.ndarray:
    """(labels,) float32: a logit below these has a `sigmoid` below the threshold.

    A little low, for rounding: the probabilities of those above are to be compared again.
    """
    known = np.minimum(thresholds.astype("float64"), 1.0) * (1 - ROUNDING)
    with np.errstate(divide="ignore"):
        logits = np.log(known) - np.log1p(-known)
    logits[logits <= -MAX_LOGIT] = -np.inf
    return np.where(thresholds > 1, np.inf, logits).astype("float32")


def count_labels(labels: Sequence[str], counts: Mapping[str, int]) -> np.ndarray:
    """(labels,) counts in the order of the labels."""
    return np.asarray([counts.get(label, 0) for label in labels], dtype="float64")


def _array_module(array: Any) -> Any:
    from thinc.api import get_array_module

    return get_array_module(array)
