"""Documents to batches of word-piece windows, and tokens to the rows of the batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy
from spacy.tokens import Doc, Span
from thinc.types import Floats2d, Ints1d, Ints2d, Ragged

from ..compat import WordpieceBatch
from .pieces import PieceReader, Pieces
from .windows import StridedWindows, Window, plan_windows

GetSpans = Callable[[Sequence[Doc]], list[list[Span]]]


@dataclass(frozen=True, slots=True)
class Row:
    """One window of one region of a document.

    offset: the region's first token, counted over all documents of the batch.
    host_from: the first token, so counted, that the row takes in if it has no pieces.
    """

    region: Span
    pieces: Pieces
    window: Window
    offset: int
    host_from: int

    @property
    def span(self) -> Span:
        """The tokens that the window touches; the whole region where it has no pieces."""
        if not self.pieces.ids:
            return self.region
        start = self.region.start + int(self.pieces.first[self.window.start])
        end = self.region.start + int(self.pieces.last[self.window.end - 1])
        return self.region.doc[start : max(start + 1, end)]


@dataclass(frozen=True, slots=True)
class Batch:
    """What the encoder reads for some documents.

    rows: each document's windows.
    wordpieces: all rows, padded to the longest, (n_rows, width).
    align: for each token of all documents its pieces, as indices into the flattened rows.
    """

    rows: list[list[Row]]
    wordpieces: WordpieceBatch
    align: Ragged


def make_batch(docs: Sequence[Doc], reader: PieceReader, get_spans: GetSpans) -> Batch:
    """Tokenize, cut into windows the encoder has positions for, pad, align.

    Every token is aligned: to its pieces or, where it has none (white space), to the first
    special token of its window. No piece is dropped, whatever the length of a text.
    """
    rows = _make_rows(docs, reader, get_spans)
    flat = [row for doc_rows in rows for row in doc_rows]
    wordpieces = _pad(flat, reader)
    n_tokens = sum(map(len, docs))
    align = _align(flat, n_tokens, wordpieces.input_ids.shape[1], len(reader.prefix))
    return Batch(rows, wordpieces, align)


def _make_rows(docs: Sequence[Doc], reader: PieceReader, get_spans: GetSpans) -> list[list[Row]]:
    regions = _regions(docs, get_spans)
    read = iter(reader.read([region for doc_regions in regions for region in doc_regions]))
    windows = get_spans if isinstance(get_spans, StridedWindows) else _widest(reader.limit)
    windows = windows.fitted(reader.limit)
    rows: list[list[Row]] = []
    offset = 0
    for doc, doc_regions in zip(docs, regions, strict=True):
        rows.append([])
        for region in doc_regions:
            rows[-1].extend(_region_rows(region, next(read), windows, offset, not rows[-1]))
        offset += len(doc)
    return rows


def _regions(docs: Sequence[Doc], get_spans: GetSpans) -> list[list[Span]]:
    """Non-empty spans of each document; the whole of it where the getter names none."""
    chosen = [[span for span in spans if len(span)] for spans in get_spans(docs)]
    return [
        spans or ([doc[:]] if len(doc) else []) for doc, spans in zip(docs, chosen, strict=True)
    ]


def _widest(limit: int) -> StridedWindows:
    """For spans that somebody else chose: cut only what the encoder has no positions for."""
    return StridedWindows(limit, max(1, limit * 3 // 4))


def _region_rows(
    region: Span, pieces: Pieces, windows: StridedWindows, doc_offset: int, opens_doc: bool
) -> list[Row]:
    offset = doc_offset + region.start
    rows: list[Row] = []
    for window in plan_windows(pieces.first, windows):
        host_from = offset + (int(pieces.first[window.own_start]) if window.own_start else 0)
        if opens_doc and not rows:
            host_from = doc_offset
        rows.append(Row(region, pieces, window, offset, host_from))
    return rows


def _pad(rows: list[Row], reader: PieceReader) -> WordpieceBatch:
    filled = [_fill(row, reader) for row in rows]
    lengths = [len(ids) for ids, _ in filled]
    shape = (len(rows), max(lengths, default=0))
    input_ids = numpy.full(shape, reader.pad_id, dtype="int64")
    attention_mask = numpy.zeros(shape, dtype="float32")
    for i, (ids, _) in enumerate(filled):
        input_ids[i, : len(ids)] = ids
        attention_mask[i, : len(ids)] = 1.0
    return WordpieceBatch(
        strings=[text + [reader.pad_text] * (shape[1] - len(text)) for _, text in filled],
        input_ids=cast(Ints2d, input_ids),
        attention_mask=cast(Floats2d, attention_mask),
        lengths=lengths,
        token_type_ids=_zeros(shape) if reader.has_token_types else None,
    )


def _zeros(shape: tuple[int, int]) -> Ints2d:
    return cast(Ints2d, numpy.zeros(shape, dtype="int64"))


def _fill(row: Row, reader: PieceReader) -> tuple[list[int], list[str]]:
    start, end = row.window.start, row.window.end
    ids = [*reader.prefix, *row.pieces.ids[start:end], *reader.suffix]
    text = [*reader.prefix_text, *row.pieces.strings[start:end], *reader.suffix_text]
    # White space alone, and a tokenizer without special tokens: still one position.
    return (ids, text) if ids else ([reader.filler_id], [reader.filler_text])


def _align(rows: list[Row], n_tokens: int, width: int, n_prefix: int) -> Ragged:
    pairs = [_own_pairs(row, i * width + n_prefix) for i, row in enumerate(rows)]
    tokens = numpy.concatenate([numpy.zeros(0, dtype="int64"), *(pair[0] for pair in pairs)])
    indices = numpy.concatenate([numpy.zeros(0, dtype="int64"), *(pair[1] for pair in pairs)])
    bare = numpy.setdiff1d(numpy.arange(n_tokens), tokens)
    hosts = numpy.searchsorted([row.host_from for row in rows], bare, side="right") - 1
    tokens = numpy.concatenate([tokens, bare])
    indices = numpy.concatenate([indices, hosts * width])
    lengths = numpy.bincount(tokens, minlength=n_tokens).astype("int32")
    data = indices[numpy.argsort(tokens, kind="stable")].astype("int32")
    return Ragged(cast(Ints1d, data), cast(Ints1d, lengths))


def _own_pairs(row: Row, row_start: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """(token, flat index) for each token that a piece of the row's own overlaps.

    row_start: the flat index of the row's first piece.
    """
    window = row.window
    own = slice(window.own_start, window.own_end)
    first = row.pieces.first[own] + row.offset
    count = row.pieces.last[own] - row.pieces.first[own]
    index = numpy.arange(window.own_start, window.own_end) - window.start + row_start
    within = numpy.arange(count.sum()) - numpy.repeat(numpy.cumsum(count) - count, count)
    return numpy.repeat(first, count) + within, numpy.repeat(index, count)
