"""Types of fields: which are allowed, and which classes they speak of."""

import ast
import builtins
import typing
from collections.abc import Set

from .syntax import parse_value

_SCALARS = {"str", "int", "float", "bool", "None", "Any", "date", "datetime", "time", "Decimal"}
_LISTS = {
    *("list", "List", "tuple", "Tuple", "set", "Set", "frozenset", "FrozenSet"),
    *("Sequence", "Iterable", "Collection", "Optional", "Union", "dict", "Dict", "Mapping"),
}
TAKEN = {*dir(builtins), *typing.__all__, "dataclass", "field", *_SCALARS, *_LISTS}
"""Names that no class of a reply may have."""
MAX_TYPE = 300  # characters of a type in quotes


def is_allowed(node: ast.expr, classes: Set[str]) -> bool:
    """Whether a type is made of scalars, lists, unions and known classes alone."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and len(node.value) <= MAX_TYPE:
            inner = parse_value(node.value.strip())
            return inner is not None and not _quoted(inner) and is_allowed(inner, classes)
        return node.value is None or node.value is ...
    if isinstance(node, ast.Name):
        return node.id in _SCALARS or node.id in _LISTS or node.id in classes
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id == "typing" and _is_typing(node)
    if isinstance(node, ast.BinOp):
        sides = (node.left, node.right)
        return isinstance(node.op, ast.BitOr) and all(is_allowed(side, classes) for side in sides)
    if isinstance(node, ast.Subscript):
        return _is_subscript(node, classes)
    return False


def classes_in(node: ast.expr, classes: Set[str]) -> set[str]:
    """The known classes that an allowed type speaks of."""
    found = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            found.add(one.id)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            inner = parse_value(one.value.strip())
            found |= classes_in(inner, classes) if inner and not _quoted(inner) else set()
    return found & classes


def has_scalar(node: ast.expr) -> bool:
    """Whether a type has a place for text or a number of its own."""
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return bool(names & (_SCALARS - {"None"}))


def _is_subscript(node: ast.Subscript, classes: Set[str]) -> bool:
    head = node.value
    name = head.id if isinstance(head, ast.Name) else getattr(head, "attr", "")
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name == "Literal":
        return all(isinstance(one, ast.Constant) for one in inner)
    if name not in _LISTS or not is_allowed(head, classes):
        return False
    return all(is_allowed(one, classes) for one in inner)


def _is_typing(node: ast.Attribute) -> bool:
    return node.attr in _LISTS or node.attr in ("Any", "Literal")


def _quoted(node: ast.expr) -> bool:
    return any(
        isinstance(one, ast.Constant) and isinstance(one.value, str) for one in ast.walk(node)
    )
