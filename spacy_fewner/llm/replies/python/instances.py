"""Instances of a reply: calls of the document's own classes, with data in them."""

import ast
import json
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from .. import python_parts as why
from ..parsed import CUT_SHORT, LOOP, Repeats
from .brackets import find_calls
from .notes import Notes, source_of
from .source import code_of
from .syntax import parse, parse_value, straight
from .values import Values


def read(
    reply: str, classes: Mapping[str, Sequence[str]], wrapper: str | None, examples: Set[str]
) -> dict[str, Any]:
    notes = Notes()
    values = Values(classes, examples, notes)
    found: list[dict[str, Any]] = []
    repeats = Repeats()
    for instance in _unwrapped(_instances(code_of(reply), values, notes), wrapper):
        if repeats.loops(json.dumps(instance)):
            notes.add(LOOP, instance["type"], json.dumps(instance))
            break
        found.append(instance)
    return {"instances": found, "problems": notes.problems, "cut": notes.cut}


def _instances(code: str, values: Values, notes: Notes) -> Iterator[Any]:
    for text in dict.fromkeys((code, straight(code))):
        tree = parse(text)
        if tree is not None:
            values.text = text
            for statement in tree.body:
                yield from _of_statement(statement, values, notes)
            return
    yield from _of_pieces(straight(code), values, notes)


def _of_statement(node: ast.stmt, values: Values, notes: Notes) -> Iterator[Any]:
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.Expr)) and node.value is not None:
        value = node.value
        if isinstance(value, (ast.Name, ast.Constant)):
            return
        yield from _flat(values.read(value), notes)
    elif not isinstance(node, (ast.ImportFrom, ast.ClassDef)):
        notes.add(why.STATEMENT, type(node).__name__, source_of(values.text, node))


def _of_pieces(code: str, values: Values, notes: Notes) -> Iterator[Any]:
    """Each complete call for itself, where the whole is no Python."""
    calls = find_calls(code)
    for start, end in calls.complete:
        source = code[start:end]
        node = parse_value(source)
        if node is None:
            notes.add(why.NOT_PYTHON, source, source)
            continue
        values.text = source
        yield from _flat(values.read(node), notes)
    if calls.cut is not None:
        notes.cut = True
        notes.add(CUT_SHORT, code[calls.cut :], code[calls.cut :])


def _flat(value: Any, notes: Notes) -> Iterator[dict[str, Any]]:
    if Values.is_missing(value):
        return
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _flat(one, notes)
    else:
        notes.add(why.NO_INSTANCE, repr(value), repr(value))


def _unwrapped(instances: Iterator[Any], wrapper: str | None) -> Iterator[dict[str, Any]]:
    for instance in instances:
        if instance["type"] == wrapper:
            yield from _unwrapped(_inside(list(instance["values"].values())), wrapper)
        else:
            yield instance


def _inside(values: list[Any]) -> Iterator[dict[str, Any]]:
    for value in values:
        if isinstance(value, list):
            yield from _inside(value)
        elif isinstance(value, dict):
            yield value
