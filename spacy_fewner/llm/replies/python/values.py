"""Values of an instance: constants, lists and instances; nothing that would have to be run."""

import ast
import math
from collections.abc import Mapping, Sequence, Set
from typing import Any

from .. import python_parts as why
from .notes import Notes, source_of

LARGEST = 10**30
_MISSING = object()


class Values:
    """classes: fields in order, by class. variables: what was assigned before, by name."""

    def __init__(self, classes: Mapping[str, Sequence[str]], examples: Set[str], notes: Notes):
        self.classes = classes
        self.examples = examples
        self.notes = notes
        self.text = ""

    def read(self, node: ast.expr) -> Any:
        """JSON: lists, scalars, and {"type", "values"} for an instance; `missing` if it is none."""
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            return self._signed(node)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return self._list(node.elts)
        if isinstance(node, ast.Dict):
            return self._list(node.values)
        if isinstance(node, ast.Call):
            return self._instance(node)
        return self._refuse(node, why.CODE, type(node).__name__)

    @staticmethod
    def is_missing(value: Any) -> bool:
        return value is _MISSING

    def _refuse(self, node: ast.expr | ast.keyword, reason: str, detail: str) -> Any:
        self.notes.add(reason, detail, source_of(self.text, node))
        return _MISSING

    def _constant(self, node: ast.Constant) -> Any:
        value = node.value
        if isinstance(value, str):
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int) and abs(value) <= LARGEST:
            return value
        if isinstance(value, float) and math.isfinite(value):
            return value
        return self._refuse(node, why.CODE, type(value).__name__)

    def _signed(self, node: ast.UnaryOp) -> Any:
        if not isinstance(node.operand, ast.Constant):
            return self._refuse(node, why.CODE, type(node.operand).__name__)
        value = self._constant(node.operand)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return self._refuse(node, why.CODE, "sign") if value is not _MISSING else value
        return -value if isinstance(node.op, ast.USub) else value

    def _list(self, nodes: Sequence[ast.expr]) -> list[Any]:
        read = [self.read(node) for node in nodes]
        return [one for one in read if one is not _MISSING]

    def _instance(self, node: ast.Call) -> Any:
        if not isinstance(node.func, ast.Name):
            return self._refuse(node, why.CODE, "call")
        name = node.func.id
        if name in self.examples:
            return self._refuse(node, why.EXAMPLE, name)
        if name not in self.classes:
            return self._refuse(node, why.UNKNOWN_CLASS, name)
        values: dict[str, Any] = {}
        for given, value in self._arguments(node, self.classes[name]):
            if given in values:
                self._refuse(value, why.TWICE, given)
                continue
            read = self.read(value)
            if read is not _MISSING:
                values[given] = read
        return {"type": name, "values": values}

    def _arguments(self, node: ast.Call, fields: Sequence[str]) -> list[tuple[str, ast.expr]]:
        found = []
        for place, value in enumerate(node.args):
            if isinstance(value, ast.Starred):
                self._refuse(value, why.CODE, "Starred")
            elif place < len(fields):
                found.append((fields[place], value))
            else:
                self._refuse(value, why.UNKNOWN_FIELD, f"number {place + 1}")
        for keyword in node.keywords:
            if keyword.arg is None:
                self._refuse(keyword, why.CODE, "Starred")
            elif keyword.arg in fields:
                found.append((keyword.arg, keyword.value))
            else:
                self._refuse(keyword, why.UNKNOWN_FIELD, keyword.arg)
        return found
