"""Annotated rows as Parquet: small batches that are appended, then one file of all."""

import os
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..reading.parquet import need_pyarrow
from ..reading.rows import Row
from ..reading.values import to_json
from .columns import OTHER

if TYPE_CHECKING:
    import pyarrow

GROUP = 50_000  # rows of a row group


def parquet_bytes(found: Sequence[tuple[Row, dict[str, Any]]], schema: "pyarrow.Schema") -> bytes:
    """A chunk as an Arrow stream of its own. ValueError for values that no column can hold."""
    pa = need_pyarrow()
    rows = [_fitted({**row.fields, **new}, schema) for row, new in found]
    batch = pa.RecordBatch.from_pylist(rows, schema=schema)
    stream = BytesIO()
    with pa.ipc.new_stream(stream, schema) as writer:
        writer.write_batch(batch)
    return stream.getvalue()


def seal_parquet(appended: Path, final: Path, schema: "pyarrow.Schema") -> None:
    """One file of all that was appended, with large row groups."""
    pa = need_pyarrow()
    temporary = appended.with_suffix(".sealed")
    with pa.parquet.ParquetWriter(temporary, schema) as writer:
        for table in _groups(appended, schema):
            writer.write_table(table)
    with temporary.open("rb+") as stream:
        os.fsync(stream.fileno())
    os.replace(temporary, final)


def _groups(appended: Path, schema: "pyarrow.Schema") -> "Iterator[pyarrow.Table]":
    pa = need_pyarrow()
    held: list[pyarrow.RecordBatch] = []
    for batch in _batches(appended):
        held.append(batch)
        if sum(one.num_rows for one in held) >= GROUP:
            yield pa.Table.from_batches(held, schema).combine_chunks()
            held = []
    if held:
        yield pa.Table.from_batches(held, schema).combine_chunks()


def _batches(appended: Path) -> "Iterator[pyarrow.RecordBatch]":
    pa = need_pyarrow()
    size = appended.stat().st_size
    with appended.open("rb") as stream:
        while stream.tell() < size:
            yield from pa.ipc.open_stream(stream)


def _fitted(row: dict[str, Any], schema: "pyarrow.Schema") -> dict[str, Any]:
    """The row with what has no column, or is of another kind, as JSON in the column for that."""
    if not schema.metadata:
        return row
    pa = need_pyarrow()
    types = {pa.string(): str, pa.int64(): int, pa.float64(): float, pa.bool_(): bool}
    kinds = {field.name: types.get(field.type, object) for field in schema}
    rest = {
        name: value
        for name, value in row.items()
        if name == OTHER or not _fits(value, kinds.get(name))
    }
    return {**row, **dict.fromkeys(rest), OTHER: to_json(rest) if rest else None}


def _fits(value: Any, kind: type | None) -> bool:
    if kind is int and isinstance(value, int) and not -(2**63) <= value < 2**63:
        return False
    return value is None or kind is object or type(value) is kind
