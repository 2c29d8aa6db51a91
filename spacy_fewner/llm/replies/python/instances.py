"""Instances of a reply: calls of the document's own classes, with data in them."""

import ast
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from .. import python_parts as why
from ..parsed import CUT_SHORT, LOOP, Repeats
from .calls import find_calls
from .code import Code
from .imports import is_usual
from .notes import Notes
from .repair import repaired
from .source import before_prose, code_of
from .values import MISSING, Values


def read(
    reply: str, classes: Mapping[str, Sequence[str]], wrapper: str | None, examples: Set[str]
) -> dict[str, Any]:
    """instances: {"type", "values"}; problems; cut; empty: whether the answer is an empty list."""
    reader = _Reader(Values(classes, examples, Notes()))
    found = [one for value in reader.read(code_of(reply)) for one in reader.flat(value)]
    instances = reader.until_loop(_unwrapped(found, wrapper))
    notes = reader.notes
    empty = not instances and not notes.problems and reader.lists > 0
    return {
        "instances": instances,
        "problems": notes.problems,
        "cut": notes.cut,
        "empty": empty,
    }


class _Reader:
    """lists: how many lists were read at the top."""

    def __init__(self, values: Values):
        self.values = values
        self.notes = values.notes
        self.lists = 0

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
            self.lists += 1
            for one in value:
                yield from self.flat(one)
        else:
            self.notes.add(why.NO_INSTANCE, repr(value), repr(value))

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
        found: list[tuple[str, Any]] = []
        for node in tree.body:
            if isinstance(node, ast.Expr) and isinstance(node.value, (ast.Name, ast.Constant)):
                continue  # a word of prose
            if isinstance(node, (ast.Assign, ast.AnnAssign, ast.Expr)) and node.value:
                name = _target(node)
                value = self.values.assign(name, node.value)
                if value is not MISSING and not isinstance(node.value, ast.Constant):
                    found.append((name, value))
            elif not isinstance(node, (ast.ClassDef, ast.Pass)) and not is_usual(node):
                self.notes.add(why.STATEMENT, type(node).__name__, code.source(node))
        return [value for name, value in found if not name or name not in self.values.used]

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


def _target(node: ast.stmt) -> str:
    """The name that a value is given, or ""."""
    target: ast.expr | None = None
    if isinstance(node, ast.Assign):
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    return target.id if isinstance(target, ast.Name) else ""


def _unwrapped(instances: Iterable[Any], wrapper: str | None) -> Iterator[dict[str, Any]]:
    for instance in instances:
        if instance["type"] == wrapper:
            yield from _unwrapped(_inside(instance["values"].values()), wrapper)
        else:
            yield instance


def _inside(values: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for value in values:
        if isinstance(value, list):
            yield from _inside(value)
        elif isinstance(value, dict):
            yield value
