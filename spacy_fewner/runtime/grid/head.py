"""A span head that predicts: bands of packed documents, cells of a graph, labels from arrays."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...spans.grid.sizes import GridSizes
from ..graph import Graph
from .labels import Arrays, LabelReading, Near

CELLS_AT_ONCE = 8192  # bounds memory whatever the document's length, and fits a CPU's caches
SCORES_AT_ONCE = 2**22  # numbers that attention has at once; wide spans then go few by few
LABELS_AT_ONCE = 64


class Spans(NamedTuple):
    """Spans of packed documents, each array (spans,): number of the first token, that of the last
    less it, number of the label, logit."""

    rows: np.ndarray
    offsets: np.ndarray
    labels: np.ndarray
    logits: np.ndarray


class _Bounds(NamedTuple):
    """(N,) of each token: first and last (exclusive) token of its document."""

    first: np.ndarray
    last: np.ndarray


class Head:
    """sizes: of the `SpanGrid` that it was. cells: see `export.span_cells`. weights: of labels, by
    the names that they have there."""

    def __init__(self, sizes: GridSizes, cells: Graph, weights: Arrays):
        self.sizes, self.cells, self.weights = sizes, cells, weights
        self._reading = LabelReading(weights)
        self._halo = sizes.reach if sizes.attention_heads else 0
        self._ends = sizes.max_width + 2 * self._halo

    def above(self, tokens: np.ndarray, lengths: np.ndarray, floors: np.ndarray) -> Spans:
        """Spans of all the documents whose logit reaches their label's floor.

        tokens: (N, n_in). lengths: (docs,) in tokens. floors: (labels,). Nothing as large as all
        spans or tokens by all labels is ever in memory.
        """
        found = [
            _select(logits, floors[labels], core, rows.start, labels.start)
            for rows, core, labels, logits in self._bands(tokens, lengths)
        ]
        if not found:
            return Spans(*(np.zeros(0, kind) for kind in ("int64", "int64", "int64", "float32")))
        return Spans(*map(np.concatenate, zip(*found, strict=True)))

    def logits(self, tokens: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """(N, W, labels) of all spans; those that reach over the end of their document have numbers
        without meaning."""
        shape = (len(tokens), self.sizes.max_width, self.sizes.n_labels)
        found = np.empty(shape, dtype="float32")
        for rows, _, labels, logits in self._bands(tokens, lengths):
            found[rows, :, labels] = logits
        return found

    def _bands(
        self, tokens: np.ndarray, lengths: np.ndarray
    ) -> Iterator[tuple[slice, np.ndarray, slice, np.ndarray]]:
        """Rows, (R, W) whether a cell is a span of the document, labels, (R, W, labels) logits."""
        last = np.cumsum(lengths)
        bounds = _Bounds(np.repeat(last - lengths, lengths), np.repeat(last, lengths))
        for rows in self._chunks(len(tokens)):
            real = self._real(bounds, rows)
            cells = self._run(tokens, rows, real)
            near = _near(tokens, bounds, rows, self.sizes.max_width)
            scales = self._reading.lengths(near)
            core = real[:, self._halo : self._halo + self.sizes.max_width]
            for labels in self._blocks():
                yield rows, core, labels, self._reading.logits(cells, near, scales, labels)

    def _chunks(self, n_tokens: int) -> Iterator[slice]:
        scores = max(1, self.sizes.attention_heads) * self.sizes.max_width * self._ends
        size = max(1, min(CELLS_AT_ONCE // self._ends, SCORES_AT_ONCE // scores))
        for start in range(0, n_tokens, size):
            yield slice(start, min(start + size, n_tokens))

    def _blocks(self) -> Iterator[slice]:
        for start in range(0, self.sizes.n_labels, LABELS_AT_ONCE):
            yield slice(start, min(start + LABELS_AT_ONCE, self.sizes.n_labels))

    def _real(self, bounds: _Bounds, rows: slice) -> np.ndarray:
        """(R, K) whether the end of each cell lies in the document of its start."""
        offsets = np.arange(-self._halo, self.sizes.max_width + self._halo)
        ends = np.arange(rows.start, rows.stop)[:, None] + offsets
        return (ends >= bounds.first[rows, None]) & (ends < bounds.last[rows, None])

    def _run(self, tokens: np.ndarray, rows: slice, real: np.ndarray) -> np.ndarray:
        after = self.sizes.max_width - 1 + self._halo
        index = np.arange(len(real))[:, None] + np.arange(self._ends)
        stretch = _stretch(tokens, rows.start - self._halo, rows.stop + after)
        (cells,) = self.cells.run({"tokens": stretch, "index": index, "real": real})
        return cells


def _stretch(values: np.ndarray, start: int, stop: int) -> np.ndarray:
    """Rows start..stop, with zeros where there are none."""
    own = values[max(start, 0) : stop]
    padding = [(max(-start, 0), max(stop - len(values), 0)), *[(0, 0)] * (values.ndim - 1)]
    return np.pad(own, padding) if any(padding[0]) else own


def _near(tokens: np.ndarray, bounds: _Bounds, rows: slice, width: int) -> Near:
    start, stop = rows.start - 1, rows.stop + width
    at = np.arange(len(tokens))
    around = slice(max(start, 0), stop)
    first = at[around] == bounds.first[around]
    last = at[around] + 1 == bounds.last[around]
    before, after = max(-start, 0), max(stop - len(tokens), 0)
    return Near(
        _stretch(tokens, start, stop),
        np.pad(first, (before, after)),
        np.pad(last, (before, after)),
        rows.stop - rows.start,
        width,
    )


def _select(
    logits: np.ndarray, floors: np.ndarray, core: np.ndarray, first_row: int, first_label: int
) -> Spans:
    rows, offsets, labels = np.nonzero((logits >= floors) & core[..., None])
    values = logits[rows, offsets, labels]
    return Spans(rows + first_row, offsets, labels + first_label, values)
