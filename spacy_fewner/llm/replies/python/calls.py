"""Where in a text complete calls `Name(...)` lie, found in one pass without recursion."""

from dataclasses import dataclass, field

from .strings import brackets

_OPENING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Calls:
    """complete: starts and ends of the outermost calls that are closed. cut: where what is never
    closed starts, or else None."""

    complete: list[tuple[int, int]]
    cut: int | None


@dataclass(slots=True)
class _Open:
    """A bracket not yet closed. name: where the name of a call starts, if it is one. calls: those
    complete within it."""

    bracket: str
    name: int | None
    calls: list[tuple[int, int]] = field(default_factory=list)


def find_calls(text: str) -> Calls:
    """Calls in a bracket that is never closed, or closed by another one, count as outermost.

    Time grows with length times depth of the brackets, which the caller bounds.
    """
    stack = [_Open("", None)]
    for position, mark in brackets(text):
        if mark in "([{":
            stack.append(_Open(mark, _name_before(text, position) if mark == "(" else None))
        elif any(one.bracket == _OPENING[mark] for one in stack):
            _close(stack, _OPENING[mark], position)
    complete = sorted(call for one in stack for call in one.calls)
    return Calls(complete, _cut(stack, complete))


def _close(stack: list[_Open], bracket: str, position: int) -> None:
    top = stack.pop()
    while top.bracket != bracket:
        stack[-1].calls += top.calls
        top = stack.pop()
    stack[-1].calls += top.calls if top.name is None else [(top.name, position + 1)]


def _cut(stack: list[_Open], complete: list[tuple[int, int]]) -> int | None:
    """The innermost call that is open, or behind the last complete one where only a list is."""
    if len(stack) == 1:
        return None
    names = [one.name for one in stack if one.name is not None]
    return names[-1] if names else max((end for _, end in complete), default=0)


def _name_before(text: str, position: int) -> int | None:
    start = position
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    return start if start < position and not text[start].isdigit() else None
