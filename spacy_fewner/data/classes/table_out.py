"""Tables out: a text and its classes a row; rows that were read keep their other columns."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...errors import FewnerError
from ...types import Sample
from ..files import atomic_write
from ..given import as_samples
from .cells import rows_of
from .columns import TableColumns
from .labels import chosen, has_none, held, is_classified
from .table import TableRow, names_in

_Cells = tuple[str, ...]


def write_table(samples: Iterable[Sample], path: str | Path, delimiter: str = ",") -> None:
    """Write `text,label`, with as many label columns as a text has classes; of a path in a tree the
    deepest class stands for those above it.

    Samples that all come from tables of the same columns are the rows that they were, with what
    has changed. Spans, scores, meta and weights are not written (`data.losses` counts them).
    FewnerError if no text has a class, and for what would not be read again as it is.
    """
    given = as_samples(samples, "samples", None)
    if not any(map(is_classified, given)):
        remedy = "Annotate classes (cats), or write .jsonl or .spacy."
        raise FewnerError("samples", "a table must hold classes of texts", "no classes", remedy)
    columns, separator, rows = kept_rows(given) or _plain_rows(given)
    lines = ([columns.header] if columns.header else []) + rows
    text = "".join(delimiter.join(_cell(c, delimiter) for c in line) + "\n" for line in lines)
    _check(given, text, columns, separator, delimiter)
    atomic_write(Path(path), text.encode("utf-8"))


def kept_rows(
    samples: Sequence[Sample],
) -> tuple[TableColumns, str | None, list[_Cells]] | None:
    """Their own columns, separator and rows; None if they do not all come from tables of the same
    columns, or have more classes than these have room for."""
    sources = [sample.source for sample in samples]
    first = sources[0] if sources else None
    if not isinstance(first, TableRow):
        return None
    rows: list[_Cells] = []
    for sample, source in zip(samples, sources, strict=True):
        alike = isinstance(source, TableRow) and _form(source) == _form(first)
        cells = _edited(sample, source) if alike else None
        if cells is None:
            return None
        rows.append(cells)
    return first.columns, first.separator, rows


def without_a_place(sample: Sample) -> Counter[str]:
    """What a table cannot hold of a sample, counted."""
    soft = sum(score not in (0, 1) for score in sample.cats.values())
    lost = Counter(
        {"scores of classes": soft, "texts with none of their classes": has_none(sample)}
    )
    lost["classes above others"] = len(held(sample)) - len(chosen(sample))
    lost.update(spans=len(sample.spans), weight=int(sample.weight != 1), meta=len(sample.meta))
    return +lost


def _form(source: TableRow) -> tuple[TableColumns, str | None, int]:
    return source.columns, source.separator, len(source.cells)


def _edited(sample: Sample, source: TableRow) -> _Cells | None:
    """The row with the sample's text and classes; None if it has no room for these."""
    cells, columns, names = list(source.cells), source.columns, chosen(sample)
    cells[columns.text] = sample.text
    before = [name.strip() for name in names_in(source.cells, columns, source.separator)]
    if sorted(set(before)) == sorted(names):
        return tuple(cells)
    if len(names) > len(columns.labels) and source.separator:
        names = [source.separator.join(names)]
    if len(names) > len(columns.labels):
        return None
    for number, place in enumerate(columns.labels):
        cells[place] = names[number] if number < len(names) else ""
    return tuple(cells)


def _plain_rows(samples: Sequence[Sample]) -> tuple[TableColumns, None, list[_Cells]]:
    named = [chosen(sample) for sample in samples]
    most = max(1, *map(len, named))
    columns = TableColumns(0, tuple(range(1, most + 1)), ("text", *["label"] * most))
    padded = (names + [""] * (most - len(names)) for names in named)
    return columns, None, [(s.text, *p) for s, p in zip(samples, padded, strict=True)]


def _cell(text: str, delimiter: str) -> str:
    if text == text.strip() and not any(mark in text for mark in (delimiter, '"', "\r", "\n")):
        return text
    return '"' + text.replace('"', '""') + '"'


def _is_read(sample: Sample, cells: _Cells, columns: TableColumns, separator: str | None) -> bool:
    names = {name.strip() for name in names_in(cells, columns, separator)}
    return cells[columns.text] == sample.text and sorted(names) == sorted(chosen(sample))


def _check(
    samples: Sequence[Sample],
    text: str,
    columns: TableColumns,
    separator: str | None,
    delimiter: str,
) -> None:
    """Hold what would be read against what was to be written."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as err:
        remedy = "Remove lone surrogates."
        raise FewnerError("samples", "must be well-formed Unicode", str(err), remedy) from err
    rows = rows_of(text, delimiter, "samples")[1 if columns.header else 0 :]
    for index, sample in enumerate(samples):
        if index >= len(rows) or not _is_read(sample, rows[index].cells, columns, separator):
            raise FewnerError(
                sample.place or f"samples[{index}]",
                "must be read again as written",
                f"{sample.text[:60]!r} with {', '.join(chosen(sample)) or 'no class'}",
                "Write .jsonl, which holds any text; .csv where tabs part the cells.",
            )
