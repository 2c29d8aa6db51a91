"""Rows of a table as they come; one that is broken costs no other."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import Any

from .items import Item, Place
from .layout import Layout, layout_of
from .lines import Line, lines_of
from .source import Source

LONGEST = 10_000_000  # characters of a cell: so far is the end of a quote looked for
NO_ROW = "not a row"
_QUOTES = "cells with quotes, line ends or delimiters must stand in quotes"


def table_items(
    source: Source, start: Place, text_column: str | int | None
) -> Iterator[tuple[Item, Place]]:
    """Each row as a dict by column names, with the place behind it.

    A row that is broken, or of another width than the first, is a bad item of its first line, and
    reading goes on with the next line.
    """
    layout = layout_of(source, text_column)
    before = csv.field_size_limit(LONGEST)
    try:
        header = layout.header and not start.offset
        for lines, cells in _records(_Lines(lines_of(source, start)), layout):
            if header:
                header = False
            else:
                yield _item(source, layout, lines, cells), lines[-1].end
    finally:
        csv.field_size_limit(before)


def _item(source: Source, layout: Layout, lines: list[Line], cells: list[str] | str) -> Item:
    size = sum(len(line.content) for line in lines)
    if not isinstance(cells, str):
        row = dict(zip(layout.names, cells, strict=True))
        return Item("table", source.name, lines[0].number, (cells[layout.text], row), size)
    raw = lines[0].content.decode("utf8", "backslashreplace")
    return Item("bad", source.name, lines[0].number, (NO_ROW, cells, raw), size)


class _Lines:
    """Lines that may be given back."""

    def __init__(self, lines: Iterator[Line]):
        self._lines, self._back = lines, deque[Line]()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> Line:
        return self._back.popleft() if self._back else next(self._lines)

    def give_back(self, lines: list[Line]) -> None:
        self._back.extendleft(reversed(lines))


def _records(lines: _Lines, layout: Layout) -> Iterator[tuple[list[Line], list[str] | str]]:
    """The lines of each row and its cells, or what is wrong with it; blank lines are no rows."""
    for line in lines:
        taken = [line]
        cells = _cells(taken, lines, layout)
        if isinstance(cells, str):
            lines.give_back(taken[1:])
            yield taken[:1], cells
        elif any(cell.strip() for cell in cells):
            yield taken, cells


def _cells(taken: list[Line], lines: _Lines, layout: Layout) -> list[str] | str:
    """The cells of a row that begins with the line taken; takes more where quotes are open."""

    def texts() -> Iterator[str]:
        yield _text(taken[0])
        for line in lines:
            taken.append(line)
            yield _text(line)

    how: Any = {"delimiter": layout.delimiter, "strict": True}
    how["quoting"] = csv.QUOTE_MINIMAL if layout.quotes else csv.QUOTE_NONE
    try:
        cells = next(csv.reader(texts(), **how), [])
    except csv.Error as err:
        return f"{err}; {_QUOTES}"
    if len(cells) not in (0, len(layout.names)):
        return f"{len(cells)} cells, and the first row has {len(layout.names)}; {_QUOTES}"
    return cells


def _text(line: Line) -> str:
    return line.content.decode("utf8", "surrogateescape")
