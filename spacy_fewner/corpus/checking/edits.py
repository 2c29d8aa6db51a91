"""Changing a sample's text while its spans and tokens stay on the same words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...types import CharSpan, Sample, is_extension


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters start to end become `new`; start = end inserts."""

    start: int
    end: int
    new: str


def edit(sample: Sample, edits: Sequence[Edit]) -> Sample | None:
    """The sample after edits that are sorted and apart from each other.

    What is inserted at a span's edge stays outside of it. Spans and tokens lose spaces at their
    edges. None if nothing is left of a span; extensions and tokens of which nothing is left go.
    """
    if not edits:
        return sample
    text, starts, ends = _rewrite(sample.text, edits)
    spans = []
    for span in sample.spans:
        start, end = _trim(text, starts[span.start], ends[span.end])
        if start >= end and is_extension(span.label):
            continue
        if start >= end:
            return None
        spans.append(CharSpan(start, end, span.label, span.score))
    tokens = None
    if sample.tokens is not None:
        moved = (_trim(text, starts[start], ends[end]) for start, end in sample.tokens)
        tokens = tuple((start, end) for start, end in moved if start < end)
    return replace(sample, text=text, spans=tuple(spans), tokens=tokens)


def _rewrite(text: str, edits: Sequence[Edit]) -> tuple[str, list[int], list[int]]:
    """New text, and for each old position where it is now as a start and as an end."""
    parts: list[str] = []
    starts, ends = [0] * (len(text) + 1), [0] * (len(text) + 1)
    position = length = 0
    for change in (*edits, Edit(len(text), len(text), "")):
        parts += [text[position : change.start], change.new]
        for old in range(position + 1, change.start + 1):
            starts[old] = ends[old] = length + old - position
        length += change.start - position
        for old in range(change.start + 1, change.end):
            starts[old], ends[old] = length + len(change.new), length
        length += len(change.new)
        starts[change.end] = length
        if change.end > change.start:
            ends[change.end] = length
        position = change.end
    return "".join(parts), starts, ends


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
