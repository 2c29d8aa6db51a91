"""Fields of a class: names, types and comments; defaults, methods and the like mean nothing."""

import ast
from collections.abc import Set
from dataclasses import dataclass, replace

from .. import python_parts as why
from ..parsed import CUT_SHORT
from .code import Code
from .field_types import MAX_TYPE, is_allowed
from .notes import Notes
from .repair import plain_name
from .strings import well_formed


@dataclass(frozen=True, slots=True)
class Field:
    """annotation: its type as a tree. type: the same as text."""

    name: str
    type: str
    comment: str
    annotation: ast.expr


def fields_of(node: ast.ClassDef, code: Code, names: Set[str], notes: Notes) -> dict[str, Field]:
    """Fields by name, in order; a string below a field is a comment on it. names: of classes."""
    fields: dict[str, Field] = {}
    last = ""
    for place, one in enumerate(node.body):
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            last = _take(one, one.target.id, code, names, fields, notes)
        elif isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
            if last and isinstance(one.value.value, str):
                fields[last] = _commented(fields[last], one.value.value)
        elif isinstance(one, ast.Expr) and isinstance(one.value, ast.Name):
            end = notes.cut and place == len(node.body) - 1
            notes.add(CUT_SHORT if end else why.CODE, f"in {node.name}", code.source(one))
        elif not isinstance(one, ast.Pass):
            notes.add(why.CODE, f"{type(one).__name__} in {node.name}", code.source(one))
    return fields


def _take(
    node: ast.AnnAssign, written: str, code: Code, names: Set[str], fields: dict, notes: Notes
) -> str:
    """Adds the field; its name, or "" where it is none."""
    name, annotation = plain_name(written), " ".join(code.source(node.annotation).split())
    if name.startswith("__"):
        reason, detail = why.NAME_TAKEN, name
    elif name in fields:
        reason, detail = why.TWICE, name
    elif len(annotation) > MAX_TYPE or not is_allowed(node.annotation, names):
        reason, detail = why.UNKNOWN_TYPE, annotation
    else:
        if node.value is not None and not _is_default(node.value):
            notes.add(why.CODE, f"default of {name}", code.source(node))
        comment = code.comment(node.lineno, node.end_lineno or node.lineno)
        fields[name] = Field(name, annotation, comment, node.annotation)
        return name
    notes.add(reason, detail, code.source(node))
    return ""


def _commented(field: Field, said: str) -> Field:
    comment = " ".join(f"{field.comment} {well_formed(said)}".split())
    return replace(field, comment=comment)


def _is_default(node: ast.expr) -> bool:
    """Data, or the `field(default_factory=list)` of dataclasses: left out without a word."""
    if isinstance(node, ast.Call):
        if not (isinstance(node.func, ast.Name) and node.func.id in ("field", "Field")):
            return False
        inside = [*node.args, *(keyword.value for keyword in node.keywords)]
        return all(isinstance(one, ast.Name) or _is_default(one) for one in inside)
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return all(map(_is_default, node.elts))
    if isinstance(node, ast.Dict):
        return all(one is not None and _is_default(one) for one in (*node.keys, *node.values))
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.operand, ast.Constant)
    return isinstance(node, ast.Constant)
