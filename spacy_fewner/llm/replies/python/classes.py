"""Classes of a reply: names, docstrings, fields with their types and comments."""

import ast
import inspect
import re
from collections.abc import Set
from typing import Any

from .. import python_parts as why
from ..parsed import CUT_SHORT
from .comments import comment_at, comments_of
from .field_types import TAKEN, classes_in, has_scalar, is_allowed
from .notes import Notes, source_of
from .source import code_of
from .syntax import parse, straight

_IMPORTED = {"dataclasses", "typing", "__future__", "typing_extensions", "collections.abc"}
_START = re.compile(r"(?:@|class\b|from\b|import\b|def\b|async\b|\w+[ \t]*[=:(])")
_CLASS = re.compile(r"(?:@|class\b)")
_MAX_REPAIRS = 20


def read(reply: str, examples: Set[str]) -> dict[str, Any]:
    notes = Notes()
    code = code_of(reply)
    blocks = _blocks(code, notes)
    found: dict[str, tuple[ast.ClassDef, str]] = {}
    for text, tree in blocks:
        for statement in tree.body:
            _take(statement, text, examples, found, notes)
    classes, uses, scalars = [], {}, set()
    names = found.keys()
    for name, (node, text) in found.items():
        fields = _fields(node, text, names, notes)
        if not fields:
            notes.add(why.NO_FIELDS, name, source_of(text, node))
            continue
        docstring = ast.get_docstring(node) or ""
        classes.append([name, docstring, [field[:3] for field in fields]])
        uses[name] = set().union(*(classes_in(field[3], names) for field in fields))
        if any(has_scalar(field[3]) or not classes_in(field[3], names) for field in fields):
            scalars.add(name)
    return {
        "classes": classes,
        "wrapper": _wrapper(uses, scalars),
        "problems": notes.problems,
        "cut": notes.cut,
    }


def _wrapper(uses: dict[str, set[str]], scalars: Set[str]) -> str | None:
    """The class that only holds others and is held by none; of several that with most."""
    held = {one for name, used in uses.items() for one in used - {name}}
    free = [name for name in uses if name not in scalars and name not in held]
    return max(reversed(free), key=lambda name: len(uses[name]), default=None)


def _take(
    node: ast.stmt,
    text: str,
    examples: Set[str],
    found: dict[str, tuple[ast.ClassDef, str]],
    notes: Notes,
) -> None:
    source = source_of(text, node)
    if isinstance(node, ast.ImportFrom) and node.module in _IMPORTED and not node.level:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, (ast.Constant, ast.Name)):
        return  # a comment in quotes, or a word of prose
    if not isinstance(node, ast.ClassDef):
        notes.add(why.STATEMENT, type(node).__name__, source)
    elif node.name in examples:
        notes.add(why.EXAMPLE, node.name, source)
    elif node.name in TAKEN or node.name.startswith("__"):
        notes.add(why.NAME_TAKEN, node.name, source)
    elif node.name in found:
        notes.add(why.TWICE, node.name, source)
    else:
        _check_head(node, text, notes)
        found[node.name] = (node, text)


def _check_head(node: ast.ClassDef, text: str, notes: Notes) -> None:
    """Decorators, bases and keywords mean nothing here; those that are code are said."""
    for one in node.decorator_list:
        bare = one.func if isinstance(one, ast.Call) else one
        if ast.unparse(bare) not in ("dataclass", "dataclasses.dataclass"):
            notes.add(why.CODE, "decorator", source_of(text, one))
    for base in node.bases:
        if not isinstance(base, ast.Name):
            notes.add(why.CODE, "base class", source_of(text, base))
    for keyword in node.keywords:
        notes.add(why.CODE, "keyword of a class", source_of(text, keyword))


