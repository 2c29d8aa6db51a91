"""A span head that predicts: bands of packed documents, cells of a graph, labels from arrays."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...errors import FewnerError
from ...spans.grid.sizes import GridSizes
from ..graph import ANEW, Graph
from .labels import Arrays, LabelReading, Near

CELLS_AT_ONCE = 8192  # bounds memory whatever the document's length, and fits a CPU's caches
SCORES_AT_ONCE = 2**22  # numbers that attention has at once; wide spans then go few by few
LABELS_AT_ONCE = 64
NEVER = np.float32(-1e9)  # added to the attention score of a cell that is not seen


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
        self._halo = sizes.halo
        self._attends = sizes.looks_by == "attention"

    def put_cells(self, cells: Graph) -> None:
        self.cells = cells

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
        found = np.zeros((len(tokens), self.sizes.max_width, self.sizes.n_labels), dtype="float32")
        for rows, _, labels, logits in self._bands(tokens, lengths):
            found[rows, : logits.shape[1], labels] = logits
        return found

    def _bands(
        self, tokens: np.ndarray, lengths: np.ndarray
    ) -> Iterator[tuple[slice, np.ndarray, slice, np.ndarray]]:
        """Rows, (R, W) whether a cell is a span of the document, labels, (R, W, labels) logits; W
        is that of the widest span in these rows, up to the head's: put like lengths side by
        side."""
        last = np.cumsum(lengths)
        bounds = _Bounds(np.repeat(last - lengths, lengths), np.repeat(last, lengths))
        for rows in self._chunks(len(tokens), self._widest(bounds, slice(0, len(tokens)))):
            width = self._widest(bounds, rows)
            real = self._real(bounds, rows, width)
            cells, alike = self._run(tokens, rows, real)
            near = _near(tokens, bounds, rows, width)
            core = real[:, self._halo : self._halo + width]
            for labels in self._blocks():
                yield rows, core, labels, self._reading.logits(cells, near, alike, labels)

    def _widest(self, bounds: _Bounds, rows: slice) -> int:
        left = bounds.last[rows] - np.arange(rows.start, rows.stop)
        return int(min(left.max(initial=1), self.sizes.max_width))

    def _chunks(self, n_tokens: int, width: int) -> Iterator[slice]:
        ends = width + 2 * self._halo
        scores = (self.sizes.attention_heads if self._attends else 1) * width * ends
        size = max(1, min(CELLS_AT_ONCE // ends, SCORES_AT_ONCE // scores))
        for start in range(0, n_tokens, size):
            yield slice(start, min(start + size, n_tokens))

    def _blocks(self) -> Iterator[slice]:
        for start in range(0, self.sizes.n_labels, LABELS_AT_ONCE):
            yield slice(start, min(start + LABELS_AT_ONCE, self.sizes.n_labels))

    def _real(self, bounds: _Bounds, rows: slice, width: int) -> np.ndarray:
        """(R, K) whether the end of each cell lies in the document of its start."""
        offsets = np.arange(-self._halo, width + self._halo)
        ends = np.arange(rows.start, rows.stop)[:, None] + offsets
        return (ends >= bounds.first[rows, None]) & (ends < bounds.last[rows, None])

    def _run(
        self, tokens: np.ndarray, rows: slice, real: np.ndarray
    ) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray] | None]:
        """(R, W, cell), and with label vectors what `LabelReading` compares with them."""
        n_rows, n_ends = real.shape
        index = np.arange(n_rows)[:, None] + np.arange(n_ends)
        start = rows.start - self._halo
        inputs = {"tokens": _stretch(tokens, start, rows.stop + n_ends - 1 - self._halo)}
        if self._attends:
            inputs["mask"] = _mask(real, self.sizes.reach)
        elif self.sizes.looks_by == "convolution":
            inputs["real"] = real[..., None].astype("float32")
        cells, *others = self.cells.run({**inputs, "index": index})
        if len(others) != self.sizes.label_vectors:
            rule = f"must give {1 + self.sizes.label_vectors} arrays"
            raise FewnerError(self.cells.name, rule, 1 + len(others), ANEW)
        if not others:
            return cells, None
        width = n_ends - 2 * self._halo
        projected = others[0][self._halo : self._halo + n_rows + width - 1]
        return cells, (projected, self._reading.lengths(projected, n_rows, width))


def _mask(real: np.ndarray, reach: int) -> np.ndarray:
    """(R, K) -> (R, 1, W, K): 0 for cells within reach that lie in the document, and for the cell
    itself; else far below."""
    n_ends = real.shape[1]
    apart = np.abs(np.arange(n_ends) - np.arange(n_ends - 2 * reach)[:, None] - reach)
    seen = ((apart <= reach) & real[:, None]) | (apart == 0)
    return np.where(seen, np.float32(0), NEVER)[:, None]


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
