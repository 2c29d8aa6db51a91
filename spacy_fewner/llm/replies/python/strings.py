"""What of a text is in strings and comments, and what is not: for text that is no Python."""

import re
from collections.abc import Iterator

_START = re.compile(r"\"{3}|'{3}|[\"'#]")
_ENDS = {
    '"""': re.compile(r'(?:\\.|"(?!"")|[^"\\])*(?:"""|$)', re.DOTALL),
    "'''": re.compile(r"(?:\\.|'(?!'')|[^'\\])*(?:'''|$)", re.DOTALL),
    '"': re.compile(r'(?:\\.|[^"\\\n])*(?:"|\n|$)', re.DOTALL),
    "'": re.compile(r"(?:\\.|[^'\\\n])*(?:'|\n|$)", re.DOTALL),
    "#": re.compile(r"[^\n]*"),
}
_BRACKET = re.compile(r"[()\[\]{}]")


def well_formed(text: str) -> str:
    """The text with each half of a surrogate pair as U+FFFD: what can be written to a file."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def code_parts(text: str) -> Iterator[tuple[int, int]]:
    """Starts and ends of what is outside of strings and comments. A string in single quotes ends
    with its line at the latest, as in Python."""
    position = 0
    while start := _START.search(text, position):
        yield position, start.start()
        position = end_of_string(text, start.end(), start[0])
    yield position, len(text)


def end_of_string(text: str, position: int, quote: str) -> int:
    """Behind the closing quote of a string, or of a comment, whose text starts here."""
    end = _ENDS[quote].match(text, position)
    return end.end() if end else len(text)


def brackets(text: str) -> Iterator[tuple[int, str]]:
    """Brackets outside of strings and comments, with their places."""
    for start, end in code_parts(text):
        for found in _BRACKET.finditer(text, start, end):
            yield found.start(), found[0]


def depth_of(text: str) -> int:
    """How deep brackets are nested in each other."""
    depth = deepest = 0
    for _, bracket in brackets(text):
        depth = depth + 1 if bracket in "([{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest
