"""The layers of an ONNX graph that 8-bit numbers may stand in for: products with fixed weights."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .nodes import onnx

LEAST_TABLE = 2**20  # numbers; smaller tables of embeddings are left as they are


@dataclass(frozen=True)
class Product:
    """MatMul by a constant. bias: the Add behind it, and the name of what is added, if any."""

    node: Any
    weight: np.ndarray  # (n_in, n_out)
    bias: tuple[Any, str] | None

    @property
    def output(self) -> str:
        return (self.bias[0] if self.bias else self.node).output[0]


@dataclass(frozen=True)
class Layer:
    """Products of one and the same input: query, key and value are one layer."""

    input: str
    products: list[Product]

    @property
    def weight(self) -> np.ndarray:
        """(n_in, the outputs of all)."""
        return np.concatenate([one.weight for one in self.products], axis=1)

    @property
    def size(self) -> int:
        return sum(one.weight.size for one in self.products)


def layers_of(model: Any) -> list[Layer]:
    """Those of a graph, in its order."""
    constants = _constants(model)
    biases = _biases(model, constants)
    by_input: dict[str, list[Product]] = {}
    for node in model.graph.node:
        array = constants.get(node.input[1]) if node.op_type == "MatMul" else None
        if array is not None and array.ndim == 2 and node.input[0] not in constants:
            found = Product(node, array, biases.get(node.output[0]))
            by_input.setdefault(node.input[0], []).append(found)
    return [Layer(name, products) for name, products in by_input.items()]


def tables_of(model: Any) -> list[tuple[Any, np.ndarray]]:
    """Large tables of embeddings: the node that looks up in one, and (rows, D)."""
    constants = _constants(model)
    return [
        (node, constants[node.input[0]])
        for node in model.graph.node
        if node.op_type == "Gather"
        and node.input[0] in constants
        and constants[node.input[0]].ndim == 2
        and constants[node.input[0]].size >= LEAST_TABLE
    ]


def _constants(model: Any) -> dict[str, np.ndarray]:
    """Arrays of floats by name."""
    helper, kind = onnx().numpy_helper, onnx().TensorProto.FLOAT
    given = [one for one in model.graph.initializer if one.data_type == kind]
    return {one.name: helper.to_array(one) for one in given}


def _biases(model: Any, constants: dict[str, np.ndarray]) -> dict[str, tuple[Any, str]]:
    """By what they are added to, if that goes nowhere else."""
    users: dict[str, int] = {}
    for node in model.graph.node:
        for name in node.input:
            users[name] = users.get(name, 0) + 1
    found = {}
    for node in model.graph.node:
        if node.op_type != "Add":
            continue
        for bias, other in (node.input, list(node.input)[::-1]):
            if bias in constants and constants[bias].ndim == 1 and users[other] == 1:
                found[other] = (node, bias)
    return found
