"""Annotation in other fields than ours, which would be read as a text without any."""

from collections.abc import Iterable
from typing import Any

from .foreign import annotation_fields, is_certain
from .record import ACCEPTED, unread_annotation


def check_fields(records: Iterable[tuple[str, Any]]) -> None:
    """FewnerError for a record without spans that has other fields for them."""
    found = [
        (where, record, annotation_fields(record))
        for where, record in records
        if record.get("answer", ACCEPTED) == ACCEPTED
    ]
    beside_spans = {name for _, record, _ in found if record.get("spans") for name in record}
    for where, record, fields in found:
        # What records with spans have too is no other form of spans, unless it cannot be but that.
        told = {
            name: shape
            for name, shape in fields.items()
            if not ("spans" in record and name in beside_spans) or is_certain(name, record[name])
        }
        if told:
            raise unread_annotation(where, told)
