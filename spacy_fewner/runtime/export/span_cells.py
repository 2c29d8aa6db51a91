"""The part of a span head that labels do not touch, as an ONNX graph: tokens in, cells out.

Written node by node: the windows of a band are views in torch, which its exporters do not know.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...spans.grid.sizes import GridSizes
from .nodes import GraphBuilder

OPSET = 17


def cells_graph(sizes: Mapping[str, Any], weights: Mapping[str, np.ndarray]) -> bytes:
    """sizes, weights: of a `SpanGrid`, by its own names.

    The graph takes tokens (T, n_in), those of R rows with their neighbours, and index (R, K) of
    int64, the place of each cell's end among them; K = W + 2 halo, for any W up to the head's. With
    attention it also takes mask (R, 1, W, K), 0 where a cell sees another and far below it
    elsewhere; with a convolution real (R, K, 1), 1 for cells of the document and 0 elsewhere. It
    gives (R, W, cell), which `SpanGrid` reads its logits from, and with label vectors (T, n_in),
    the tokens as they are compared with them.
    """
    head = _Head(sizes, weights)
    graph = head.graph
    cells = head.biaffine()
    core = cells
    if head.halo:
        core = graph.slice(cells, head.halo, -head.halo, axis=1)
    if head.context != "none":
        attends = head.context == "attention"
        mixed = head.attention(cells, core) if attends else head.convolution(cells)
        core = graph.add(core, head.normed(graph.add(core, mixed)))
    graph.output(graph.gelu(core), "cells", ["R", "W", head.cell])
    if sizes["label_vectors"]:
        projected = head.linear("tokens", "likeness.project")
        graph.output(projected, "projected", ["T", sizes["n_in"]])
    return graph.to_bytes()


class _Head:
    def __init__(self, sizes: Mapping[str, Any], weights: Mapping[str, np.ndarray]):
        self.weights = weights
        self.width, self.cell, self.hidden = (
            sizes["max_width"],
            sizes["cell"],
            sizes["hidden"],
        )
        known = GridSizes(**sizes)
        self.heads, self.context, self.halo = known.attention_heads, known.looks_by, known.halo
        self.blocks = sizes["biaffine_heads"]
        self.graph = graph = GraphBuilder("span_cells", OPSET)
        graph.input("tokens", "float", ["T", sizes["n_in"]])
        graph.input("index", "int64", ["R", "K"])
        if self.context == "attention":
            graph.input("mask", "float", ["R", 1, "W", "K"])
        elif self.context == "convolution":
            graph.input("real", "float", ["R", "K", 1])

    def linear(self, inputs: str, *names: str) -> str:
        """Linear layers side by side."""
        weight = np.concatenate([self.weights[f"{name}.weight"] for name in names])
        biases = [self.weights.get(f"{name}.bias") for name in names]
        product = self.graph.matmul(inputs, weight.T)
        if biases[0] is None:
            return product
        return self.graph.add(product, np.concatenate(biases))  # type: ignore[arg-type]

    def biaffine(self) -> str:
        """(R, K, cell), see `SizedBiaffine`."""
        graph, blocks = self.graph, self.blocks
        edges = graph.node("LeakyRelu", self.linear("tokens", "start", "end"), alpha=0.01)
        start, end = graph.split(edges, [self.hidden, self.hidden], axis=1)
        start = graph.gather(start, graph.gather("index", np.int64(self.halo), axis=1), axis=0)
        bilinear = self.weights["biaffine.bilinear"]  # (blocks, i, o, j)
        n_out, n_in = bilinear.shape[2:]
        by_block = graph.transpose(graph.reshape(start, [-1, blocks, n_in]), [1, 0, 2])
        flat = bilinear.transpose(0, 1, 3, 2).reshape(blocks, n_in, -1)
        left = graph.reshape(graph.matmul(by_block, flat), [blocks, -1, n_in, n_out])
        ends = graph.transpose(graph.reshape(end, [-1, blocks, n_in]), [1, 0, 2])
        near = graph.gather(ends, "index", axis=1)  # (blocks, R, K, j)
        paired = graph.transpose(graph.matmul(near, left), [1, 2, 0, 3])  # (R, K, blocks, o)
        cells = graph.reshape(paired, [0, 0, self.cell])
        of_ends = graph.gather(self.linear(end, "biaffine.end"), "index", axis=0)
        of_start = graph.reshape(self.linear(start, "biaffine.start"), [-1, 1, self.cell])
        return graph.add(graph.add(graph.add(cells, of_ends), of_start), self.of_sizes())

    def of_sizes(self) -> str:
        """(K, cell): what the width of a span adds to its cell."""
        # The ends of the first row lie one after the other, from 0 on.
        ends = self.graph.gather("index", np.int64(0), axis=0)
        return self.graph.gather(self.size_table(), ends, axis=0)

    def size_table(self) -> np.ndarray:
        table = self.weights["biaffine.size.weight"]
        offsets = np.arange(-self.halo, self.width + self.halo).clip(0, len(table) - 1)
        return table[offsets] @ self.weights["biaffine.size_out.weight"].T

    def attention(self, cells: str, core: str) -> str:
        """(R, K, cell) and of it (R, W, cell) -> (R, W, cell), see `LocalEndAttention`."""
        graph, part = self.graph, self.cell // self.heads
        scaled = self.scaled_query(part**-0.5)
        query = self.by_head(graph.add(graph.matmul(core, scaled[0]), scaled[1]), part)
        both = self.linear(cells, "attention.key_value")
        key, value = graph.split(both, [self.cell, self.cell], axis=2)
        key, value = self.by_head(key, part, last=True), self.by_head(value, part)
        scores = graph.add(graph.matmul(query, key), "mask")  # (R, heads, W, K)
        mixed = graph.matmul(graph.node("Softmax", scores, axis=-1), value)
        joined = graph.reshape(graph.transpose(mixed, [0, 2, 1, 3]), [0, 0, self.cell])
        return self.linear(joined, "attention.out")

    def convolution(self, cells: str) -> str:
        """(R, K, cell) -> (R, W, cell), see `LocalEndConvolution`."""
        graph, name = self.graph, "convolution.mix"
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        inside = graph.transpose(graph.node("Mul", cells, "real"), [0, 2, 1])
        return graph.transpose(graph.node("Conv", inside, weight, bias), [0, 2, 1])

    def scaled_query(self, scale: float) -> tuple[np.ndarray, np.ndarray]:
        weight, bias = (self.weights[f"attention.query.{name}"] for name in ("weight", "bias"))
        return (weight.T * scale).astype("float32"), (bias * scale).astype("float32")

    def by_head(self, vectors: str, part: int, last: bool = False) -> str:
        """(R, E, cell) -> (R, heads, E, part), or with `last` (R, heads, part, E)."""
        split = self.graph.reshape(vectors, [0, 0, self.heads, part])
        return self.graph.transpose(split, [0, 2, 3, 1] if last else [0, 2, 1, 3])

    def normed(self, cells: str) -> str:
        weight, bias = self.weights["norm.weight"], self.weights["norm.bias"]
        return self.graph.node("LayerNormalization", cells, weight, bias, axis=-1, epsilon=1e-5)
