"""How a table is laid out, by how it begins."""

from collections.abc import Sequence
from typing import NamedTuple

from ...data.classes.cells import Row, first_cells, quotes_count
from ...data.classes.columns import TableColumns, choose_columns
from ...data.classes.table import delimiter_of
from ...errors import FewnerError
from .source import Source, head_of


class Layout(NamedTuple):
    """names: of the columns. text: the number of that with the text. header: whether the first row
    holds the names. quotes: whether cells may stand in quotes."""

    delimiter: str
    names: tuple[str, ...]
    text: int
    header: bool
    quotes: bool


def layout_of(source: Source, text_column: str | int | None) -> Layout:
    """text_column: by name or number; found by usual names if None. FewnerError if none is."""
    head = head_of(source).decode("utf-8-sig", "replace")
    delimiter = "\t" if source.format == "tsv" else delimiter_of(head)
    cells = first_cells(head, delimiter)
    if not cells:
        remedy = "Check that it is a table, and whether its quotes are in pairs."
        raise FewnerError(source.name, "must begin with a row of cells", head[:60], remedy)
    columns = text_column_of(cells, source, text_column)
    names = columns.header or tuple(str(number + 1) for number in range(len(cells)))
    quotes = quotes_count(head, delimiter)
    return Layout(delimiter, _unique(names), columns.text, columns.header is not None, quotes)


def text_column_of(cells: Sequence[str], source: Source, wanted: str | int | None) -> TableColumns:
    """Which column holds the text, by its name or number; by usual names if None is wanted.

    FewnerError where no name says which it is.
    """
    try:
        return choose_columns([Row(1, tuple(cells))], source.name, wanted, None, texts_only=True)
    except FewnerError as err:
        remedy = "Name it in the first row (text), or choose: --text-column 1, by name or number."
        raise FewnerError(err.argument.split(" ")[0], err.rule, err.value, remedy) from err


def _unique(names: tuple[str, ...]) -> tuple[str, ...]:
    """Columns of one name, and those without, go by their number as well."""
    plain = [name.strip() for name in names]
    return tuple(
        name if name and plain.count(name) == 1 else f"{name}_{number}".lstrip("_")
        for number, name in enumerate(plain, start=1)
    )
