"""Text to syntax trees, and nothing further: no tree is ever compiled."""

import ast
import re

FILE = "<reply>"
FAILURES = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
_TRIPLE = re.compile("[“”„]{3}")
_QUOTED = re.compile('(?<=[=(\\[,{:])([ \t]*)[“”„]([^“”„"\n\\\\]*)[“”](?=[ \t]*[,)\\]}:])')


def parse(text: str) -> ast.Module | None:
    """The statements of a text, or None where it is no Python."""
    try:
        return ast.parse(text, FILE)
    except FAILURES:
        return None


def parse_value(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, FILE, mode="eval").body
    except FAILURES:
        return None


def straight(text: str) -> str:
    """The text with straight quotes where typographic ones stand for those of Python."""
    return _QUOTED.sub(r'\1"\2"', _TRIPLE.sub('"""', text))
