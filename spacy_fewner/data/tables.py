"""Tables for people, cut where they would fill the terminal."""

from collections.abc import Sequence
from typing import TypeVar

SHOWN = 30  # rows

Row = TypeVar("Row")


def cut(rows: Sequence[Row], shown: int | None = SHOWN) -> tuple[list[Row], list[str]]:
    """The first rows, and a line that says how many more there are, if any.

    shown: how many rows; None for all.
    """
    if shown is None or len(rows) <= shown:
        return list(rows), []
    return list(rows[:shown]), [f"… and {len(rows) - shown:,} more"]
