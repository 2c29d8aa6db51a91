"""Annotation in other fields than ours, which would be read as a text without any."""

from collections.abc import Mapping, Sequence
from typing import Any

from .class_fields import check_named
from .foreign import annotation_fields, is_certain
from .record import ACCEPTED, unread_annotation


def check_fields(records: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """FewnerError for a record without spans that has other fields for them, or numbers for
    classes."""
    beside_spans = _beside_spans([record for _, record in records])
    for where, record in records:
        if record.get("answer", ACCEPTED) == ACCEPTED:
            check_named(record, where, beside_spans)
    for (where, _), told in zip(records, unread_fields([r for _, r in records]), strict=True):
        if told:
            raise unread_annotation(where, told)


def unread_fields(records: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Of each record without spans, other fields for them and what each holds."""
    found = [
        annotation_fields(record) if record.get("answer", ACCEPTED) == ACCEPTED else {}
        for record in records
    ]
    beside_spans = _beside_spans(records)
    # What records with spans have too is no other form of spans, unless it cannot be but that.
    return [
        {
            name: shape
            for name, shape in fields.items()
            if not ("spans" in record and name in beside_spans) or is_certain(name, record[name])
        }
        for record, fields in zip(records, found, strict=True)
    ]


def _beside_spans(records: Sequence[Mapping[str, Any]]) -> set[str]:
    return {name for record in records if record.get("spans") for name in record}
