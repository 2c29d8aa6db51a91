"""Where in a reply complete JSON objects lie, found in one pass without recursion."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_DEPTH = 32  # brackets within brackets; no reply that we ask for has more than six

_MARK = re.compile(r'["{}\[\]\n\\]')
_CLOSES = {"}": "{", "]": "["}


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters start to end of the reply, in curly brackets.

    deep: brackets within it are nested deeper than MAX_DEPTH.
    open: never closed; it then ends with the reply.
    """

    start: int
    end: int
    deep: bool = False
    open: bool = False


@dataclass(slots=True)
class _Open:
    """A bracket not yet closed. height: of the deepest nest of brackets closed within it.
    pieces: complete objects within it, in no other."""

    bracket: str
    start: int
    height: int = 0
    pieces: list[Piece] | None = None


def find_objects(reply: str) -> Iterator[Piece]:
    """The outermost complete `{...}` in order, and last the first `{` never closed, if any.

    Objects in an array, or in an object never closed, count as outermost. Quotes matter within
    brackets only, as prose has apostrophes and quotes of its own; a line's end ends a string, as
    JSON has none in strings.
    """
    stack: list[_Open] = []
    below = 0  # brackets open beyond MAX_DEPTH: counted only
    for position, mark in _outside_strings(reply):
        opens = mark in "{["
        if below or (opens and len(stack) == MAX_DEPTH):
            below += 1 if opens else -1
            stack[-1].height = MAX_DEPTH
        elif opens:
            stack.append(_Open(mark, position))
        elif stack:
            yield from _close(stack, _CLOSES[mark], position)
    inner = (piece for left in stack for piece in left.pieces or ())
    yield from sorted(inner, key=lambda piece: piece.start)
    cut = next((left.start for left in stack if left.bracket == "{"), None)
    if cut is not None:
        yield Piece(cut, len(reply), open=True)


def _outside_strings(reply: str) -> Iterator[tuple[int, str]]:
    """Brackets that are not in a string, with their places."""
    depth, in_string, escaped = 0, False, -1
    for match in _MARK.finditer(reply):
        position, mark = match.start(), match[0]
        if position == escaped:
            continue
        if mark == "\\":
            escaped = position + 1 if in_string else -1
        elif mark == "\n":
            in_string = False
        elif mark == '"':
            in_string = depth > 0 and not in_string
        elif not in_string:
            depth = max(0, depth + (1 if mark in "{[" else -1))
            yield position, mark


def _close(stack: list[_Open], bracket: str, position: int) -> list[Piece]:
    """Close the innermost bracket, and with it one of the other kind that was forgotten; what
    is then in no bracket comes back."""
    forgotten = stack[-1].bracket != bracket and len(stack) > 1 and stack[-2].bracket == bracket
    pieces: list[Piece] | None = None
    for _ in range(1 + forgotten):
        top = stack.pop()
        pieces, height = top.pieces, top.height + 1
        if top.bracket == bracket == "{":
            pieces = [Piece(top.start, position + 1, deep=height > MAX_DEPTH)]
        if stack:
            stack[-1].height = max(stack[-1].height, height)
            stack[-1].pieces = _merge(stack[-1].pieces, pieces) if pieces else stack[-1].pieces
    return [] if stack or not pieces else sorted(pieces, key=lambda piece: piece.start)


def _merge(one: list[Piece] | None, other: list[Piece]) -> list[Piece]:
    """The shorter goes into the longer, so that nests of brackets cost no copies of all."""
    if not one:
        return other
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    longer.extend(shorter)
    return longer
