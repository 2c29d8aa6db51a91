"""Code that is no Python as a whole, taken apart into classes and statements that are."""

import ast
import re

from .. import python_parts as why
from ..parsed import CUT_SHORT
from .code import Code
from .notes import Notes
from .repair import repaired

MAX_REPAIRS = 20  # lines of a class that are left out
_START = re.compile(r"(?:@|class\b|from\b|import\b|def\b|async\b|[^\W\d]\w*(?:[ \t]*[=:]|\())")
_CLASS = re.compile(r"(?:@|class\b)")


def blocks_of(text: str, notes: Notes) -> list[Code]:
    """The whole, where it is Python; else each class and each statement for itself.

    Lines for which a class is no Python are left out of it, each a problem; text at the left edge
    behind a class is prose.
    """
    mended = text
    for attempt in (text, mended := repaired(text)):
        code = Code(attempt)
        if code.tree is not None:
            _note_open_end(code, notes)
            return [code]
    chunks = _chunks(mended)
    found = [
        _block(chunk, notes, last=place == len(chunks) - 1) for place, chunk in enumerate(chunks)
    ]
    return [code for code in found if code is not None]


def _chunks(text: str) -> list[str]:
    """Lines from one that starts something at the left edge to the next such line."""
    chunks: list[list[str]] = [[]]
    decorated = False
    for line in text.split("\n"):
        if _START.match(line) and not decorated:
            chunks.append([])
        decorated = line.startswith("@") or (decorated and not line.strip())
        chunks[-1].append(line)
    return ["\n".join(chunk) for chunk in chunks if "".join(chunk).strip()]


def _block(chunk: str, notes: Notes, last: bool) -> Code | None:
    code = Code(chunk)
    if code.tree is not None:
        return code
    if not _CLASS.match(chunk):
        if _START.match(chunk) and not re.match(r"\w+:", chunk):
            notes.add(why.NOT_PYTHON, chunk, chunk)
        return None  # else prose
    return _repair(code, notes, last)


def _repair(code: Code, notes: Notes, last: bool) -> Code | None:
    """The class without the lines that are no Python; None where too little is left."""
    whole = code.text
    lines = whole.split("\n")
    margin = next((_margin(line) for line in lines if _margin(line)), "")
    dropped: list[tuple[bool, str]] = []
    for _ in range(MAX_REPAIRS):
        if code.tree is not None or code.wrong_line is None:
            break
        line = _written(lines, code.wrong_line)
        if _CLASS.match(lines[line]):
            break
        if not _margin(lines[line]):  # prose, and what follows it
            lines[line:] = [one if _margin(one) else "" for one in lines[line:]]
        elif code.wrong_indent and _margin(lines[line]) != margin:
            lines[line] = margin + lines[line].strip()
        else:
            end = len(lines) if _opens_string(lines[line]) else line + 1
            cut = last and not "".join(lines[end:]).strip()
            dropped.append((cut, "\n".join(lines[line:end])))
            lines[line:end] = [""] * (end - line)
        code = Code("\n".join(lines))
    if code.tree is None:
        dropped = [(last and _opens_string(whole), whole)]
    for cut, source in dropped:
        notes.cut |= cut
        notes.add(CUT_SHORT if cut else why.NOT_PYTHON, source, source)
    return code if code.tree is not None else None


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())] if line.strip() else ""


def _opens_string(text: str) -> bool:
    """Whether a string in triple quotes starts here, or ends, that does not do both."""
    return text.count('"""') % 2 == 1 or text.count("'''") % 2 == 1


def _written(lines: list[str], line: int) -> int:
    """The line, or the last one before it in which something is."""
    line = min(line, len(lines) - 1)
    while line and not lines[line].strip():
        line -= 1
    return line


def _note_open_end(code: Code, notes: Notes) -> None:
    """A class that ends with a bare name was cut short in the midst of a field."""
    last = code.tree.body[-1] if code.tree and code.tree.body else None
    inner = last.body[-1] if isinstance(last, ast.ClassDef) else None
    if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Name):
        notes.cut = True
