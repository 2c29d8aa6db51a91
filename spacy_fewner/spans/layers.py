"""The two layers of the span grid: a size-aware biaffine and local attention along the ends."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .layout import Band

N_SIZES = 30  # buckets of the span size embedding, as in KnowFREE's code


class SizedBiaffine(nn.Module):
    """Vectors for (start, end) cells: multi-head bilinear + linear + size embedding.

    Bilinear: block-diagonal over heads, no bias. Linear: over [start; 1], [end; 1] and an embedding
    of end - start (both after KnowFREE's code, METHODS 2.3; the paper has the bilinear
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
        """start: (R, n_in) of the band's rows; end: (N, n_in) -> (R, K, n_out)."""
        n_rows, n_cells = band.ends.shape
        heads = start.view(n_rows, self.heads, -1)
        left = torch.einsum("rhi,hioj->rhoj", heads, self.bilinear)
        right = end[band.ends].view(n_rows, n_cells, self.heads, -1)
        paired = torch.einsum("rhoj,rkhj->rkho", left, right).reshape(n_rows, n_cells, -1)
        linear = self.start(start)[:, None] + self.end(end)[band.ends]
        return paired + linear + self._sizes(band)[None]

    def _sizes(self, band: Band) -> Tensor:
        offsets = torch.arange(-band.halo, band.width + band.halo, device=band.ends.device)
        # Cells left of the diagonal and spans wider than the table share its edge buckets.
        return self.size_out(self.size(offsets.clamp(0, N_SIZES - 1)))


class LocalEndAttention(nn.Module):
    """Multi-head attention of a cell to the cells of its row at most `reach` ends away.

    KnowFREE eq 9 with |i - j| <= reach along one axis, as its code has it. Cells outside
    the document are no keys, so a document's scores do not depend on its batch.
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
        key, value = self.key_value(cells).chunk(2, dim=-1)
        mixed = F.scaled_dot_product_attention(
            self._split(self.query(core)),
            self._split(key),
            self._split(value),
            attn_mask=self._mask(band)[:, None],
            dropout_p=self.dropout if self.training else 0.0,
        )
        return self.out(mixed.transpose(1, 2).flatten(2))

    def _split(self, vectors: Tensor) -> Tensor:
        return vectors.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (R, heads, K, d)

    def _mask(self, band: Band) -> Tensor:
        """(R, W, W + 2 reach) which cell sees which."""
        query = torch.arange(band.width, device=band.ends.device)[:, None] + band.halo
        key = torch.arange(band.width + 2 * band.halo, device=band.ends.device)[None]
        near = (query - key).abs() <= self.reach
        # A cell that is no span sees itself, since a row of masked keys has no softmax.
        itself = (query == key)[None]
        return (near[None] & band.real[:, None]) | itself
