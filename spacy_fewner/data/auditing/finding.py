"""One thing that a check of an audit has found."""

from dataclasses import dataclass

from ...types import CharSpan


@dataclass(frozen=True, slots=True)
class Finding:
    """lost: whether training will go without the span; remedy: if not the kind's."""

    kind: str
    index: int | None
    span: CharSpan | None
    detail: str
    lost: bool = False
    remedy: str = ""
