"""From what stands in a file to a row: a text, the fields beside it, or a reason why it is none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...data.formats.jsonl import parse_json
from ...errors import FewnerError
from .items import Item
from .tokens import Tokens, tokens_of
from .values import to_json

NOT_JSON, NO_TEXT, NO_TOKENS = "not JSON", "no text", "tokens do not fit"
NOT_UTF8, TOO_LONG = "not UTF-8", "text too long"


@dataclass(frozen=True)
class Row:
    """A text and what stands beside it.

    fields: all of the row, its text included. raw: the JSON object as it was written, if it was
    one. tokens: its own, if it has some.
    """

    item: Item
    text: str
    fields: dict[str, Any]
    raw: str | None = None
    tokens: Tokens | None = None

    def bad(self, reason: str, detail: str) -> "Bad":
        """The row as one that is rejected."""
        return Bad(self.item, reason, detail, self.raw or _shown(self.fields))


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
        return row.bad(NO_TEXT, "it is empty")
    if isinstance(row, Row) and len(row.text) > max_length:
        detail = f"{len(row.text):,} characters, and --max-length is {max_length:,}"
        return row.bad(TOO_LONG, detail)
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
    if fields.get("tokens") and (isinstance(text, str) or name not in fields):
        return _with_tokens(item, text, fields, raw.strip())
    if isinstance(text, str):
        return Row(item, text, fields, raw.strip())
    detail = f"{name!r} is {type(text).__name__}" if name in fields else f"no field {name!r}"
    return Bad(item, NO_TEXT, detail, raw)


def _with_tokens(item: Item, text: str | None, fields: dict[str, Any], raw: str) -> Row | Bad:
    try:
        text, tokens = tokens_of(text, fields["tokens"], f"{item.place}:{item.line}")
    except FewnerError as err:
        return Bad(item, NO_TOKENS, f"{err.rule}; {err.value}", raw)
    return Row(item, text, fields, raw, tokens)


def _from_cells(item: Item, text_column: str | None) -> Row | Bad:
    text, fields = item.content
    if not isinstance(text, str):
        return Bad(item, NO_TEXT, f"the cell holds {type(text).__name__}", _shown(fields))
    row = Row(item, text, fields)
    if any("\udc80" <= max(cell, default="") <= "\udcff" for cell in _strings(fields)):
        return Bad(item, NOT_UTF8, "bytes that are no characters", _shown(fields))
    return row


def _from_doc(item: Item, text_column: str | None) -> Row:
    text, tokens, fields = item.content
    words, spaces = [word for word, _ in tokens], [space for _, space in tokens]
    return Row(item, text, {"text": text, **fields}, tokens=Tokens(words, spaces))


def _from_line(item: Item, text_column: str | None) -> Row | Bad:
    text = _decoded(item)
    return text if isinstance(text, Bad) else Row(item, text.strip(), {"text": text.strip()})


def _bad(item: Item, text_column: str | None) -> Bad:
    return Bad(item, *item.content)


_ROWS: dict[str, Callable[[Item, str | None], Row | Bad]] = {
    "jsonl": _from_json,
    "txt": _from_line,
    "table": _from_cells,
    "spacy": _from_doc,
    "bad": _bad,
}


def _strings(fields: dict[str, Any]) -> list[str]:
    return [value for value in fields.values() if isinstance(value, str)]


def _shown(fields: dict[str, Any]) -> str:
    try:
        return to_json(fields)
    except ValueError:  # a number that JSON has no form for
        return str(fields)
