"""The line of a segmented text that a sample was read from, to be written again."""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from ....types import CharSpan, Sample


@dataclass(frozen=True, slots=True, eq=False)
class WordLine:
    """text, spans: as read."""

    formats: ClassVar = ("words",)
    line: str
    text: str
    spans: tuple[CharSpan, ...]

    def extras(self) -> Counter[str]:
        """Nothing: a line has words alone."""
        return Counter()

    def holds(self, sample: Sample) -> bool:
        """Whether the line still says what the sample does."""
        return (sample.text, sample.spans) == (self.text, self.spans)


def own_line(sample: Sample) -> str | None:
    """The line of the sample, if it was read from one that still says the same."""
    source = sample.source
    return source.line if isinstance(source, WordLine) and source.holds(sample) else None
