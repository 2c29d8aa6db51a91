"""The lines of a sentence in CoNLL-U, to be written again with all their columns."""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from ....types import CharSpan, Sample


@dataclass(frozen=True, slots=True, eq=False)
class ConlluLines:
    """The lines that a sample was read from, with the comments before them.

    empty: how many empty nodes (8.1) are among them. text, spans: as read.
    """

    formats: ClassVar = ("conllu",)
    lines: tuple[str, ...]
    empty: int
    text: str
    spans: tuple[CharSpan, ...]

    def extras(self) -> Counter[str]:
        """A sentence with columns beside token and tag, and its empty nodes."""
        return Counter({"further columns of sentences": 1, "empty nodes": self.empty})

    def holds(self, sample: Sample) -> bool:
        """Whether the lines still say what the sample does."""
        return (sample.text, sample.spans) == (self.text, self.spans)


def own_block(sample: Sample) -> str | None:
    """The lines of the sample, if it was read from some that still say the same."""
    source = sample.source
    if isinstance(source, ConlluLines) and source.holds(sample):
        return "\n".join(source.lines) + "\n\n"
    return None
