"""The lines of a sentence in a column file, to be written again with all their columns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ...types import CharSpan, Sample


@dataclass(frozen=True, slots=True, eq=False)
class ConllLines:
    """The lines that a sample was read from, with the comments before them.

    width: how many columns. joiner: what stood between tokens in the text. text, spans: as read.
    """

    formats: ClassVar = ("conll",)
    lines: tuple[str, ...]
    width: int
    joiner: str
    text: str
    spans: tuple[CharSpan, ...]

    def extras(self) -> Counter[str]:
        """A sentence with columns beside token and tag, if it has any."""
        return Counter({"further columns of sentences": int(self.width > 2)})

    def holds(self, sample: Sample) -> bool:
        """Whether the lines still say what the sample does."""
        return (sample.text, sample.spans) == (self.text, self.spans)


def own_lines(samples: Sequence[Sample]) -> str | None:
    """The lines of all samples; None unless all have some, of as many columns, and still say the
    same."""
    sources = [sample.source for sample in samples]
    lines = [source for source in sources if isinstance(source, ConllLines)]
    if len(lines) < len(samples) or len({(one.width, one.joiner) for one in lines}) != 1:
        return None
    if not all(one.holds(sample) for one, sample in zip(lines, samples, strict=True)):
        return None
    return "".join("\n".join(one.lines) + "\n\n" for one in lines)
