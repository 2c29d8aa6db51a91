"""What stages read out of replies besides annotated texts: lists of things."""

from typing import Any, TypeAlias

from ..llm.replies.entries import read_entries
from ..llm.replies.json_lists import bare_list
from ..llm.replies.json_reply import NO_KEY, read_json
from ..llm.replies.parsed import CUT_SHORT, NO_ITEMS, Problem, explain_nothing
from ..llm.types import Reply

ItemsOrProblem: TypeAlias = list[Any] | Problem


def items_of(reply: Reply) -> ItemsOrProblem:
    """The list of `{"items": […]}`, or of a bare `[…]`; whole, or a problem."""
    if reply.finish == "length":
        return Problem(CUT_SHORT, reply.text[-120:], reply.text)
    parsed = read_json(reply.text, ("items",))
    for value in parsed.items:
        if isinstance(value["items"], list):
            return value["items"]
    bare = bare_list(reply.text)
    if bare is not None:
        return bare
    first = parsed.problems[0] if parsed.problems else explain_nothing(reply.text)
    reason = NO_ITEMS if first.reason == NO_KEY else first.reason
    return Problem(reason, first.detail, reply.text)


def strings_of(reply: Reply, *, whole: bool = True) -> list[str] | Problem:
    """The items that are strings, without spaces at their edges, empty ones left out; else the
    entries of a list with numbers or bullets.

    whole: False takes what is complete of a list cut short.
    """
    items = items_of(reply)
    if not isinstance(items, Problem):
        return [item.strip() for item in items if isinstance(item, str) and item.strip()]
    is_cut = reply.finish == "length"
    if is_cut and whole:
        return items
    entries = read_entries(reply.text, cut=is_cut).items
    return [entry.text for entry in entries] or items
