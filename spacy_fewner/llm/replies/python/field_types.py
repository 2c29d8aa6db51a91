"""Types of fields: which are allowed, and which classes they speak of."""

import ast
import builtins
from collections.abc import Set

from .code import parse_value

_SCALARS = {"str", "int", "float", "bool", "Any", "Literal", "date", "datetime", "time", "Decimal"}
_HOLDERS = {
    *("list", "List", "tuple", "Tuple", "set", "Set", "frozenset", "FrozenSet"),
    *("Sequence", "Iterable", "Collection", "Optional", "Union", "dict", "Dict", "Mapping"),
}
_MODULES = {"typing", "t"}
TAKEN = {
    *(name for name in dir(builtins) if name.islower()),
    *("Any", "Dict", "List", "Literal", "Optional", "Union", "dataclass", "field"),
}
"""Names that no class of a reply may have: they mean something in types, or are functions."""
MAX_TYPE = 500  # characters


def is_allowed(node: ast.expr, classes: Set[str]) -> bool:
    """Whether a type is made of scalars, lists, unions and known classes alone."""
    if isinstance(node, ast.Constant):
        inner = _in_quotes(node)
        return is_allowed(inner, classes) if inner else node.value in (None, ...)
    if isinstance(node, ast.BinOp):
        sides = (node.left, node.right)
        return isinstance(node.op, ast.BitOr) and all(is_allowed(side, classes) for side in sides)
    if isinstance(node, ast.Subscript):
        if _name(node.value) == "Literal":
            return all(isinstance(one, ast.Constant) for one in _arguments(node))
        parts = _arguments(node)
        return _name(node.value) in _HOLDERS and all(is_allowed(one, classes) for one in parts)
    name = _name(node)
    return name in _SCALARS or name in _HOLDERS or name in classes


def names_in(node: ast.expr) -> set[str]:
    """The names that an allowed type is made of."""
    if isinstance(node, ast.Constant):
        inner = _in_quotes(node)
        return names_in(inner) if inner else set()
    if isinstance(node, ast.BinOp):
        return names_in(node.left) | names_in(node.right)
    if isinstance(node, ast.Subscript) and _name(node.value) != "Literal":
        return {_name(node.value)}.union(*map(names_in, _arguments(node)))
    return {_name(node.value if isinstance(node, ast.Subscript) else node)}


def has_scalar(node: ast.expr) -> bool:
    """Whether a type has a place for text or a number of its own."""
    return bool(names_in(node) & _SCALARS)


def _name(node: ast.expr) -> str:
    """`List` of `List` and of `typing.List`."""
    if isinstance(node, ast.Attribute):
        known = isinstance(node.value, ast.Name) and node.value.id in _MODULES
        return node.attr if known and node.attr in _HOLDERS | _SCALARS else ""
    return node.id if isinstance(node, ast.Name) else ""


def _arguments(node: ast.Subscript) -> list[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _in_quotes(node: ast.Constant) -> ast.expr | None:
    """The type that a string holds, if it holds one without further strings."""
    if not isinstance(node.value, str):
        return None
    inner = parse_value(node.value)
    nested = inner is not None and any(
        isinstance(one, ast.Constant) and isinstance(one.value, str) for one in ast.walk(inner)
    )
    return None if nested else inner
