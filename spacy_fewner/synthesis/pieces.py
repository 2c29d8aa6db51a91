"""A part of a sample as a sample, and its spans back in the whole."""

from dataclasses import replace

from ..types import CharSpan, Sample


def cut(sample: Sample, start: int, end: int) -> Sample:
    """Characters start to end of a sample, with the spans and tokens that are whole in them."""
    spans = tuple(
        moved(span, -start) for span in sample.spans if start <= span.start and span.end <= end
    )
    tokens = sample.tokens and tuple(
        (a - start, b - start) for a, b in sample.tokens if start <= a and b <= end
    )
    return replace(sample, text=sample.text[start:end], spans=spans, tokens=tokens, source=None)


def moved(span: CharSpan, by: int) -> CharSpan:
    return replace(span, start=span.start + by, end=span.end + by)
