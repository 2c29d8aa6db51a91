"""The torch module of the span model: token vectors in, one logit per (span, label) out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...encoders.shims.dropout import QuickDropout
from .evidence import TokenEvidence
from .found import Found, Gathered, select
from .layers import LocalEndAttention, LocalEndConvolution, SizedBiaffine
from .layout import ALL, Band, band_of, document_bounds, widest_span
from .likeness import LabelLikeness
from .sizes import OF_LABELS, GridSizes
from .writer import LabelWriter, Weights

WRITER_DROPOUT = 0.1  # of what the writer reads of a label
Term = Callable[[slice], Tensor]  # what to add to a band's logits of some labels: (R, W, labels)


class _Batch(NamedTuple):
    """What is computed once for all N tokens of a batch, whatever the labels.

    bounds: see `document_bounds`. start, end: (N, hidden), of tokens as first and last ones of a
    span. projected: (N, n_in), for the likeness to labels.
    """

    tokens: Tensor
    bounds: tuple[Tensor, Tensor]
    start: Tensor
    end: Tensor
    projected: Tensor | None


class SpanGrid(nn.Module):
    """KnowFREE's span head on a band of widths (docs/methods.md).

    h_s, h_e = leaky_relu(H W_s), leaky_relu(H W_e); B = biaffine(h_s, h_e);
    G = LN(B + attention(B)); logits = W_O gelu(B + G) + b. A convolution may stand for the
    attention, or G be left out (`context`). With `label_vectors` the likeness
    of the span to the label's name is added, with `token_evidence` what its tokens say of the
    label (ours; see LabelLikeness and TokenEvidence).
    """

    # At prediction: bounds memory whatever the document's length, and fits a CPU's caches.
    cells_per_chunk = 8192
    labels_per_block = 64  # the same, whatever the number of labels

    def __init__(self, sizes: GridSizes):
        super().__init__()
        self.sizes = sizes
        self.start = nn.Linear(sizes.n_in, sizes.hidden)
        self.end = nn.Linear(sizes.n_in, sizes.hidden)
        self.dropout = QuickDropout(sizes.dropout)
        self.biaffine = SizedBiaffine(
            sizes.hidden, sizes.cell, sizes.biaffine_heads, sizes.size_dim
        )
        self.attention = self.convolution = None
        if sizes.looks_by == "attention":
            self.attention = LocalEndAttention(
                sizes.cell, sizes.attention_heads, sizes.reach, sizes.dropout
            )
        elif sizes.looks_by == "convolution":
            self.convolution = LocalEndConvolution(sizes.cell, sizes.reach)
        if sizes.looks_by != "none":
            self.norm = nn.LayerNorm(sizes.cell)
        self.out = nn.Linear(sizes.cell, sizes.n_labels)
        self.likeness = LabelLikeness(sizes.n_in, sizes.n_labels) if sizes.label_vectors else None
        self.evidence = TokenEvidence(sizes.n_in, sizes.n_labels) if sizes.token_evidence else None
        self.writer = None
        if sizes.writer:
            self.writer = LabelWriter(sizes.n_in, sizes.cell, sizes.writer, WRITER_DROPOUT)

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        """tokens: (N, n_in) of all documents; lengths: (docs,) -> logits (N, W, n_labels).

        Cells that reach over the end of their document hold numbers without meaning. In training
        three columns follow those of the widths if there is `token_evidence`: whether the token is
        the first, an inner or the last one of a span of the label (`loss.with_token_targets`).
        """
        batch = self._batch(tokens, lengths)
        read = edges = None
        if self.evidence is not None:
            read = self.evidence.read(tokens)
            edges = self.evidence.by_edge(read, batch.bounds)
        rows = []
        for chunk in self._chunks(len(tokens), self.sizes.max_width):
            band, cells = self._cells(batch, chunk, self.sizes.max_width)
            rows.append(self._logits(cells, self._terms(batch, band, edges), ALL))
        none = tokens.new_zeros((0, self.sizes.max_width, self.out.weight.shape[0]))
        logits = torch.cat([none, *rows])
        if self.evidence is None or read is None or not self.training:
            return logits
        return torch.cat([logits, self.evidence.token_logits(read)], dim=1)

    def above(self, tokens: Tensor, lengths: Tensor, floors: Tensor) -> Found:
        """The spans whose logit reaches their label's floor, of those that `forward` scores.

        floors: (n_labels,). For prediction: nothing as large as all spans or tokens by all labels
        is ever in memory.
        """
        batch = self._batch(tokens, lengths)
        gathered = Gathered(tokens)
        for chunk in self._chunks(len(tokens), self._widest(batch, slice(0, len(tokens)))):
            # Narrower where all documents are shorter than W: put like lengths side by side.
            band, cells = self._cells(batch, chunk, self._widest(batch, chunk))
            terms = self._terms(batch, band)
            for labels in self._blocks():
                logits = self._logits(cells, terms, labels)
                gathered.add(select(logits, floors[labels], band, labels.start))
        return gathered.found()

    def _batch(self, tokens: Tensor, lengths: Tensor) -> _Batch:
        start = self.dropout(F.leaky_relu(self.start(tokens), inplace=True))
        end = self.dropout(F.leaky_relu(self.end(tokens), inplace=True))
        projected = self.likeness.project(tokens) if self.likeness is not None else None
        return _Batch(tokens, document_bounds(lengths), start, end, projected)

    def _terms(self, batch: _Batch, band: Band, edges: Tensor | None = None) -> list[Term]:
        """edges: of `TokenEvidence.by_edge`, all labels; without, each block of labels is read."""
        terms: list[Term] = []
        if self.likeness is not None and batch.projected is not None:
            scales = self.likeness.scales(batch.projected, band)
            terms.append(partial(self.likeness, batch.projected, scales, band))
        if self.evidence is not None and edges is not None:
            given, evidence = edges, self.evidence
            terms.append(lambda labels: evidence(given[..., labels], band))
        elif self.evidence is not None:
            terms.append(partial(self.evidence.near, batch.tokens, batch.bounds, band))
        return terms

    def _widest(self, batch: _Batch, rows: slice) -> int:
        return widest_span(batch.bounds, rows, self.sizes.max_width)

    def _chunks(self, n_tokens: int, width: int) -> list[slice]:
        """The rows to score at once; in training all, since their gradients keep them anyway.

        width: in tokens, of the widest span.
        """
        cells_per_row = width + 2 * self.sizes.halo
        size = n_tokens if self.training else max(1, self.cells_per_chunk // cells_per_row)
        starts = range(0, n_tokens, max(size, 1))
        return [slice(start, min(start + size, n_tokens)) for start in starts]

    def _blocks(self) -> list[slice]:
        """The labels to score at once."""
        starts = range(0, self.out.weight.shape[0], self.labels_per_block)
        return [slice(start, start + self.labels_per_block) for start in starts]

    def _cells(self, batch: _Batch, rows: slice, width: int) -> tuple[Band, Tensor]:
        """The spans up to a width that begin in these rows, and (R, width, D~) what all logits are
        read from."""
        band = band_of(batch.bounds, rows, width, self.sizes.halo)
        cells = self.biaffine(batch.start, batch.end, band)  # (R, W + 2 halo, D~)
        core = cells[:, band.halo : band.halo + band.width]
        around = self.convolution if self.attention is None else self.attention
        if around is not None:
            core = core + self.norm(core + around(self.dropout(cells), band))
        return band, self.dropout(F.gelu(core))

    def _logits(self, cells: Tensor, terms: list[Term], labels: slice) -> Tensor:
        """(R, W, labels) of some labels."""
        logits = F.linear(cells, self.out.weight[labels], self.out.bias[labels])
        for term in terms:
            logits += term(labels)
        return logits

    @torch.no_grad()
    def written(self, labels: Tensor) -> Weights:
        """Weights for labels that are new to it, by the names of the parameters.

        labels: (L, n_in) vectors of what they mean, each of length 1.
        """
        if self.writer is None:
            raise ValueError("a grid without a writer cannot read labels")
        self.writer.eval()
        return self.writer(labels)

    def with_labels(self, n_labels: int) -> "SpanGrid":
        """A grid for more labels: those known keep their weights, new ones get the mean bias."""
        wider = SpanGrid(replace(self.sizes, n_labels=n_labels))
        with torch.no_grad():
            wider.out.bias.fill_(self.out.bias.mean().item())
            if wider.evidence is not None and self.evidence is not None:
                wider.evidence.bias.copy_(self.evidence.bias.mean(0).expand_as(wider.evidence.bias))
            known = self.state_dict()
            for name, weights in wider.state_dict().items():
                own = known[name]
                target = weights[: own.shape[0]] if own.ndim else weights
                target.copy_(own)
        return wider

    @torch.no_grad()
    def with_columns(self, columns: Sequence[int | None], new: Weights) -> "SpanGrid":
        """A grid for labels that have the weights of these columns; those with None have `new`, in
        their order."""
        other = SpanGrid(replace(self.sizes, n_labels=len(columns)))
        known = self.state_dict()
        body = {name: one for name, one in known.items() if name not in OF_LABELS}
        other.load_state_dict(body, strict=False)
        added = [at for at, column in enumerate(columns) if column is None]
        kept = [at for at, column in enumerate(columns) if column is not None]
        own = dict(other.named_parameters())
        for name in own.keys() & set(OF_LABELS):
            own[name][kept] = known[name][[columns[at] for at in kept]].cpu()
            if added:
                own[name][added] = new[name].cpu()
        return other