def _fields(
    node: ast.ClassDef, text: str, names: Set[str], notes: Notes
) -> list[tuple[str, str, str, ast.expr]]:
    comments = comments_of(text)
    fields: dict[str, tuple[str, str, str, ast.expr]] = {}
    last: str | None = None
    for place, one in enumerate(node.body):
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            last = _take_field(one, text, names, comments, fields, notes)
        elif isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
            if place and last and isinstance(one.value.value, str):
                name, kind, comment, annotation = fields[last]
                said = inspect.cleandoc(one.value.value)
                fields[last] = (name, kind, " ".join(filter(None, (comment, said))), annotation)
        elif not isinstance(one, ast.Pass):
            notes.add(why.CODE, f"{type(one).__name__} in {node.name}", source_of(text, one))
    return list(fields.values())


def _take_field(
    node: ast.AnnAssign,
    text: str,
    names: Set[str],
    comments: dict[int, tuple[bool, str]],
    fields: dict[str, tuple[str, str, str, ast.expr]],
    notes: Notes,
) -> str | None:
    assert isinstance(node.target, ast.Name)
    name = node.target.id
    if name.startswith("__"):
        notes.add(why.NAME_TAKEN, name, source_of(text, node))
        return None
    if name in fields:
        notes.add(why.TWICE, name, source_of(text, node))
        return None
    if not is_allowed(node.annotation, names):
        notes.add(why.UNKNOWN_TYPE, ast.unparse(node.annotation), source_of(text, node))
        return None
    if node.value is not None and not _is_default(node.value):
        notes.add(why.CODE, f"default of {name}", source_of(text, node))
    comment = comment_at(comments, node.lineno, node.end_lineno or node.lineno)
    fields[name] = (name, ast.unparse(node.annotation), comment, node.annotation)
    return name


def _is_default(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("field", "Field")
    return isinstance(node, (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.UnaryOp))


def _blocks(code: str, notes: Notes) -> list[tuple[str, ast.Module]]:
    """The whole, where it is Python; else each class and each statement for itself."""
    for text in dict.fromkeys((code, straight(code))):
        tree = parse(text)
        if tree is not None:
            return [(text, tree)]
    chunks = _chunks(straight(code))
    found = []
    for place, chunk in enumerate(chunks):
        tree = parse(chunk)
        if tree is None and _CLASS.match(chunk):
            chunk, tree = _repair(chunk, place == len(chunks) - 1, notes)
        if tree is not None:
            found.append((chunk, tree))
        elif _CLASS.match(chunk):
            last = place == len(chunks) - 1
            notes.cut |= last
            notes.add(CUT_SHORT if last else why.NOT_PYTHON, chunk, chunk)
    return found


def _chunks(code: str) -> list[str]:
    chunks: list[list[str]] = [[]]
    for line in code.split("\n"):
        decorated = chunks[-1] and all(row.startswith("@") for row in chunks[-1])
        if _START.match(line) and not decorated:
            chunks.append([])
        chunks[-1].append(line)
    return ["\n".join(chunk) for chunk in chunks if "".join(chunk).strip()]


def _repair(chunk: str, last: bool, notes: Notes) -> tuple[str, ast.Module | None]:
    """The class without the lines that are no Python."""
    lines = chunk.split("\n")
    dropped: list[tuple[int, str]] = []
    for _ in range(_MAX_REPAIRS):
        try:
            tree = ast.parse("\n".join(lines))
        except SyntaxError as error:
            line = min(max(error.lineno or 1, 1), len(lines)) - 1
            while line and not lines[line].strip():
                line -= 1
            if _CLASS.match(lines[line]):
                return chunk, None
            dropped.append((line, lines[line]))
            lines[line] = ""
        except (ValueError, RecursionError, MemoryError, OverflowError):
            return chunk, None
        else:
            end = last and bool(dropped) and not "".join(lines[max(dropped)[0] :]).strip()
            notes.cut |= end
            for _, line in dropped:
                notes.add(CUT_SHORT if end else why.NOT_PYTHON, line.strip(), line)
            return "\n".join(lines), tree
    return chunk, None
