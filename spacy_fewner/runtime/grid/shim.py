"""The exported span head as a Thinc layer: its stored form, and changes of its labels."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from thinc.api import Model

from ...encoders.stored import part_of
from ...errors import FewnerError
from ...spans.grid.sizes import OF_LABELS, GridSizes, read_sizes
from ..arrays import fitting, pack_arrays, unit, unpack_arrays
from ..graph import Graph
from ..shims import ExportedShim, layer_of
from .head import Head
from .labels import Arrays
from .writer import written

HEAD = "exported span head"  # as errors call it


class HeadShim(ExportedShim):
    """Predicts, and takes labels as the head did that it was exported from."""

    kind = "spacy-fewner.OnnxSpanHead.v1"
    what = HEAD
    head: Head

    @staticmethod
    def keeps(name: str) -> bool:
        """Whether a parameter of the grid stays an array: what labels are read with does."""
        of_labels = name.split(".")[0] in ("out", "likeness", "evidence", "writer")
        return of_labels and not name.startswith("likeness.project")

    @property
    def is_filled(self) -> bool:
        return hasattr(self, "head")

    @property
    def sizes(self) -> GridSizes:
        return self.head.sizes if self.is_filled else GridSizes(1, 1, 1)

    def record(self) -> dict[str, Any]:
        return {
            "sizes": self.sizes.to_dict(),
            "cells": self.head.cells.data,
            "weights": pack_arrays(self.head.weights),
        }

    def take(self, record: dict[str, Any]) -> None:
        sizes = read_sizes(HEAD, part_of(record, "sizes", dict, HEAD))
        cells = Graph(part_of(record, "cells", bytes, HEAD), HEAD)
        weights = unpack_arrays(part_of(record, "weights", dict, HEAD), HEAD)
        check_weights(sizes, weights)
        self.head = Head(sizes, cells, weights)

    def above(self, inputs: Any, floors: np.ndarray) -> tuple[np.ndarray, ...]:
        """inputs: token vectors of packed documents, and the documents' lengths."""
        tokens, lengths = inputs
        return self.head.above(fitting(tokens, self.sizes.n_in), lengths, floors)

    def predict_arrays(self, inputs: Any) -> np.ndarray:
        """As `above`, but (N, W, labels) logits of all spans."""
        tokens, lengths = inputs
        return self.head.logits(fitting(tokens, self.sizes.n_in), np.asarray(lengths))

    # Labels

    def grow(self, n_labels: int) -> None:
        """Labels at the end of which nothing is known: as rare as the others."""
        columns = [*range(self.sizes.n_labels)]
        added = n_labels - len(columns)
        mean = {name: self.head.weights[name].mean(axis=0) for name in self._biases()}
        new = {
            name: np.broadcast_to(mean.get(name, np.float32(0)), (added, *own.shape[1:]))
            for name, own in self._of_labels().items()
        }
        if "likeness.labels" in new:
            new["likeness.labels"] = _drawn((added, self.sizes.n_in))
        self.rewrite([*columns, *[None] * added], new)

    def _biases(self) -> list[str]:
        return [name for name in ("out.bias", "evidence.bias") if name in self.head.weights]

    def _of_labels(self) -> Arrays:
        return {name: self.head.weights[name] for name in OF_LABELS if name in self.head.weights}

    def set_last_vectors(self, vectors: np.ndarray) -> None:
        """vectors: (n, n_in), of the names of the last n labels, where the head has any; one of 0
        leaves its label as it is."""
        own = self.head.weights.get("likeness.labels")
        if own is not None:
            norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
            last = len(own) - len(vectors)
            own = own.copy()
            own[last:] = np.where(norms > 0, unit(vectors), own[last:])
            self._put({**self.head.weights, "likeness.labels": own})

    def write(self, vectors: np.ndarray) -> Arrays:
        """Weights of labels by what they mean, (labels, n_in), as the head's writer gives them."""
        return written(self.head.weights, vectors)

    def rewrite(self, columns: Sequence[int | None], new: Arrays) -> None:
        """Go on with labels that have the weights of these columns; those with None have `new`, in
        their order."""
        added = [at for at, column in enumerate(columns) if column is None]
        kept = [at for at, column in enumerate(columns) if column is not None]
        weights = dict(self.head.weights)
        for name, own in self._of_labels().items():
            array = np.zeros((len(columns), *own.shape[1:]), dtype="float32")
            array[kept] = own[[column for column in columns if column is not None]]
            if added:
                array[added] = new[name]
            weights[name] = array
        self._put(weights)

    def _put(self, weights: Arrays) -> None:
        sizes = replace(self.sizes, n_labels=len(weights["out.bias"]))
        self.head = Head(sizes, self.head.cells, weights)


def head_layer() -> Model:
    """Token vectors of packed documents and the documents' lengths -> logits (N, W, labels)."""
    return layer_of("onnx_span_head", HeadShim())


def _drawn(shape: tuple[int, ...]) -> np.ndarray:
    return unit(np.random.default_rng(0).standard_normal(shape, dtype="float32"))


def check_weights(sizes: GridSizes, weights: Arrays) -> None:
    """Raises FewnerError for weights that are not those of a head of these sizes."""
    n, wide = sizes.n_labels, sizes.n_in
    wanted: dict[str, tuple[int, ...]] = {"out.weight": (n, sizes.cell), "out.bias": (n,)}
    if sizes.label_vectors:
        wanted |= {"likeness.labels": (n, wide), "likeness.scale": (1,)}
    if sizes.token_evidence:
        wanted |= {"evidence.weight": (n, 5, wide), "evidence.bias": (n, 3)}
    for name, shape in wanted.items():
        found = weights[name].shape if name in weights else "none"
        if found != shape:
            raise FewnerError(HEAD, f"{name} must be of shape {shape}", found, "Export it anew.")
