"""Data as people are shown it: nothing in it steers a terminal, or changes the order of a line."""

import re
from collections.abc import Sequence
from typing import TypeVar

SHOWN = 30  # rows of a table
Row = TypeVar("Row")
# C0 but tab and line feed, DEL, C1; what turns the direction of writing (Unicode's Bidi_Control);
# halves of surrogate pairs.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_BREAKING = re.compile("[\t\n\u2028\u2029]")


def shown(text: str) -> str:
    r"""The text with characters that act, rather than being seen, as escapes: ``\x1b``, ``\u202e``.

    Tabs and line feeds stay. For whatever leaves by a terminal, a report or a log.
    """
    return _STEERING.sub(_escape, text)


def shown_in_line(text: str) -> str:
    """The same on one line: for labels, mentions, file names, what stands in a table."""
    return _BREAKING.sub(_escape, shown(text))


def counted(number: int, what: str) -> str:
    """ "1 span", "2 spans"."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def cut(rows: Sequence[Row], most: int | None = SHOWN) -> tuple[list[Row], list[str]]:
    """The first rows of a table that would fill the terminal, and a line that says how many more
    there are, if any.

    most: how many rows; None for all.
    """
    if most is None or len(rows) <= most:
        return list(rows), []
    return list(rows[:most]), [f"… and {len(rows) - most:,} more"]


def _escape(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]
