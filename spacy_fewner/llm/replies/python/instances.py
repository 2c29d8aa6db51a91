"""Instances of a reply: calls of the document's own classes, with data in them."""

import ast
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from .. import python_parts as why
from ..parsed import CUT_SHORT, LOOP, Repeats
from .calls import find_calls
from .code import Code, is_usual_import
from .notes import Notes
from .repair import repaired
from .source import before_prose, code_of
from .values import MISSING, Values


def read(
    reply: str, classes: Mapping[str, Sequence[str]], wrapper: str | None, examples: Set[str]
) -> dict[str, Any]:
    """instances: {"type", "values"}; problems; cut; empty: whether the answer is an empty list."""
    reader = _Reader(Values(classes, examples, Notes()))
    values = reader.read(code_of(reply))
    found = (one for value in values for one in reader.flat(value))
    instances = reader.until_loop(reader.unwrapped(found, wrapper))
    notes = reader.notes
    empty = [] in values or (bool(values) and not notes.problems)
    return {
        "instances": instances,
        "problems": notes.problems,
        "cut": notes.cut,
        "empty": empty and not instances,
    }


class _Reader:
    def __init__(self, values: Values):
        self.values = values
        self.notes = values.notes

    def read(self, text: str) -> list[Any]:
        code = Code(text)
        if code.wrong_line is not None:
            code = Code(before_prose(text, code.wrong_line))
        if code.tree is None:
            code = Code(repaired(code.text))
        if code.tree is None:
            return list(self._pieces(code.text))
        return self._statements(code, code.tree)

    def flat(self, value: Any) -> Iterator[dict[str, Any]]:
        """The instances in lists."""
        if isinstance(value, dict):
            yield value
        elif isinstance(value, list):
            for one in value:
                yield from self.flat(one)
        else:
            self.notes.add(why.NO_INSTANCE, repr(value), repr(value))

    def unwrapped(
        self, instances: Iterable[dict[str, Any]], wrapper: str | None
    ) -> Iterator[dict[str, Any]]:
        """What is in a wrapper stands in its place."""
        for instance in instances:
            if instance["type"] == wrapper:
                inside = [one for one in instance["values"].values() if one is not None]
                yield from self.unwrapped(self.flat(inside), wrapper)
            else:
                yield instance

    def until_loop(self, instances: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        repeats = Repeats()
        found = []
        for instance in instances:
            said = json.dumps(instance)
            if repeats.loops(said):
                self.notes.add(LOOP, instance["type"], said)
                break
            found.append(instance)
        return found

    def _statements(self, code: Code, tree: ast.Module) -> list[Any]:
        """Values at the top; one that a later one refers to by its name is where that is."""
        self.values.code = code
        found: list[tuple[ast.expr, Any]] = []
        for node in tree.body:
            if isinstance(node, ast.Expr) and isinstance(node.value, (ast.Name, ast.Constant)):
                continue  # a word of prose
            if isinstance(node, (ast.Assign, ast.AnnAssign, ast.Expr)) and node.value:
                value = self.values.assign(_target(node), node.value)
                if _is_answer(value, node.value):
                    found.append((node.value, value))
            elif not isinstance(node, (ast.ClassDef, ast.Pass)) and not is_usual_import(node):
                self.notes.add(why.STATEMENT, type(node).__name__, code.source(node))
        return [value for read, value in found if not self.values.is_used(read)]

    def _pieces(self, text: str) -> Iterator[Any]:
        """Each complete call for itself, where the whole is no Python."""
        calls = find_calls(text)
        for start, end in calls.complete:
            yield from self._piece(text[start:end])
        if calls.cut is not None:
            self.notes.cut = True
            self.notes.add(CUT_SHORT, text[calls.cut :], text[calls.cut :])

    def _piece(self, source: str) -> Iterator[Any]:
        code = Code(source)
        if code.value is not None:
            self.values.code = code
            value = self.values.read(code.value)
            if value is not MISSING:
                yield value
            return
        self.notes.add(why.NOT_PYTHON, source, source)
        inner = source[source.index("(") + 1 : -1]
        for start, end in find_calls(inner).complete:
            yield from self._piece(inner[start:end])


def _is_answer(value: Any, node: ast.expr) -> bool:
    """Whether a value was read, other than text and the like; [] only where it is written so."""
    if value == []:
        return not getattr(node, "elts", node)
    return value is not MISSING and not isinstance(node, ast.Constant)


def _target(node: ast.stmt) -> str:
    """The name that a value is given, or ""."""
    target: ast.expr | None = None
    if isinstance(node, ast.Assign):
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    return target.id if isinstance(target, ast.Name) else ""
