"""Comments of a text by line, which the syntax tree leaves out."""

import io
import tokenize
from collections.abc import Iterator


def comments_of(text: str) -> dict[int, tuple[bool, str]]:
    """Line -> (whether the comment has the line for itself, the comment without `#`)."""
    found = {}
    for token in _tokens(text):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            alone = not token.line[:column].strip()
            found[line] = (alone, token.string.lstrip("#!: \t").strip())
    return found


def comment_at(comments: dict[int, tuple[bool, str]], first: int, last: int) -> str:
    """The comments within a field's lines, or else those right above it."""
    within = [comments[line][1] for line in range(first, last + 1) if line in comments]
    if within:
        return " ".join(filter(None, within))
    above = []
    line = first - 1
    while line in comments and comments[line][0]:
        above.append(comments[line][1])
        line -= 1
    return " ".join(filter(None, reversed(above)))


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    try:
        yield from tokenize.generate_tokens(io.StringIO(text).readline)
    except (tokenize.TokenError, SyntaxError):
        return
