"""Annotated texts in passages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ...data.passages import count_tokens, passages
from ...synthesis.provenance import sample_id
from ...types import CharSpan, Reject, Sample

STAGE = "rows"
ACROSS = "span across passages"
CUT_OFF = "cut_off"  # in a passage's meta: labels of such spans; whether it has them is not known


def cut_sample(sample: Sample, max_tokens: int | None) -> Iterator[Sample | Reject]:
    """The text in passages of at most max_tokens tokens, cut as `passages` does, with the spans
    that lie in each; a reject for each span that lies across two.

    max_tokens: None for the whole text. A text that fits stays as it is; one without words is
    nothing. A passage's meta has "passage", its (start, end) characters, and `CUT_OFF`.
    """
    if not sample.text.strip():
        return
    whole = max_tokens is None or count_tokens(sample.text) <= max_tokens
    places = [(0, len(sample.text))] if whole else passages(sample.text, max_tokens or 0)
    spans = set(sample.targets)
    inside = {(s, e): {one for one in spans if s <= one.start and one.end <= e} for s, e in places}
    lost = sorted(spans.difference(*inside.values()))
    for place in places:
        yield _piece(sample, *place, inside[place], sorted({span.label for span in lost}))
    yield from (_lost(sample, span) for span in lost)


def origin(passage: Sample) -> dict[str, Any]:
    """Where a row comes from, for its meta."""
    return {"parents": [sample_id(passage)], "passage": passage.meta["passage"]}


def _piece(
    sample: Sample, start: int, end: int, spans: Iterable[CharSpan], cut_off: Sequence[str]
) -> Sample:
    moved = (replace(one, start=one.start - start, end=one.end - start) for one in sorted(spans))
    place = {"id": sample_id(sample), "passage": [start, end], CUT_OFF: cut_off}
    return replace(
        sample,
        text=sample.text[start:end],
        spans=tuple(moved),
        tokens=None,
        source=None,
        meta={**sample.meta, **place},
    )


def _lost(sample: Sample, span: CharSpan) -> Reject:
    detail = f"{span.label}: {span.surface(sample.text)}"
    return Reject(ACROSS, detail, STAGE, sample.text, {"parents": [sample_id(sample)]})
