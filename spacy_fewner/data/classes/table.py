"""Tables in: a text and its classes a row, in CSV or with tabs between."""

import logging
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ...errors import FewnerError, warn
from ...shown import shown_in_line
from ...types import Sample
from ..files import read_text
from .cells import DELIMITERS, Row, first_cells, rows_of, width_of
from .columns import TableColumns, Wanted, choose_columns, has_names
from .names import clean_cats, warn_of_trimmed

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class TableRow:
    """The row that a sample was read from. separator: between classes in one cell, if any."""

    formats: ClassVar = ("csv", "tsv")
    cells: tuple[str, ...]
    columns: TableColumns
    separator: str | None

    def extras(self) -> Counter[str]:
        """The other columns with something in them: "column id" 1."""
        own = {self.columns.text, *self.columns.labels}
        names = self.columns.header or tuple(str(n + 1) for n in range(len(self.cells)))
        return Counter(
            f"column {names[n]}" for n, cell in enumerate(self.cells) if n not in own and cell
        )


def read_table(
    path: str | Path,
    *,
    text_column: Wanted = None,
    label_column: Wanted = None,
    label_separator: str | None = None,
    texts_only: bool = False,
) -> list[Sample]:
    """Read a table of texts and their classes, with commas, tabs, semicolons or bars between cells.

    text_column, label_column: by name or number (see `columns`), found by usual names if None, and
        logged. Several label columns: each cell with something in it is a class.
    label_separator: parts several classes in one cell; None takes the cell for one.
    texts_only: there need be no column of classes.
    A row without a class is a text that was not annotated. FewnerError naming file and line.
    """
    path = Path(path)
    text = read_text(path)
    rows = rows_of(text, delimiter_of(text), str(path))
    first = rows or [Row(1, ())]
    columns = choose_columns(first, str(path), text_column, label_column, texts_only)
    if label_separator is not None and not label_separator.strip(" "):
        remedy = "Name the character between two classes, for instance ';'."
        raise FewnerError("label_separator", "must not be empty", repr(label_separator), remedy)
    examples = rows[1:] if columns.header else rows
    if not examples:
        raise FewnerError(str(path), "must hold examples", "a header alone", "Add some rows.")
    _logger.info("Columns of %s: %s", shown_in_line(path.name), columns)
    named = [names_in(row.cells, columns, label_separator) for row in examples]
    warn_of_trimmed(str(path), (name for names in named for name in names))
    _warn_of_numbers(path, {name.strip() for names in named for name in names})
    return [
        _sample(row, names, TableRow(row.cells, columns, label_separator), path)
        for row, names in zip(examples, named, strict=True)
    ]


def delimiter_of(text: str) -> str:
    """What parts the cells: that under which the first row names text and label, else under which
    all rows have the same cells, else under which the first has most."""

    def fits(delimiter: str) -> tuple[bool, int, int]:
        first = first_cells(text, delimiter)
        named = has_names(first)
        return named, 0 if named else width_of(text, delimiter), len(first)

    likely = [one for one in DELIMITERS if len(first_cells(text, one)) > 1]
    return max(likely, key=fits) if len(likely) > 1 else (likely or [","])[0]


def names_a_table(text: str) -> bool:
    """Whether the first row names a text and a label."""
    return has_names(first_cells(text, delimiter_of(text)))


def names_in(cells: tuple[str, ...], columns: TableColumns, separator: str | None) -> list[str]:
    """The classes of a row as they stand there."""
    filled = [cells[n] for n in columns.labels]
    if separator:
        filled = [part.strip() for cell in filled for part in cell.split(separator)]
    return [name for name in filled if name.strip()]


def _sample(row: Row, names: list[str], source: TableRow, path: Path) -> Sample:
    where = f"{path}:{row.line}"
    cats = clean_cats(dict.fromkeys(names, 1.0), where)
    text = row.cells[source.columns.text]
    return Sample(text, cats=cats, spans_annotated=False, place=where, source=source)


def _warn_of_numbers(path: Path, names: set[str]) -> None:
    if names and all(name.lstrip("-").isdecimal() for name in names):
        shown = ", ".join(sorted(names)[:5])
        warn(
            f"{path}: the classes are numbers ({shown}), which say nothing of their meaning: names "
            "work better."
        )
