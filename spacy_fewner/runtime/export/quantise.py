"""An ONNX graph with 8-bit weights and inputs in the layers that bear it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..graph import Graph
from .layers import Layer, layers_of, tables_of
from .nodes import onnx
from .scales import Scales, best_scales

MICROSOFT = "com.microsoft"  # the domain of onnxruntime's own operators
ROWS_OF_BATCH = 700  # of a layer's inputs kept from each batch that is read


class Quantiser:
    """graph: of an encoder or a span head, in floats. batches: what it is given in real text."""

    def __init__(self, graph: bytes, batches: Iterable[Mapping[str, np.ndarray]]):
        self._graph = graph
        self.layers = layers_of(onnx().load_model_from_string(graph))
        inputs = _inputs(graph, [layer.input for layer in self.layers], batches)
        self.scales = {
            layer.input: best_scales(layer, inputs[layer.input]) for layer in self.layers
        }

    def worst(self, number: int) -> list[Layer]:
        """The layers that lose most."""
        by_error = sorted(self.layers, key=lambda layer: -self.scales[layer.input].error)
        return by_error[:number]

    def graph(self, left: Sequence[Layer] = ()) -> bytes:
        """The graph with 8-bit numbers everywhere but in the layers `left`."""
        exact = {layer.input for layer in left}
        scales = {name: one for name, one in self.scales.items() if name not in exact}
        return _written(self._graph, scales)


def _inputs(
    graph: bytes, names: Sequence[str], batches: Iterable[Mapping[str, np.ndarray]]
) -> dict[str, np.ndarray]:
    """What the layers are given: (rows, n_in) of real word pieces, by the input's name."""
    library = onnx()
    model = library.load_model_from_string(graph)
    del model.graph.output[:]
    kind = library.TensorProto.FLOAT
    model.graph.output.extend(
        library.helper.make_tensor_value_info(name, kind, None) for name in names
    )
    probe = Graph(model.SerializeToString(), "encoder")
    found: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for inputs in batches:
        real = inputs.get("attention_mask")  # of an encoder; a head has no padding
        for name, values in zip(names, probe.run(inputs), strict=True):
            rows = values.reshape(-1, values.shape[-1]) if real is None else values[real > 0]
            found[name].append(rows[:: 1 + len(rows) // ROWS_OF_BATCH])
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _written(graph: bytes, scales: Mapping[str, Scales]) -> bytes:
    model = onnx().load_model_from_string(graph)
    writer = _Writer(model)
    for layer in layers_of(model):
        if layer.input in scales:
            writer.replace_layer(layer, scales[layer.input])
    for node, table in tables_of(model):
        writer.replace_table(node, table)
    return writer.to_bytes()


class _Writer:
    """Puts nodes in the place of others, where those stood."""

    def __init__(self, model: Any):
        self._model = model
        self._instead: dict[str, list[Any]] = {}  # by the output of the node that they stand for
        self._constants: list[Any] = []

    def replace_layer(self, layer: Layer, scales: Scales) -> None:
        """One input in 8 bits, however many products it goes into."""
        first, start = self._quantised(layer.input, scales), 0
        for product in layer.products:
            own = slice(start, start + product.weight.shape[1])
            start = own.stop
            nodes = [*first, self._product(layer.input, product, scales, own)]
            first = []
            self._instead[product.node.output[0]] = nodes
            if product.bias:
                self._instead[product.bias[0].output[0]] = []

    def _quantised(self, name: str, scales: Scales) -> list[Any]:
        make, nodes, source = onnx().helper.make_node, [], name
        if scales.smoothing is not None:
            factor = self._constant(f"{name}_factor", 1 / scales.smoothing)
            source = f"{name}_smoothed"
            nodes.append(make("Mul", [name, factor], [source], source))
        inputs = [
            source,
            self._constant(f"{name}_scale", np.float32(scales.scale)),
            self._constant(f"{name}_zero", np.uint8(scales.zero)),
        ]
        return [*nodes, make("QuantizeLinear", inputs, [f"{name}_whole"], f"{name}_whole")]

    def _product(self, name: str, product: Any, scales: Scales, own: slice) -> Any:
        weights, output = scales.weights[:, own], product.output
        inputs = [
            f"{name}_whole",
            self._constant(f"{output}_weights", weights),
            f"{name}_scale",
            self._constant(f"{output}_scales", scales.weight_scales[own]),
            f"{name}_zero",
            self._constant(f"{output}_zeros", np.zeros(weights.shape[1], dtype="int8")),
            product.bias[1] if product.bias else "",
        ]
        return onnx().helper.make_node(
            "MatMulIntegerToFloat", inputs, [output], f"{output}_product", domain=MICROSOFT
        )

    def replace_table(self, node: Any, table: np.ndarray) -> None:
        """Each row by its own scale, which the looked-up numbers are multiplied by."""
        name, make = node.output[0], onnx().helper.make_node
        scales = (np.abs(table).max(axis=1, keepdims=True) / 127).clip(1e-12).astype("float32")
        whole = self._constant(f"{name}_table", np.round(table / scales).astype("int8"))
        scale = self._constant(f"{name}_scales", scales)
        parts = [f"{name}_{part}" for part in ("whole", "float", "scale")]
        kind = onnx().TensorProto.FLOAT
        self._instead[name] = [
            make("Gather", [whole, node.input[1]], [parts[0]], parts[0], axis=0),
            make("Cast", [parts[0]], [parts[1]], parts[1], to=kind),
            make("Gather", [scale, node.input[1]], [parts[2]], parts[2], axis=0),
            make("Mul", parts[1:], [name], f"{name}_found"),
        ]

    def _constant(self, name: str, array: Any) -> str:
        self._constants.append(onnx().numpy_helper.from_array(np.asarray(array), name))
        return name

    def to_bytes(self) -> bytes:
        graph = self._model.graph
        nodes = [made for node in graph.node for made in self._instead.get(node.output[0], [node])]
        used = {name for node in nodes for name in node.input}
        constants = [one for one in graph.initializer if one.name in used]
        del graph.node[:], graph.initializer[:]
        graph.node.extend(nodes)
        graph.initializer.extend([*constants, *self._constants])
        if MICROSOFT not in {one.domain for one in self._model.opset_import}:
            self._model.opset_import.append(onnx().helper.make_opsetid(MICROSOFT, 1))
        return self._model.SerializeToString()
