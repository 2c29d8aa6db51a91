"""Which columns a Parquet file gets: those of the input that are of one kind, and one for the rest.

JSON rows may differ from each other. So their columns follow the first rows, and whatever does not
fit there later is kept as JSON in the column "other_fields" (ours).
"""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import FewnerError
from ..reading.layout import layout_of
from ..reading.parquet import need_pyarrow, parquet_file
from ..reading.source import Source, head_of
from .layers import Layers

if TYPE_CHECKING:
    import pyarrow

OTHER = "other_fields"
MIXED = {"rows": "of JSON"}  # metadata of a schema with that column


def schema_of(
    sources: Sequence[Source], layers: Layers, text_column: str | None, into: str | None
) -> "pyarrow.Schema":
    """The columns of all inputs, then those of what is found, which replace others of their names.

    FewnerError where a column is of two kinds in two files.
    """
    pa = need_pyarrow()
    columns: dict[str, pyarrow.DataType] = {}
    for source in sources:
        for name, kind in _columns(source, text_column):
            if columns.setdefault(name, kind) != kind:
                value = f"{columns[name]} and {kind} in {source.name}"
                remedy = "Write JSONL, or annotate the files one by one."
                raise FewnerError(name, "must be of one kind in all inputs", value, remedy)
    mixed = any(source.format == "jsonl" for source in sources)
    if mixed:
        columns[OTHER] = pa.string()
    found = {name: _found(name) for name in layers.names}
    found = {into: pa.struct(list(found.items()))} if into else found
    return pa.schema(list({**columns, **found}.items()), MIXED if mixed else None)


def _found(name: str) -> "pyarrow.DataType":
    pa = need_pyarrow()
    if name == "cats":
        return pa.map_(pa.string(), pa.float64())
    whole, text, score = pa.int64(), pa.string(), pa.float64()
    span = [("start", whole), ("end", whole), ("label", text), ("score", score)]
    return pa.list_(pa.struct(span))


def _columns(source: Source, text_column: str | None) -> "Iterator[tuple[str, pyarrow.DataType]]":
    pa = need_pyarrow()
    if source.format == "parquet":
        with parquet_file(source) as file:
            yield from zip(file.schema_arrow.names, file.schema_arrow.types, strict=True)
    elif source.format in ("csv", "tsv"):
        yield from ((name, pa.string()) for name in layout_of(source, text_column).names)
    elif source.format == "jsonl":
        yield text_column or "text", pa.string()
        yield from _kinds(source)
    else:
        yield "text", pa.string()


def _kinds(source: Source) -> "Iterator[tuple[str, pyarrow.DataType]]":
    """Fields that hold plain values of one type in all of the first rows that have them."""
    pa = need_pyarrow()
    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    found: dict[str, set[type]] = {}
    for row in _first_rows(source):
        for name, value in row.items():
            found.setdefault(name, set()).add(type(value))
    for name, types in found.items():
        types.discard(type(None))
        if len(types) == 1 and (kind := kinds.get(next(iter(types)))):
            yield name, kind


def _first_rows(source: Source) -> Iterator[dict[str, Any]]:
    for line in head_of(source).splitlines():
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            yield row
