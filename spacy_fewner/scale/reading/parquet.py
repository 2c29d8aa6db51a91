"""Rows of Parquet files, a few at a time (extra `parquet`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..extras import need
from .items import Item, Place
from .layout import text_column_of
from .source import Source, unreadable

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

_ROWS = 1024  # held at once
_CELL = 8  # bytes that a cell without a length counts


def need_pyarrow() -> Any:
    """pyarrow with its Parquet part; FewnerError where it is not installed."""
    need("pyarrow.parquet", "parquet")
    return need("pyarrow", "parquet")


@contextmanager
def parquet_file(source: Source) -> "Iterator[ParquetFile]":
    """The file, open. FewnerError where it is none, or not whole."""
    pyarrow = need_pyarrow()
    try:
        with pyarrow.parquet.ParquetFile(source.name) as file:
            yield file
    except (OSError, pyarrow.ArrowException) as err:
        raise unreadable(source, err) from err


def parquet_items(source: Source, start: Place, text_column: str | None) -> Iterator[Any]:
    """Each row as a dict by column names, with the place behind it."""
    with parquet_file(source) as file:
        names = file.schema_arrow.names
        name = names[text_column_of(names, source, text_column).text]
        first, before = _group_of(file, start.offset)
        groups = list(range(first, file.num_row_groups))
        number = before
        for batch in file.iter_batches(_ROWS, row_groups=groups):
            for row in batch.to_pylist():
                number += 1
                if number > start.offset:
                    item = Item("table", source.name, number, (row[name], row), _size(row))
                    yield item, Place(start.source, number, number)


def _group_of(file: "ParquetFile", offset: int) -> tuple[int, int]:
    """The row group with the row behind `offset`, and how many rows lie before that group."""
    before = 0
    for number in range(file.num_row_groups):
        rows = file.metadata.row_group(number).num_rows
        if before + rows > offset:
            return number, before
        before += rows
    return file.num_row_groups, before


def _size(row: dict[str, Any]) -> int:
    return sum(len(v) if isinstance(v, (str, bytes)) else _CELL for v in row.values())
