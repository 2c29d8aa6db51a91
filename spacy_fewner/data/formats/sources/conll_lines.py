"""The lines of a sentence in a column file, to be written again with all their columns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from ....types import CharSpan, Sample
from ..columns import Wanted


class Asked(NamedTuple):
    """How a column file was asked to be read: see `read_conll`."""

    joiner: str = " "
    token_column: int | None = None
    tag_column: Wanted = None


@dataclass(frozen=True, slots=True, eq=False)
class ConllLines:
    """The lines that a sample was read from, with the comments before them.

    further: whether they have columns beside text and tags. text, spans: as read.
    """

    formats: ClassVar = ("conll",)
    lines: tuple[str, ...]
    further: bool
    asked: Asked
    text: str
    spans: tuple[CharSpan, ...]

    def extras(self) -> Counter[str]:
        """A sentence with columns beside token and tag, if it has any."""
        return Counter({"further columns of sentences": int(self.further)})

    def holds(self, sample: Sample) -> bool:
        """Whether the lines still say what the sample does."""
        return (sample.text, sample.spans) == (self.text, self.spans)


def own_lines(samples: Sequence[Sample]) -> str | None:
    """The lines of all samples; None unless all have some, that were read in one way and still say
    the same."""
    sources = [sample.source for sample in samples]
    lines = [source for source in sources if isinstance(source, ConllLines)]
    if not lines or len(lines) < len(samples) or any(o.asked != lines[0].asked for o in lines):
        return None
    if not all(one.holds(sample) for one, sample in zip(lines, samples, strict=True)):
        return None
    return "".join("\n".join(one.lines) + "\n\n" for one in lines)
