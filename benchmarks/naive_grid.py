"""The span grid as the paper draws it: all L x L cells at once, vectorized; what the band replaces.

The reference in tests/spans/naive.py is written cell by cell, to be read. This one is written to be
fast, so that a comparison of times is fair: matrix products for the whole grid, and no
(start, end) pair is concatenated. Its attention comes in two forms: with the weights of all pairs
of cells of a row in memory, O(L^3), as in KnowFREE's released code; and through torch's fused
kernel, which that code does not use.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from spacy_fewner.spans.grid.grid import SpanGrid
from spacy_fewner.spans.grid.layers import N_SIZES, LocalEndAttention, SizedBiaffine


def full_grid(grid: SpanGrid, tokens: Tensor, fused: bool = False) -> Tensor:
    """tokens (L, n_in) of one document -> logits (L, L, labels); cell [i, j] is the span i to j.

    The weights are those of a banded head without label vectors, and so is its dropout.
    fused: attention by torch's kernel.
    """
    start = grid.dropout(F.leaky_relu(grid.start(tokens)))
    end = grid.dropout(F.leaky_relu(grid.end(tokens)))
    cells = full_biaffine(grid.biaffine, start, end)
    if grid.attention is not None:
        mixed = full_attention(grid.attention, grid.dropout(cells), fused)
        cells = cells + grid.norm(cells + mixed)
    return grid.out(grid.dropout(F.gelu(cells)))


def full_biaffine(layer: SizedBiaffine, start: Tensor, end: Tensor) -> Tensor:
    """start, end: (L, n_in) -> (L, L, n_out)."""
    length = len(start)
    by_head = start.view(length, layer.heads, -1), end.view(length, layer.heads, -1)
    left = torch.einsum("xhi,hioj->xhoj", by_head[0], layer.bilinear)
    paired = torch.einsum("xhoj,yhj->xyho", left, by_head[1]).reshape(length, length, -1)
    position = torch.arange(length)
    sizes = (position[None] - position[:, None]).clamp(0, N_SIZES - 1)
    linear = layer.start(start)[:, None] + layer.end(end)[None]
    return paired + linear + layer.size_out(layer.size.weight)[sizes]


def full_attention(layer: LocalEndAttention, cells: Tensor, fused: bool) -> Tensor:
    """cells: (L, L, D) -> (L, L, D): each row attends along its ends, through an L x L mask."""
    query = _split(layer, layer.query(cells))
    key, value = (_split(layer, half) for half in layer.key_value(cells).chunk(2, dim=-1))
    position = torch.arange(len(cells))
    near = (position[:, None] - position[None]).abs() <= layer.reach
    attend = F.scaled_dot_product_attention if fused else _attend
    mixed = attend(query, key, value, near, layer.dropout if layer.training else 0.0)
    return layer.out(mixed.transpose(1, 2).flatten(2))


def _attend(query: Tensor, key: Tensor, value: Tensor, near: Tensor, dropout: float) -> Tensor:
    """query, key, value: (L, heads, L, d); near: (L, L) -> (L, heads, L, d)."""
    weights = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5  # (L, heads, L, L)
    weights = weights.masked_fill(~near, float("-inf")).softmax(-1)
    return F.dropout(weights, dropout) @ value


def _split(layer: LocalEndAttention, vectors: Tensor) -> Tensor:
    return vectors.unflatten(-1, (layer.heads, -1)).transpose(1, 2)  # (L, heads, L, d)
