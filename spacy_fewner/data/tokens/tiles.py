"""Whether spans tile their texts, as words do in segmentation and in part-of-speech tagging."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...errors import FewnerError

if TYPE_CHECKING:
    from ...types import Sample


def tiles(sample: "Sample") -> bool:
    """Whether each character but white space lies in exactly one span that is predicted."""
    position = 0
    for span in sorted(sample.targets, key=lambda span: (span.start, span.end)):
        if span.start < position or sample.text[position : span.start].strip():
            return False
        position = span.end
    return not sample.text[position:].strip()


def all_tile(samples: "Sequence[Sample]") -> bool:
    """Whether the spans of all samples that are annotated tile their texts; not of none."""
    annotated = [sample for sample in samples if sample.spans_annotated]
    return any(sample.targets for sample in annotated) and all(map(tiles, annotated))


def check_tiled(samples: "Sequence[Sample]") -> None:
    """FewnerError if the spans of a sample that is annotated do not tile its text."""
    for index, sample in enumerate(samples):
        if sample.spans_annotated and not tiles(sample):
            raise FewnerError(
                sample.place or f"samples[{index}]",
                "with tiling, each character of a text must lie in exactly one span",
                repr(sample.text[:60]),
                "Complete its spans, or leave tiling to the data (no --tiling).",
            )
