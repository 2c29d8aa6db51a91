"""Layers of the span grid: a size-aware biaffine, and local attention or a convolution along the
ends."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .layout import Band, stretch, windows

N_SIZES = 30  # buckets of the span size embedding, as in KnowFREE's code
ENDS_AT_ONCE = 16  # in local attention: wide enough to be fast, narrow enough to be local


class SizedBiaffine(nn.Module):
    """Vectors for (start, end) cells: multi-head bilinear + linear + size embedding.

    Bilinear: block-diagonal over heads, no bias. Linear: over [start; 1], [end; 1] and an embedding
    of end - start (both after KnowFREE's code; the paper has the bilinear
    part alone). The linear part is a sum of one term per start, per end and per size, so that no
    (start, end) pair is ever concatenated.
    """

    def __init__(self, n_in: int, n_out: int, heads: int, size_dim: int):
        super().__init__()
        self.heads = heads
        bound = 1.0 / math.sqrt(n_in // heads)
        shape = (heads, n_in // heads, n_out // heads, n_in // heads)
        self.bilinear = nn.Parameter(torch.empty(shape).uniform_(-bound, bound) * bound)
        self.start = nn.Linear(n_in, n_out)
        self.end = nn.Linear(n_in, n_out, bias=False)
        self.size = nn.Embedding(N_SIZES, size_dim)
        self.size_out = nn.Linear(size_dim, n_out, bias=False)

    def forward(self, start: Tensor, end: Tensor, band: Band) -> Tensor:
        """start, end: (N, n_in) of all packed tokens -> (R, W + 2 halo, n_out)."""
        starts = start[band.rows]
        ends = stretch(end, band.rows, band.halo, band.width - 1 + band.halo)
        cells = torch.cat(self._pair(starts, ends, band), dim=-1)
        n_cells = band.real.shape[1]
        # In place: the first touch of memory costs more than the sum.
        cells += windows(self.end(ends), n_cells).transpose(1, 2) + self.start(starts)[:, None]
        cells += self._sizes(band)
        return cells

    def _pair(self, starts: Tensor, ends: Tensor, band: Band) -> list[Tensor]:
        """The bilinear part of each head: (R, W + 2 halo, n_out / heads)."""
        by_head = starts.unflatten(1, (self.heads, -1)).transpose(0, 1)  # (heads, R, i)
        left = torch.bmm(by_head, self.bilinear.flatten(2)).unflatten(2, self.bilinear.shape[2:])
        # Windows are views: a token's end vector is never copied into the cells it ends.
        right = (windows(part, band.real.shape[1]) for part in ends.chunk(self.heads, dim=1))
        return [
            torch.bmm(cells.transpose(1, 2), rows.transpose(1, 2))  # (R, K, j) x (R, j, o)
            for rows, cells in zip(left, right, strict=True)
        ]

    def _sizes(self, band: Band) -> Tensor:
        # Cells left of the diagonal and spans wider than the table share its edge buckets.
        return self.size_out(self.size(band.offsets.clamp(0, N_SIZES - 1)))


class LocalEndAttention(nn.Module):
    """Multi-head attention of a cell to the cells of its row at most `reach` ends away.

    KnowFREE eq 9 with |i - j| <= reach along one axis, as its code has it. Cells outside
    the document are no keys, so a document's scores do not depend on its batch. A few ends at a
    time meet the keys within their reach, so that memory grows with the width, not its square.
    """

    def __init__(self, width: int, heads: int, reach: int, dropout: float):
        super().__init__()
        self.heads = heads
        self.reach = reach
        self.dropout = dropout
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, cells: Tensor, band: Band) -> Tensor:
        """cells: (R, W + 2 reach, D) -> (R, W, D)."""
        core = cells[:, band.halo : band.halo + band.width]
        query = self._split(self.query(core))
        key, value = map(self._split, self.key_value(cells).chunk(2, dim=-1))
        mixed = []
        for first in range(0, band.width, ENDS_AT_ONCE):
            ends = slice(first, min(first + ENDS_AT_ONCE, band.width))
            near = slice(ends.start, ends.stop + 2 * self.reach)
            mixed.append(
                F.scaled_dot_product_attention(
                    query[:, :, ends],
                    key[:, :, near],
                    value[:, :, near],
                    attn_mask=self._mask(band.real[:, near])[:, None],
                    dropout_p=self.dropout if self.training else 0.0,
                )
            )
        return self.out(torch.cat(mixed, dim=2).transpose(1, 2).flatten(2))

    def _split(self, vectors: Tensor) -> Tensor:
        return vectors.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (R, heads, K, d)

    def _mask(self, real: Tensor) -> Tensor:
        """real: (R, w + 2 reach) of neighbouring cells -> (R, w, w + 2 reach): 0 where a cell sees
        the other, else -infinity."""
        key = torch.arange(real.shape[1], device=real.device)
        apart = (key[self.reach : len(key) - self.reach, None] - key).abs()  # (w, w + 2 reach)
        # A cell that is no span sees itself, since a row of masked keys has no softmax.
        seen = ((apart <= self.reach) & real[:, None]) | (apart == 0)
        return torch.where(seen, 0.0, -torch.inf)


class LocalEndConvolution(nn.Module):
    """A convolution of a cell with the cells of its row at most `reach` ends away.

    What KnowFREE's ablation puts in the place of local attention; one layer, along the same axis.
    Cells outside the document count as 0, so a document's scores depend neither on its batch nor
    on the width of the band.
    """

    def __init__(self, width: int, reach: int):
        super().__init__()
        self.mix = nn.Conv1d(width, width, 2 * reach + 1)

    def forward(self, cells: Tensor, band: Band) -> Tensor:
        """cells: (R, W + 2 reach, D) -> (R, W, D)."""
        return self.mix((cells * band.real[..., None]).transpose(1, 2)).transpose(1, 2)
