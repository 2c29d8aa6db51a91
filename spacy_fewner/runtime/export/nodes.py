"""A short way to write an ONNX graph: each method adds a node and gives the name of its output."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...errors import FewnerError

Value = str | np.ndarray | np.generic  # an output of another node, or a constant


def onnx() -> Any:
    """The library. Raises FewnerError where it is not installed."""
    try:
        import onnx
    except ImportError as error:
        rule = "must be installed to export a pipeline"
        remedy = "Run: pip install 'spacy-fewner[train]'"
        raise FewnerError("onnx", rule, "no such package", remedy) from error
    return onnx


class GraphBuilder:
    """name: of the graph. opset: of ONNX's own operators."""

    def __init__(self, name: str, opset: int):
        self._onnx, self._name, self._opset = onnx(), name, opset
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def input(self, name: str, kind: str, shape: Sequence[int | str]) -> str:
        self._inputs.append(self._info(name, kind, shape))
        return name

    def output(self, value: str, name: str, shape: Sequence[int | str]) -> None:
        self._nodes.append(self._onnx.helper.make_node("Identity", [value], [name]))
        self._outputs.append(self._info(name, "float", shape))

    def _info(self, name: str, kind: str, shape: Sequence[int | str]) -> Any:
        kinds = self._onnx.TensorProto.DataType
        return self._onnx.helper.make_tensor_value_info(name, kinds.Value(kind.upper()), shape)

    def node(self, operator: str, *values: Value, n_outputs: int = 1, **attributes: Any) -> Any:
        """Name of the output, or a list of several."""
        number = len(self._nodes)
        outputs = [f"{operator}_{number}_{part}" for part in range(n_outputs)]
        inputs = [self._named(value) for value in values]
        made = self._onnx.helper.make_node(operator, inputs, outputs, outputs[0], **attributes)
        self._nodes.append(made)
        return outputs[0] if n_outputs == 1 else outputs

    def _named(self, value: Value) -> str:
        if isinstance(value, str):
            return value
        name = f"constant_{len(self._constants)}"
        array = np.asarray(value)
        if array.dtype == np.float64:
            array = array.astype("float32")
        self._constants.append(self._onnx.numpy_helper.from_array(array, name))
        return name

    def matmul(self, left: Value, right: Value) -> str:
        return self.node("MatMul", left, right)

    def add(self, left: Value, right: Value) -> str:
        return self.node("Add", left, right)

    def gather(self, values: Value, index: Value, axis: int) -> str:
        return self.node("Gather", values, index, axis=axis)

    def reshape(self, value: Value, shape: Sequence[int]) -> str:
        return self.node("Reshape", value, np.asarray(shape, dtype="int64"))

    def transpose(self, value: Value, order: Sequence[int]) -> str:
        return self.node("Transpose", value, perm=list(order))

    def split(self, value: Value, sizes: Sequence[int], axis: int) -> list[str]:
        lengths = np.asarray(sizes, dtype="int64")
        return self.node("Split", value, lengths, n_outputs=len(sizes), axis=axis)

    def slice(self, value: Value, start: int, end: int, axis: int) -> str:
        bounds = (np.asarray([number], dtype="int64") for number in (start, end, axis))
        return self.node("Slice", value, *bounds)

    def gelu(self, value: Value) -> str:
        """x * (1 + erf(x / sqrt 2)) / 2, in the form that onnxruntime knows."""
        over = self.node("Div", value, np.float32(2**0.5))
        one = self.add(self.node("Erf", over), np.float32(1.0))
        return self.node("Mul", self.node("Mul", value, one), np.float32(0.5))

    def to_bytes(self) -> bytes:
        """The graph as a file. Raises onnx's own error for one that is not whole."""
        helper = self._onnx.helper
        graph = helper.make_graph(
            self._nodes, self._name, self._inputs, self._outputs, self._constants
        )
        opsets = [helper.make_opsetid("", self._opset)]
        # What onnxruntime reads is older than what onnx writes by itself.
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        self._onnx.checker.check_model(model)
        return model.SerializeToString()
