"""Imports that dataclasses need: passed over in silence, as they are never carried out."""

import ast

_MODULES = {"dataclasses", "typing", "typing_extensions", "__future__", "collections.abc", "enum"}
_MODULES |= {"datetime", "decimal", "pydantic"}


def is_usual(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module in _MODULES and not node.level
    return isinstance(node, ast.Import) and all(one.name in _MODULES for one in node.names)
