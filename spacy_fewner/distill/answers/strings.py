"""Answers that list strings of a text, by type."""

from collections.abc import Sequence
from typing import Any

from ...llm.replies.json_lists import bare_list, begun_list
from ...llm.replies.json_reply import read_json
from ...llm.replies.parsed import CUT_SHORT, Problem
from ...llm.types import Reply
from ...synthesis.reply_items import strings_of
from ...synthesis.stage import NO_REPLY

NO_TYPE = "none of the types named"
STRINGS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}


def read_strings(reply: Reply) -> list[str] | Problem:
    """The strings of `["Ann Lee", "Rome"]`, or of another list; those that are whole of one that is
    cut short. An empty list is an answer, prose is none."""
    if reply.error:
        return Problem(NO_REPLY, reply.error, "")
    listed = bare_list(reply.text)
    if listed is None and reply.finish == "length":
        listed = begun_list(reply.text)
        if not listed:
            return Problem(CUT_SHORT, reply.text[-120:], reply.text)
    return strings_of(reply) if listed is None else _only_strings(listed)


def read_lists(reply: Reply, kinds: Sequence[str]) -> dict[str, list[str]] | Problem:
    """The strings of each kind in `{"person": ["Ann Lee"], "city": []}`; a kind that is not there
    has none. Of an object that is cut short nothing is taken, as any kind may lack."""
    if reply.error:
        return Problem(NO_REPLY, reply.error, "")
    parsed = read_json(reply.text, ())
    found = {kind: one[kind] for one in parsed.items for kind in kinds if kind in one}
    if found or {} in parsed.items:
        return {k: _only_strings(v) if isinstance(v, list) else [] for k, v in found.items()}
    detail = reply.text[:120]
    return parsed.problems[0] if parsed.problems else Problem(NO_TYPE, detail, reply.text)


def _only_strings(listed: list[Any]) -> list[str]:
    return [one.strip() for one in listed if isinstance(one, str) and one.strip()]
