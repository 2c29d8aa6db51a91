"""Whether two samples say the same, scores included: what was written is read and compared."""

from collections.abc import Collection
from typing import Any

from ...errors import FewnerError
from ...types import Sample
from ..docs import as_lists

FIELDS = ("text", "spans", "spans_annotated", "cats", "meta", "weight")


def differing(one: Sample, other: Sample, fields: Collection[str] = FIELDS) -> list[str]:
    """Names of the fields that differ; tuples in meta count as the lists they become in a file."""
    return [name for name in fields if _value(one, name) != _value(other, name)]


def check_same(
    given: Sample, read: Sample, where: str, remedy: str, fields: Collection[str] = FIELDS
) -> None:
    """Raise FewnerError if a sample would be read as another one than was to be written."""
    for name in differing(given, read, fields):
        raise FewnerError(
            where,
            f"its {name} must be read again as written",
            f"{getattr(given, name)!r}, which reads {getattr(read, name)!r}",
            remedy,
        )


def _value(sample: Sample, name: str) -> Any:
    if name == "spans":
        return [(span.start, span.end, span.label, span.score) for span in sample.spans]
    if name == "tokens":
        return [tuple(token) for token in sample.tokens or ()]  # a list of none counts as none
    return as_lists(sample.meta) if name == "meta" else getattr(sample, name)
