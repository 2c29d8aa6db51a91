"""Annotated docs as spaCy's DocBin: small ones that are appended, then one of all."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.docs import META
from ..reading.rows import Row

if TYPE_CHECKING:
    from spacy.tokens import Doc, DocBin

_LENGTH = 8  # bytes that say how long a DocBin is


def docbin_bytes(found: "Iterable[tuple[Row, Doc]]") -> bytes:
    """A DocBin of a chunk, after its length; the row's other fields are the doc's meta.

    TypeError or ValueError for what the file cannot hold.
    """
    from spacy.tokens import DocBin

    held = DocBin(store_user_data=True)
    for row, doc in found:
        doc.user_data = {META: _beside_text(row)}
        held.add(doc)
    content = held.to_bytes()
    return len(content).to_bytes(_LENGTH, "big") + content


def seal_docbin(appended: Path, final: Path) -> None:
    """One DocBin of all that was appended; it holds all of them in memory."""
    whole: DocBin | None = None
    for one in _held(appended):
        if whole is None:
            whole = one
        else:
            whole.merge(one)
    temporary = appended.with_suffix(".sealed")
    with temporary.open("wb") as stream:
        stream.write(_empty() if whole is None else whole.to_bytes())
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, final)


def _held(appended: Path) -> "Iterator[DocBin]":
    from spacy.tokens import DocBin

    with appended.open("rb") as stream:
        while length := stream.read(_LENGTH):
            yield DocBin(store_user_data=True).from_bytes(
                stream.read(int.from_bytes(length, "big"))
            )


def _empty() -> bytes:
    from spacy.tokens import DocBin

    return DocBin(store_user_data=True).to_bytes()


def _beside_text(row: Row) -> dict[str, Any]:
    fields = {name: value for name, value in row.fields.items() if value is not row.text}
    meta = fields.pop("meta", {})
    return {**fields, **meta} if isinstance(meta, dict) else {**fields, "meta": meta}
