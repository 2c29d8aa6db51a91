"""What a span head can do, whichever library it predicts with."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from .sizes import GridSizes

Weights = Mapping[str, Any]  # arrays of the head's own kind, by the names of a `SpanGrid`


class SpanHead(Protocol):
    """The shim of the layer "grid" of a model: `GridShim` of torch, or an exported one."""

    @property
    def sizes(self) -> GridSizes: ...

    def above(self, inputs: Any, floors: np.ndarray) -> tuple[np.ndarray, ...]:
        """Spans whose logit reaches their label's floor: rows, offsets, labels, logits.

        inputs: vectors of packed tokens, (N, n_in), and lengths of the documents. floors: (labels,)
        float32.
        """

    def grow(self, n_labels: int) -> None:
        """Add labels at the end: those known keep their weights, new ones get the mean bias."""

    def set_last_vectors(self, vectors: np.ndarray) -> None:
        """vectors: (n, n_in), of the names of the last n labels; one of 0 changes nothing."""

    def write(self, vectors: np.ndarray) -> Weights:
        """Weights of labels, by what they mean: (labels, n_in) vectors, each of length 1."""

    def rewrite(self, columns: Sequence[int | None], new: Weights) -> None:
        """Go on with labels that have the weights of these columns; those with None have `new`, in
        their order."""
