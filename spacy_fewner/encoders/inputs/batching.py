"""Documents to batches of word-piece windows, and tokens to the rows of the batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy
from spacy.tokens import Doc, Span
from thinc.types import Ints1d, Ragged

from .pieces import PieceReader, Pieces
from .places import token_places
from .rules import PieceRules
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
    input_ids: all rows, padded to the longest, (n_rows, width) int64.
    lengths: of each row without its padding.
    align: for each token of all documents its pieces, as indices into the flattened rows.
    has_token_types: the encoder is told of token types.
    places: of `places.token_places`, where tokens are to be told of them.
    """

    rows: list[list[Row]]
    input_ids: numpy.ndarray
    lengths: list[int]
    align: Ragged
    has_token_types: bool
    places: numpy.ndarray | None = None

    def inputs(self, rows: Sequence[int]) -> dict[str, numpy.ndarray]:
        """What the encoder is given for some of the rows, by the names that transformers uses:
        (len(rows), the longest of them) int64 each."""
        lengths = [self.lengths[row] for row in rows]
        ids = self.input_ids[rows, : max(lengths)]
        mask = numpy.arange(ids.shape[1]) < numpy.asarray(lengths)[:, None]
        found = {"input_ids": ids, "attention_mask": mask.astype("int64")}
        if self.has_token_types:
            found["token_type_ids"] = numpy.zeros_like(ids)
        return found

    def groups(self, pieces: int) -> list[list[int]]:
        """Rows that go through the encoder together: of like lengths, at most so many pieces with
        their padding, but one row at least."""
        groups: list[list[int]] = []
        room = 0
        for row in sorted(range(len(self.lengths)), key=lambda i: -self.lengths[i]):
            if room < 1:
                groups.append([])
                room = max(1, pieces // self.lengths[row])
            groups[-1].append(row)
            room -= 1
        return groups


def make_batch(docs: Sequence[Doc], reader: PieceReader, get_spans: GetSpans) -> Batch:
    """Tokenize, cut into windows the encoder has positions for, pad, align.

    Every token is aligned: to its pieces or, where it has none (white space), to the first
    special token of its window. No piece is dropped, whatever the length of a text.
    Raises FewnerError for pieces that the encoder does not have.
    """
    rows = _make_rows(docs, reader, get_spans)
    flat = [row for doc_rows in rows for row in doc_rows]
    rules = reader.rules
    input_ids, lengths = _pad(flat, rules)
    rules.check_ids(input_ids)
    align = _align(flat, sum(map(len, docs)), input_ids.shape[1], len(rules.prefix))
    return Batch(rows, input_ids, lengths, align, rules.has_token_types, _places(flat, docs, rules))


def _places(rows: Sequence[Row], docs: Sequence[Doc], rules: PieceRules) -> numpy.ndarray | None:
    if not rules.marks_places:
        return None
    regions = {row.offset: row.pieces for row in rows}  # which windows of a region share
    return token_places(regions.items(), sum(map(len, docs)))


def _make_rows(docs: Sequence[Doc], reader: PieceReader, get_spans: GetSpans) -> list[list[Row]]:
    regions = _regions(docs, get_spans)
    read = iter(reader.read([region for doc_regions in regions for region in doc_regions]))
    windows = get_spans if isinstance(get_spans, StridedWindows) else _widest(reader.rules.limit)
    windows = windows.fitted(reader.rules.limit)
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


def _pad(rows: list[Row], rules: PieceRules) -> tuple[numpy.ndarray, list[int]]:
    filled = [rules.around(row.pieces.ids[row.window.start : row.window.end]) for row in rows]
    lengths = [len(ids) for ids in filled]
    input_ids = numpy.full((len(rows), max(lengths, default=0)), rules.pad_id, dtype="int64")
    for i, ids in enumerate(filled):
        input_ids[i, : len(ids)] = ids
    return input_ids, lengths


def _align(rows: list[Row], n_tokens: int, width: int, n_prefix: int) -> Ragged:
    tokens, indices = _own_pairs(rows, width, n_prefix)
    lengths = numpy.bincount(tokens, minlength=n_tokens)
    bare = numpy.flatnonzero(lengths == 0)
    hosts = numpy.searchsorted([row.host_from for row in rows], bare, side="right") - 1
    indices = numpy.concatenate([indices, hosts * width])
    order = numpy.argsort(numpy.concatenate([tokens, bare]), kind="stable")
    lengths[bare] = 1
    return Ragged(
        cast(Ints1d, indices[order].astype("int32")), cast(Ints1d, lengths.astype("int32"))
    )


def _own_pairs(rows: list[Row], width: int, n_prefix: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """(token, flat index) for each token that a piece of a row's own overlaps."""
    own = [slice(row.window.own_start, row.window.own_end) for row in rows]
    n_own = [part.stop - part.start for part in own]
    starts = [i * width + n_prefix - row.window.start for i, row in enumerate(rows)]
    offsets = numpy.repeat(_ints([row.offset for row in rows]), n_own)
    first = _joined([row.pieces.first[part] for row, part in zip(rows, own, strict=True)])
    last = _joined([row.pieces.last[part] for row, part in zip(rows, own, strict=True)])
    places = _joined([numpy.arange(part.start, part.stop) for part in own])
    index = places + numpy.repeat(_ints(starts), n_own)
    count = last - first
    within = numpy.arange(count.sum()) - numpy.repeat(numpy.cumsum(count) - count, count)
    return numpy.repeat(first + offsets, count) + within, numpy.repeat(index, count)


def _ints(values: list[int]) -> numpy.ndarray:
    return numpy.asarray(values, dtype="int64")


def _joined(arrays: list[numpy.ndarray]) -> numpy.ndarray:
    return numpy.concatenate([_ints([]), *arrays])
