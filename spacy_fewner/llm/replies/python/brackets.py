"""Where in a text complete calls `Name(...)` lie, found in one pass without recursion."""

import re
from dataclasses import dataclass, field

_MARK = re.compile(
    r"""(?P<triple>\"{3}|'{3})|(?P<quote>["'])|(?P<comment>\#[^\n]*)|(?P<mark>[()\[\]{}])"""
)
_NAME = re.compile(r"[^\W\d]\w*$")
_CLOSES = {")": "(", "]": "[", "}": "{"}


@dataclass(slots=True)
class _Open:
    """start: of the call's name, where it is a call. calls: complete ones within it."""

    bracket: str
    start: int
    is_call: bool
    calls: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Calls:
    """complete: the outermost calls that are closed. cut: where the first one starts that never
    closes, or else None."""

    complete: list[tuple[int, int]]
    cut: int | None


def find_calls(text: str) -> Calls:
    stack = [_Open("", 0, False)]
    position = 0
    while match := _MARK.search(text, position):
        position = match.end()
        if match["triple"] or match["quote"]:
            position = _string_end(text, position, match[0])
        elif match["mark"]:
            _take(stack, text, match.start(), match[0])
    cut = stack[1].start if len(stack) > 1 else None
    complete = sorted(call for one in stack for call in one.calls)
    return Calls(complete, cut)


def depth_of(text: str) -> int:
    """How deep brackets outside of strings are nested."""
    depth = deepest = position = 0
    while match := _MARK.search(text, position):
        position = match.end()
        if match["triple"] or match["quote"]:
            position = _string_end(text, position, match[0])
        elif match["mark"]:
            depth = depth + 1 if match[0] in "([{" else max(0, depth - 1)
            deepest = max(deepest, depth)
    return deepest


def _take(stack: list[_Open], text: str, position: int, mark: str) -> None:
    if mark not in _CLOSES:
        name = _NAME.search(text, max(0, position - 200), position) if mark == "(" else None
        stack.append(_Open(mark, name.start() if name else position, bool(name)))
        return
    opening = _CLOSES[mark]
    if not any(one.bracket == opening for one in stack):
        return
    while True:
        top = stack.pop()
        if top.bracket == opening:
            break
        stack[-1].calls += top.calls  # never closed: what is complete in it stays
    stack[-1].calls += [(top.start, position + 1)] if top.is_call else top.calls


def _string_end(text: str, position: int, quote: str) -> int:
    """Behind the closing quote; the line's end ends a string in single quotes, as Python has it."""
    end = re.compile(r"\\.|" + quote + ("" if len(quote) == 3 else r"|\n"), re.DOTALL)
    while match := end.search(text, position):
        position = match.end()
        if match[0][0] != "\\":
            return position
    return len(text)
