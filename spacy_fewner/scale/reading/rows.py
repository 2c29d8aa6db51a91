"""From what stands in a file to a row: a text, the fields beside it, or a reason why it is none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...data.formats.jsonl import parse_json
from ...errors import FewnerError
from .items import Item

BAD, NOT_JSON, NO_TEXT = "cannot be read", "not JSON", "no text"
NOT_UTF8, TOO_LONG = "not UTF-8", "text too long"


@dataclass(frozen=True)
class Row:
    """A text and what stands beside it. raw: the JSON object as it was written, if it was one."""

    item: Item
    text: str
    fields: dict[str, Any]
    raw: str | None = None


@dataclass(frozen=True)
class Bad:
    """A row that cannot be annotated. reason: one of few phrases; detail: what exactly was wrong.

    raw: the row as it was, as text.
    """

    item: Item
    reason: str
    detail: str
    raw: str


def row_of(item: Item, text_column: str | None, max_length: int) -> Row | Bad:
    """The row, if it has a text that is neither empty nor longer than max_length characters."""
    row = _ROWS[item.kind](item, text_column)
    if isinstance(row, Row) and not row.text.strip():
        return Bad(item, NO_TEXT, "it is empty", row.raw or row.text)
    if isinstance(row, Row) and len(row.text) > max_length:
        detail = f"{len(row.text):,} characters, and --max-length is {max_length:,}"
        return Bad(item, TOO_LONG, detail, row.raw or row.text)
    return row


def _decoded(item: Item) -> str | Bad:
    try:
        return item.content.decode("utf8")
    except UnicodeDecodeError as err:
        detail = f"byte 0x{item.content[err.start]:02x} at offset {err.start} of the line"
        return Bad(item, NOT_UTF8, detail, item.content.decode("utf8", "backslashreplace"))


def _from_json(item: Item, text_column: str | None) -> Row | Bad:
    raw = _decoded(item)
    if isinstance(raw, Bad):
        return raw
    try:
        fields = parse_json(raw, item.place)
    except FewnerError as err:
        return Bad(item, NOT_JSON, str(err.value), raw)
    if not isinstance(fields, dict):
        return Bad(item, NOT_JSON, f"{type(fields).__name__}, not an object", raw)
    name = text_column or "text"
    text = fields.get(name)
    if isinstance(text, str):
        return Row(item, text, fields, raw.strip())
    detail = f"{name!r} is {type(text).__name__}" if name in fields else f"no field {name!r}"
    return Bad(item, NO_TEXT, detail, raw)


def _from_line(item: Item, text_column: str | None) -> Row | Bad:
    text = _decoded(item)
    return text if isinstance(text, Bad) else Row(item, text.strip(), {"text": text.strip()})


def _bad(item: Item, text_column: str | None) -> Bad:
    return Bad(item, *item.content)


_ROWS: dict[str, Callable[[Item, str | None], Row | Bad]] = {
    "jsonl": _from_json,
    "txt": _from_line,
    "bad": _bad,
}
