"""Rows as lines of JSON: each as it was, with what was found in its text."""

import json
from collections.abc import Iterable
from typing import Any

from ..reading.rows import Bad, Row
from ..reading.values import to_json

_LONGEST = 10_000  # characters of a rejected row that are shown


def line_of(row: Row, found: dict[str, Any]) -> bytes:
    """The row and its new fields, which take the place of old ones of their names.

    ValueError for numbers that JSON has no form for.
    """
    if row.raw is None or not found.keys().isdisjoint(row.fields):
        return (to_json({**row.fields, **found}) + "\n").encode("utf8")
    # Numbers and escapes stay as they were written, and nothing is encoded twice.
    return f"{row.raw[:-1].rstrip()}, {to_json(found)[1:]}\n".encode()


def rejects_jsonl(rejects: Iterable[Bad]) -> bytes:
    """Where each row stands, why it was left out, and the row, cut where it is very long."""
    return b"".join(_utf8(_record(bad)) for bad in rejects)


def _record(bad: Bad) -> dict[str, Any]:
    record = {"file": bad.item.place, "line": bad.item.line, "reason": bad.reason}
    return record | {"detail": bad.detail, "row": bad.raw[:_LONGEST]}


def _utf8(record: dict[str, Any]) -> bytes:
    try:
        return (to_json(record) + "\n").encode("utf8")
    except UnicodeEncodeError:  # half a surrogate pair, which only escapes can write
        return (json.dumps(record) + "\n").encode("ascii")
