"""What stages read out of replies besides annotated texts: lists of things."""

import json
import re
from typing import Any, TypeAlias

from ..llm.replies.json_reply import NO_KEY, read_json
from ..llm.replies.parsed import CUT_SHORT, NO_ITEMS, Problem, explain_nothing
from ..llm.types import Reply

ItemsOrProblem: TypeAlias = list[Any] | Problem

_STRING = re.compile(r'"(?:[^"\\]|\\["\\/bfnrt])*"')
_LONGEST_BARE = 100_000  # characters


def items_of(reply: Reply) -> ItemsOrProblem:
    """The list of `{"items": […]}`, or of a bare `[…]`; whole, or a problem."""
    if reply.finish == "length":
        return Problem(CUT_SHORT, reply.text[-120:], reply.text)
    parsed = read_json(reply.text, ("items",))
    for value in parsed.items:
        if isinstance(value["items"], list):
            return value["items"]
    bare = _bare_list(reply.text)
    if bare is not None:
        return bare
    first = parsed.problems[0] if parsed.problems else explain_nothing(reply.text)
    reason = NO_ITEMS if first.reason == NO_KEY else first.reason
    return Problem(reason, first.detail, reply.text)


def strings_of(reply: Reply, *, whole: bool = True) -> list[str] | Problem:
    """The items that are strings, without spaces at their edges, empty ones left out.

    whole: False takes what is complete of a list cut short.
    """
    items = items_of(reply)
    if isinstance(items, Problem) and items.reason == CUT_SHORT and not whole:
        items = _complete_strings(reply.text)
    if isinstance(items, Problem):
        return items
    return [item.strip() for item in items if isinstance(item, str) and item.strip()]


def _complete_strings(text: str) -> list[Any]:
    listed = text[text.find("[") + 1 :]
    return [json.loads(match[0], strict=False) for match in _STRING.finditer(listed)]


def _bare_list(text: str) -> list[Any] | None:
    start, end = text.find("["), text.rfind("]")
    if start < 0 or "{" in text[:start] or end - start > _LONGEST_BARE:
        return None
    try:
        value = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else None
