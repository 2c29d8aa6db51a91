"""The loss of the path classifier: cross-entropy among siblings, summed over the levels (ours)."""

from typing import Any

import numpy as np

from .questions import Questions


def path_loss(logits: Any, questions: Questions, weights: np.ndarray) -> tuple[float, Any]:
    """Sum over the questions of -log p(right child | parent), and its gradient.

    logits: (S, L), numpy or cupy. weights: (S,) of the spans.
    Returns the loss and d loss / d logits, (S, L).
    """
    from thinc.api import get_array_module

    xp = get_array_module(logits)
    rows = xp.asarray(questions.spans)
    weight = xp.asarray(weights[questions.spans], dtype=logits.dtype)
    asked = xp.where(xp.asarray(questions.options), logits[rows], -xp.inf)  # (Q, L)
    here = xp.arange(len(rows)), xp.asarray(questions.gold)
    logs = log_softmax(asked)
    by_question = xp.exp(logs)
    by_question[here] -= 1
    gradient = xp.zeros_like(logits)
    # A span stands in one question a level: its rows are added up.
    xp.add.at(gradient, rows, by_question * weight[:, None])
    return float(-(logs[here] * weight).sum()), gradient


def log_softmax(logits: Any) -> Any:
    """Along the last axis, which has a finite value in each row; -inf stays -inf."""
    from thinc.api import get_array_module

    if not logits.size:
        return logits
    xp = get_array_module(logits)
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - xp.log(xp.exp(shifted).sum(axis=-1, keepdims=True))
