"""Classes of a reply: names, docstrings and fields."""

import ast
from collections.abc import Mapping, Set
from typing import Any, TypeGuard

from .. import python_parts as why
from .blocks import blocks_of
from .code import Code, is_usual_import
from .field_types import TAKEN, has_scalar, names_in
from .fields import Field, fields_of
from .notes import Notes
from .source import code_of
from .strings import well_formed

# A type that is described, and has nothing else, has at least mentions.
NAME = Field("name", "str", "", ast.Name("str"))
MAX_FIELDS = 5000  # of one reply: a class has those of its bases too


def read(reply: str, examples: Set[str]) -> dict[str, Any]:
    """classes: [name, docstring, [[name, type, comment] of each field]]; wrapper; problems; cut."""
    notes = Notes()
    found: dict[str, tuple[ast.ClassDef, Code]] = {}
    for code in blocks_of(code_of(reply), notes):
        for node in code.tree.body if code.tree else ():
            if _is_class(node, code, examples, found, notes):
                found[node.name] = (node, code)
    fields = _all_fields(found, notes)
    classes = [
        [name, _docstring(node), [[one.name, one.type, one.comment] for one in own]]
        for name, (node, _) in found.items()
        if (own := fields.get(name))
    ]
    wrapper = _wrapper(fields)
    return {"classes": classes, "wrapper": wrapper, "problems": notes.problems, "cut": notes.cut}


def _is_class(
    node: ast.stmt, code: Code, examples: Set[str], found: Mapping[str, Any], notes: Notes
) -> TypeGuard[ast.ClassDef]:
    """Whether a statement is a class that is taken; if not, and it is not harmless, it is noted."""
    if not isinstance(node, ast.ClassDef):
        prose = isinstance(node, ast.Expr) and isinstance(node.value, (ast.Constant, ast.Name))
        if not (prose or is_usual_import(node) or isinstance(node, ast.Pass)):
            notes.add(why.STATEMENT, type(node).__name__, code.source(node))
        return False
    reason = ""
    if node.name in examples:
        reason = why.EXAMPLE
    elif node.name in TAKEN or node.name.startswith("__"):
        reason = why.NAME_TAKEN
    elif node.name in found:
        reason = why.TWICE
    if reason:
        notes.add(reason, node.name, code.source(node))
        return False
    _note_code_in_head(node, code, notes)
    return True


def _docstring(node: ast.ClassDef) -> str:
    return well_formed(ast.get_docstring(node) or "")


def _note_code_in_head(node: ast.ClassDef, code: Code, notes: Notes) -> None:
    """Decorators, bases and keywords are never carried out; unusual ones are said."""
    for one in node.decorator_list:
        if not _is_dataclass(one):
            notes.add(why.CODE, f"decorator of {node.name}", code.source(one))
    for base in node.bases:
        if not isinstance(base, ast.Name):
            notes.add(why.CODE, f"base of {node.name}", code.source(base))
    for keyword in node.keywords:
        notes.add(why.CODE, f"keyword of {node.name}", code.source(keyword))


def _is_dataclass(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        return _is_dataclass(node.func) and all(isinstance(one, ast.Constant) for one in values)
    if isinstance(node, ast.Attribute):
        return _is_dataclass(node.value) or getattr(node.value, "id", "") == "dataclasses"
    return isinstance(node, ast.Name) and node.id == "dataclass"


def _all_fields(
    found: Mapping[str, tuple[ast.ClassDef, Code]], notes: Notes
) -> dict[str, list[Field]]:
    """Fields by class, those of the bases first; a class with a docstring alone
    gets one for its name, and one without that is left out."""
    own = {name: fields_of(node, code, found.keys(), notes) for name, (node, code) in found.items()}
    whole: dict[str, dict[str, Field]] = {}
    left = MAX_FIELDS
    for name, (node, code) in found.items():  # a base stands before what is made of it
        fields: dict[str, Field] = {}
        for base in node.bases:
            inherited = whole.get(base.id, {}) if isinstance(base, ast.Name) else {}
            fields |= inherited if len(inherited) <= left else {}
        fields |= own[name]
        left -= len(fields)
        whole[name] = fields
        if not fields:
            notes.add(why.NO_FIELDS, name, code.source(node))
            whole[name] = {NAME.name: NAME} if ast.get_docstring(node) else {}
    return {name: list(fields.values()) for name, fields in whole.items() if fields}


def _wrapper(fields: Mapping[str, list[Field]]) -> str | None:
    """The class that only holds others and is held by none; of several that with most, then the
    last one."""
    uses = {
        name: set().union(*(names_in(field.annotation) for field in own)) & fields.keys() - {name}
        for name, own in fields.items()
    }
    held = set().union(*uses.values())
    free = [name for name in fields if name not in held]
    holders = [name for name in free if uses[name] and _only_holds(fields[name], fields.keys())]
    return max(reversed(holders), key=lambda name: len(uses[name]), default=None)


def _only_holds(own: list[Field], names: Set[str]) -> bool:
    return all(
        names_in(field.annotation) & names and not has_scalar(field.annotation) for field in own
    )
