"""A piece of Python: its statements, its comments, and the source of each of its nodes."""

from __future__ import annotations

import ast
import io
import tokenize
from functools import cached_property

FILE = "<reply>"
_FAILURES = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)

# What dataclasses need, and what models bring in beside it; an import is never carried out.
_USUAL = {"dataclasses", "typing", "typing_extensions", "__future__", "collections.abc"}
_USUAL |= {"enum", "datetime", "decimal", "pydantic"}


def is_usual_import(node: ast.stmt) -> bool:
    """Whether a statement is an import that needs no word."""
    if isinstance(node, ast.ImportFrom):
        return node.module in _USUAL and not node.level
    return isinstance(node, ast.Import) and all(one.name in _USUAL for one in node.names)


def parse_value(text: str) -> ast.expr | None:
    """The expression that a text is, or None."""
    try:
        return ast.parse(text.strip(), FILE, mode="eval").body
    except _FAILURES:
        return None


class Code:
    """wrong_line: index of the line at which the text is no Python; None where it is Python, or
    where no line can be named. wrong_indent: whether it is that line's indentation. tree: None
    where it is no Python."""

    def __init__(self, text: str):
        self.text = text
        self.tree: ast.Module | None = None
        self.wrong_line: int | None = None
        self.wrong_indent = False
        try:
            self.tree = ast.parse(text, FILE)
        except SyntaxError as error:
            self.wrong_line = max((error.lineno or 1) - 1, 0)
            self.wrong_indent = isinstance(error, IndentationError)
        except _FAILURES:
            pass

    @property
    def value(self) -> ast.expr | None:
        """The expression that the text is, or None."""
        body = self.tree.body if self.tree else []
        return body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.text.encode("utf8", "replace").split(b"\n")

    def source(self, node: ast.AST) -> str:
        """What a node was read from."""
        first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", None) or 1
        lines = self._lines[first - 1 : last]
        if lines:
            lines[-1] = lines[-1][: getattr(node, "end_col_offset", None)]
            lines[0] = lines[0][getattr(node, "col_offset", 0) :]
        return b"\n".join(lines).decode("utf8", "replace")

    def comment(self, first: int, last: int) -> str:
        """The comment within these lines, counted from 1, or else that on the lines right above."""
        within = [self._comments[line][1] for line in range(first, last + 1) if self._has(line)]
        if within:
            return _joined(within)
        above = []
        line = first - 1
        while self._has(line) and self._comments[line][0]:
            above.append(self._comments[line][1])
            line -= 1
        return _joined(above[::-1])

    def _has(self, line: int) -> bool:
        return line in self._comments

    @cached_property
    def _comments(self) -> dict[int, tuple[bool, str]]:
        """Line -> (whether the comment has it for itself, the comment without `#`)."""
        found = {}
        try:
            for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
                if token.type == tokenize.COMMENT:
                    line, column = token.start
                    alone = not token.line[:column].strip()
                    found[line] = (alone, token.string.lstrip("#!: \t").strip())
        except (tokenize.TokenError, SyntaxError):
            pass  # those so far
        return found


def _joined(comments: list[str]) -> str:
    return " ".join(filter(None, comments))
