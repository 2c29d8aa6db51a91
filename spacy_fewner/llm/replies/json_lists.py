"""JSON lists out of a reply that is to be nothing but one: whole, bare, or cut short."""

import json
import re
from typing import Any

_LONGEST_BARE = 100_000  # characters
_FIRST = re.compile(r"\[[ \t\r\n]*")
_NEXT = re.compile(r"[ \t\r\n]*,[ \t\r\n]*")
_DECODER = json.JSONDecoder(strict=False)


def bare_list(text: str) -> list[Any] | None:
    """The list from the first `[` to the last `]`, unless an object begins before it."""
    start, end = text.find("["), text.rfind("]")
    if start < 0 or "{" in text[:start] or end - start > _LONGEST_BARE:
        return None
    try:
        value = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def begun_list(text: str) -> list[Any]:
    """The complete values, from the first on, of the list that begins at the first `[`.

    A number at the very end is left out: more digits may have been to come.
    """
    found: list[Any] = []
    before = _FIRST.search(text)
    while before:
        try:
            value, at = _DECODER.raw_decode(text, before.end())
        except (ValueError, RecursionError):
            return found
        if at == len(text) and not isinstance(value, (str, list, dict)):
            return found
        found.append(value)
        before = _NEXT.match(text, at)
    return found
