"""Values of an instance: constants, lists and instances; nothing that would have to be run."""

import ast
import math
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from .. import python_parts as why
from .code import Code
from .notes import Notes
from .repair import plain_name
from .strings import well_formed

LARGEST = 10**30
MAX_VALUES = 20_000  # of one reply: names that stand for values may stand for many
MISSING = object()
_JSON_WORDS = {"null": None, "none": None, "true": True, "false": False}


class Values:
    """classes: names of fields in order, by class. code: what is read at the moment."""

    def __init__(self, classes: Mapping[str, Sequence[str]], examples: Set[str], notes: Notes):
        self.classes = classes
        self.examples = examples
        self.notes = notes
        self.code = Code("")
        self._count = 0
        self._variables: dict[str, tuple[Any, int, ast.expr]] = {}
        self._used: set[int] = set()  # ids of expressions, which the tree keeps alive

    def assign(self, name: str, node: ast.expr) -> Any:
        """Read a value; the name stands for it from now on."""
        before = self._count
        value = self.read(node)
        if value is not MISSING:
            self._variables[name] = (value, self._count - before, node)
        return value

    def is_used(self, node: ast.expr) -> bool:
        """Whether a name was read that stands for this value."""
        return id(node) in self._used

    def read(self, node: ast.expr) -> Any:
        """As JSON: scalars, lists, and {"type", "values"} for an instance; else MISSING."""
        self._count += 1
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.UnaryOp):
            return self._signed(node)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return self._list(node.elts)
        if isinstance(node, ast.Dict):
            return self._list(node.values)
        if isinstance(node, ast.Call):
            return self._instance(node)
        if isinstance(node, ast.Name):
            return self._variable(node)
        return self._refuse(node, why.CODE, type(node).__name__)

    def _refuse(self, node: ast.expr | ast.keyword, reason: str, detail: str) -> Any:
        self.notes.add(reason, detail, self.code.source(node))
        return MISSING

    def _constant(self, node: ast.Constant) -> Any:
        value = node.value
        if isinstance(value, str):
            return well_formed(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int) and abs(value) <= LARGEST:
            return value
        if isinstance(value, float) and math.isfinite(value):
            return value
        return self._refuse(node, why.CODE, type(value).__name__)

    def _signed(self, node: ast.UnaryOp) -> Any:
        number = node.operand.value if isinstance(node.operand, ast.Constant) else None
        signs = (ast.USub, ast.UAdd)
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            return self._refuse(node, why.CODE, type(node.op).__name__)
        if not isinstance(node.op, signs):
            return self._refuse(node, why.CODE, type(node.op).__name__)
        value = self.read(node.operand)
        return -value if isinstance(node.op, ast.USub) and value is not MISSING else value

    def _variable(self, node: ast.Name) -> Any:
        if node.id in self._variables:
            value, size, assigned = self._variables[node.id]
            self._count += size
            if self._count > MAX_VALUES:
                return self._refuse(node, why.CODE, f"over {MAX_VALUES} values")
            self._used.add(id(assigned))
            return value
        if node.id in _JSON_WORDS:
            return _JSON_WORDS[node.id]
        return self._refuse(node, why.CODE, "Name")

    def _list(self, nodes: Sequence[ast.expr]) -> list[Any]:
        read = [self.read(node) for node in nodes]
        return [one for one in read if one is not MISSING]

    def _instance(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in self.examples:
            return self._refuse(node, why.EXAMPLE, name)
        if name not in self.classes:
            return self._refuse(node, why.UNKNOWN_CLASS, name or "call")
        values: dict[str, Any] = {}
        for given, value in self._arguments(node, self.classes[name]):
            if given in values:
                self._refuse(value, why.TWICE, given)
                continue
            read = self.read(value)
            if read is not MISSING:
                values[given] = read
        return {"type": name, "values": values} if values else self._refuse(node, why.EMPTY, name)

    def _arguments(self, node: ast.Call, fields: Sequence[str]) -> Iterator[tuple[str, ast.expr]]:
        for place, value in enumerate(node.args):
            if isinstance(value, ast.Starred):
                self._refuse(value, why.CODE, "Starred")
            elif place < len(fields):
                yield fields[place], value
            else:
                self._refuse(value, why.UNKNOWN_FIELD, f"number {place + 1}")
        for keyword in node.keywords:
            name = plain_name(keyword.arg or "")
            if not name:
                self._refuse(keyword, why.CODE, "Starred")
            elif name in fields:
                yield name, keyword.value
            else:
                self._refuse(keyword, why.UNKNOWN_FIELD, name)
