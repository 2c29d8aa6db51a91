"""Tables as spreadsheets write them: text cut into rows of cells, each with its line."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import Any, NamedTuple

from ...errors import FewnerError

DELIMITERS = (",", "\t", ";", "|")
_LONGEST = 2**31 - 1  # characters of a cell; the csv module stops at 131072 by itself
_QUOTES = "Put cells with quotes, line ends or delimiters in quotes; double the quotes in them."


class Row(NamedTuple):
    """The cells of a row, and the line of the file in which it begins, from 1."""

    line: int
    cells: tuple[str, ...]


class _Broken(Exception):
    """Of a row that cannot be cut into cells; line: where it begins."""

    def __init__(self, line: int, why: str):
        super().__init__(why)
        self.line = line


def first_cells(text: str, delimiter: str) -> tuple[str, ...]:
    """The cells of the first row; none if it cannot be read."""
    try:
        return next(_rows(text, delimiter), Row(1, ())).cells
    except _Broken:
        return ()


def rows_of(text: str, delimiter: str, where: str) -> list[Row]:
    """All rows but blank ones.

    Cells parted by tabs are often written without regard to quotes: they are read so where all
    rows are of one width then, and are not, or are fewer, if their quotes count.
    FewnerError naming the line for quotes that are not in pairs, and for rows of another width than
    the first.
    """
    if delimiter == "\t" and (plain := _plain_rows(text)):
        return plain
    try:
        rows = list(_rows(text, delimiter))
    except _Broken as err:
        rule = "a table must have its quotes in pairs"
        found = f"{err} in the row that begins there"
        raise FewnerError(f"{where}:{err.line}", rule, found, _QUOTES) from err
    _check_width(rows, where)
    return rows


def quotes_count(text: str, delimiter: str) -> bool:
    """Whether quotes are part of the table's form, as `rows_of` decides it, and not of its text."""
    return not (delimiter == "\t" and _plain_rows(text))


def _plain_rows(text: str) -> list[Row] | None:
    """Rows of a table with tabs if their quotes are text; None if they are not."""
    plain = list(_rows(text, "\t", csv.QUOTE_NONE))
    even = is_even(plain) and len(_rows_or_none(text, "\t") or ()) != len(plain)
    return plain if even else None


def is_even(rows: Sequence[Row]) -> bool:
    """Whether all rows have the same number of cells, two or more."""
    widths = {len(row.cells) for row in rows}
    return len(widths) == 1 and min(widths) > 1


def width_of(text: str, delimiter: str) -> int:
    """The number of cells of all rows, 0 if they differ or cannot be read."""
    try:
        rows = rows_of(text, delimiter, "")
    except FewnerError:
        return 0
    return len(rows[0].cells) if is_even(rows) else 0


def _rows_or_none(text: str, delimiter: str) -> list[Row] | None:
    try:
        return list(_rows(text, delimiter))
    except _Broken:
        return None


def _check_width(rows: Sequence[Row], where: str) -> None:
    for row in rows:
        if len(row.cells) != len(rows[0].cells):
            shown = " | ".join(cell[:40] for cell in row.cells)
            raise FewnerError(
                f"{where}:{row.line}",
                f"every row must have {len(rows[0].cells)} cells, as the first has",
                f"{len(row.cells)} cells: {shown}",
                _QUOTES,
            )


def _rows(text: str, delimiter: str, quoting: int = csv.QUOTE_MINIMAL) -> Iterator[Row]:
    lines = StringIO(text, newline="")
    how: Any = {"delimiter": delimiter, "quoting": quoting, "strict": True}
    reader = csv.reader(lines, **how)
    line = 1
    with _long_cells():
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield Row(line, tuple(cells))
                line = reader.line_num + 1
        except csv.Error as err:
            raise _Broken(line, str(err)) from err


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(_LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)
