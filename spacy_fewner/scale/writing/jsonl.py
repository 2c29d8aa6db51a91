"""Rows as lines of JSON: each as it was, with what was found in its text."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ..reading.rows import Bad, Row

_LONGEST = 10_000  # characters of a rejected row that are shown


def jsonl(rows: Sequence[tuple[Row, dict[str, Any]]]) -> bytes:
    """A line for each row and its new fields, which take the place of old ones of their names."""
    return "".join(_line(row, found) for row, found in rows).encode("utf8")


def rejects_jsonl(rejects: Iterable[Bad]) -> bytes:
    """Where each row stands, why it was left out, and the row, cut where it is very long."""
    return b"".join(_utf8(_record(bad)) for bad in rejects)


def _line(row: Row, found: dict[str, Any]) -> str:
    if row.raw is None or not found.keys().isdisjoint(row.fields):
        return _json({**row.fields, **found}) + "\n"
    # Numbers and escapes stay as they were written, and nothing is encoded twice.
    return f"{row.raw[:-1].rstrip()}, {_json(found)[1:]}\n"


def _record(bad: Bad) -> dict[str, Any]:
    record = {"file": bad.item.place, "line": bad.item.line, "reason": bad.reason}
    return record | {"detail": bad.detail, "row": bad.raw[:_LONGEST]}


def _utf8(record: dict[str, Any]) -> bytes:
    try:
        return (_json(record) + "\n").encode("utf8")
    except UnicodeEncodeError:  # half a surrogate pair, which only escapes can write
        return (json.dumps(record) + "\n").encode("ascii")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
