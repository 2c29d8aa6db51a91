"""White space at the edges of spans: annotators drag it along, no model predicts it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..types import CharSpan, Sample


def trimmed(spans: Iterable[CharSpan], text: str) -> list[CharSpan]:
    """The spans without white space at their edges; those of nothing else are left out."""
    found = (_trimmed(span, text) for span in spans)
    return [span for span in found if span.start < span.end]


def without_edge_space(samples: Iterable[Sample]) -> list[Sample]:
    """The samples with `trimmed` spans; the same object where nothing changes."""
    return [_sample(sample) for sample in samples]


def _sample(sample: Sample) -> Sample:
    spans: Sequence[CharSpan] = trimmed(sample.spans, sample.text)
    return sample if tuple(spans) == sample.spans else replace(sample, spans=tuple(spans))


def _trimmed(span: CharSpan, text: str) -> CharSpan:
    surface = text[span.start : span.end]
    start = span.start + len(surface) - len(surface.lstrip())
    end = span.start + len(surface.rstrip())
    return span if (start, end) == (span.start, span.end) else replace(span, start=start, end=end)
