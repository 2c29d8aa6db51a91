"""The span grid written as the paper has it: the full L x L grid, one document at a time."""

import torch
from torch.nn import functional as F

from spacy_fewner.spans.grid.evidence import AFTER, BEFORE, END, INSIDE, START
from spacy_fewner.spans.grid.grid import SpanGrid
from spacy_fewner.spans.grid.layers import N_SIZES


def naive_grid(grid: SpanGrid, tokens: torch.Tensor) -> torch.Tensor:
    """tokens (L, n_in) of one document -> logits (L, L, labels); cell [i, j] is the span i to j."""
    start = F.leaky_relu(grid.start(tokens))
    end = F.leaky_relu(grid.end(tokens))
    cells = naive_biaffine(grid, start, end)
    if grid.attention is not None:
        cells = cells + grid.norm(cells + naive_attention(grid, cells))
    elif grid.convolution is not None:
        cells = cells + grid.norm(cells + naive_convolution(grid, cells))
    logits = grid.out(F.gelu(cells))
    if grid.likeness is not None:
        logits = logits + naive_likeness(grid, tokens)
    return logits if grid.evidence is None else logits + naive_evidence(grid, tokens)


def naive_biaffine(grid: SpanGrid, start: torch.Tensor, end: torch.Tensor) -> torch.Tensor:
    length = start.shape[0]
    layer = grid.biaffine
    heads, step = layer.heads, start.shape[1] // layer.heads
    rows = []
    for i in range(length):
        row = []
        for j in range(length):
            parts = [
                torch.einsum(
                    "i,ioj,j->o",
                    start[i, h * step : (h + 1) * step],
                    layer.bilinear[h],
                    end[j, h * step : (h + 1) * step],
                )
                for h in range(heads)
            ]
            size = layer.size_out(layer.size.weight[min(max(j - i, 0), N_SIZES - 1)])
            row.append(torch.cat(parts) + layer.start(start[i]) + layer.end(end[j]) + size)
        rows.append(torch.stack(row))
    return torch.stack(rows)


def naive_attention(grid: SpanGrid, cells: torch.Tensor) -> torch.Tensor:
    layer = grid.attention
    assert layer is not None
    length, _, width = cells.shape
    step = width // layer.heads
    query = layer.query(cells)
    key, value = layer.key_value(cells).chunk(2, dim=-1)
    out = torch.zeros_like(cells)
    for i in range(length):
        for j in range(length):
            near = [k for k in range(length) if abs(j - k) <= layer.reach]
            for h in range(layer.heads):
                part = slice(h * step, (h + 1) * step)
                weights = key[i, near, part] @ query[i, j, part] / step**0.5
                out[i, j, part] = weights.softmax(0) @ value[i, near, part]
    return layer.out(out)


def naive_convolution(grid: SpanGrid, cells: torch.Tensor) -> torch.Tensor:
    layer = grid.convolution
    assert layer is not None
    length, reach = len(cells), grid.sizes.reach
    weight, bias = layer.mix.weight, layer.mix.bias
    assert bias is not None and weight.shape[2] == 2 * reach + 1
    rows = []
    for i in range(length):
        for j in range(length):
            near = [k for k in range(length) if abs(j - k) <= reach]
            rows.append(bias + sum(weight[:, :, k - j + reach] @ cells[i, k] for k in near))
    return torch.stack(rows).unflatten(0, (length, length))


def naive_likeness(grid: SpanGrid, tokens: torch.Tensor) -> torch.Tensor:
    layer = grid.likeness
    assert layer is not None
    length = tokens.shape[0]
    out = torch.zeros(length, length, grid.sizes.n_labels)
    for i in range(length):
        for j in range(i, length):
            mean = layer.project(tokens[i : j + 1].mean(0))
            out[i, j] = layer.scale * F.cosine_similarity(mean[None], layer.labels, dim=-1)
    return out


def naive_evidence(grid: SpanGrid, tokens: torch.Tensor) -> torch.Tensor:
    layer = grid.evidence
    assert layer is not None
    length = tokens.shape[0]
    out = torch.zeros(length, length, grid.sizes.n_labels)
    for i in range(length):
        for j in range(i, length):
            span = layer.weight[:, START] @ tokens[i] + layer.weight[:, END] @ tokens[j]
            span = span + layer.weight[:, INSIDE] @ tokens[i : j + 1].mean(0)
            if i > 0:
                span = span + layer.weight[:, BEFORE] @ tokens[i - 1]
            if j + 1 < length:
                span = span + layer.weight[:, AFTER] @ tokens[j + 1]
            out[i, j] = span
    return out
