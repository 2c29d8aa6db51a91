"""How a layer's input and weights become 8-bit numbers with the least error on real text."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .layers import Layer

# How far differences between channels go over from the input into the weights, where they cost
# less: 0 not at all, 1 wholly (SmoothQuant, Xiao et al. 2023, eq 4). Each layer takes what suits
# it on rows that no range was taken from.
SHARES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9)
RANGES = (1.25, 1.05, 0.8, 0.6)  # of the input's extremes; what lies beyond is cut
MOST_ROWS = 2048  # of a layer's inputs, to measure with


@dataclass(frozen=True)
class Scales:
    """smoothing: (n_in,) that the input is divided by, None for not at all. scale, zero: of the
    input as uint8. weights: (n_in, outputs) int8. weight_scales: (outputs,). error: of the outputs,
    their mean square over that of the exact ones."""

    smoothing: np.ndarray | None
    scale: float
    zero: int
    weights: np.ndarray
    weight_scales: np.ndarray
    error: float


def best_scales(layer: Layer, inputs: np.ndarray) -> Scales:
    """inputs: (rows, n_in) that the layer is given in real text."""
    return min(_tried(layer.weight, inputs), key=lambda scales: scales.error)


def _tried(weight: np.ndarray, inputs: np.ndarray) -> Iterator[Scales]:
    inputs, others = np.array_split(inputs, 2)
    own = others[:: 1 + len(others) // MOST_ROWS]
    exact = own @ weight
    of_inputs = np.abs(inputs).max(axis=0).clip(1e-4)
    of_weights = np.abs(weight).max(axis=1).clip(1e-4)
    for share in SHARES:
        smoothing = (of_inputs**share / of_weights ** (1 - share)).astype("float32")
        if not share:
            smoothing = np.ones_like(smoothing)
        weights, weight_scales = _whole_weights(weight * smoothing[:, None])
        seen, smooth = inputs / smoothing, own / smoothing
        bounds = min(seen.min(), 0.0), max(seen.max(), 0.0)
        for part in RANGES:
            scale = max((bounds[1] - bounds[0]) * part / 255, 1e-8)
            zero = int(np.clip(round(-bounds[0] * part / scale), 0, 255))
            whole = np.clip(np.round(smooth / scale) + zero, 0, 255) - zero
            found = (whole @ weights.astype("float32")) * (scale * weight_scales)
            error = float(np.square(found - exact).mean() / max(np.square(exact).mean(), 1e-12))
            kept = smoothing if share else None
            yield Scales(kept, float(scale), zero, weights, weight_scales, error)


def _whole_weights(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n_in, outputs) -> int8 of the same shape, and what each output's is multiplied by."""
    scales = (np.abs(weight).max(axis=0) / 127).clip(1e-12).astype("float32")
    return np.clip(np.round(weight / scales), -127, 127).astype("int8"), scales
