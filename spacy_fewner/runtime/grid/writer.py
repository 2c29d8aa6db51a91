"""From what a label means to its weights, as `LabelWriter` has it, in NumPy."""

import numpy as np

from ...errors import FewnerError
from ...spans.grid.roles import AFTER
from ..arrays import unit
from .labels import Arrays

EPSILON = 1e-5  # of the normalisation, as torch has it


def written(weights: Arrays, labels: np.ndarray) -> Arrays:
    """Weights of labels by their names in a `SpanGrid`. weights: with those of the writer.

    labels: (L, n_in). Raises FewnerError for a head without a writer.
    """
    if "writer.read.weight" not in weights:
        rule = "must have a writer to take labels by what they mean"
        remedy = 'Export a pipeline that was trained with start = "open".'
        raise FewnerError("labels", rule, "a head without one", remedy)
    labels = unit(labels).astype("float32")
    read = _linear(weights, "read", labels * np.float32(labels.shape[1] ** 0.5))
    centred = read - read.mean(axis=-1, keepdims=True)
    deviation = np.sqrt(centred.var(axis=-1, keepdims=True) + EPSILON)
    scale, shift = weights["writer.norm.weight"], weights["writer.norm.bias"]
    read = centred / deviation * scale + shift
    biases = _linear(weights, "biases", read)
    return {
        "out.weight": _linear(weights, "out", read),
        "out.bias": biases[:, 0],
        "evidence.weight": _linear(weights, "evidence", read).reshape(len(labels), AFTER + 1, -1),
        "evidence.bias": biases[:, 1:],
        "likeness.labels": labels,
    }


def _linear(weights: Arrays, name: str, inputs: np.ndarray) -> np.ndarray:
    return inputs @ weights[f"writer.{name}.weight"].T + weights[f"writer.{name}.bias"]
