"""How unevenly mentions are spread over types: a few types have most of them (UniversalNER)."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..shown import shown_in_line
from ..types import PATH_SEPARATOR, Sample

# Of all types, the most frequent first: (name, up to which share of the types it reaches).
BANDS = (("top 1 %", 0.01), ("1-10 %", 0.1), ("rest", 1.0))
_SHOWN = 3  # types named in a band


@dataclass(frozen=True, slots=True)
class Band:
    """Types of about one frequency.

    types: the most frequent first, those of one count by name. mentions: of all of them.
    share: of the mentions of all bands, in [0, 1].
    """

    name: str
    types: tuple[str, ...]
    mentions: int
    share: float


@dataclass(frozen=True)
class TypeStatistics:
    """counts: mentions by type. texts: how many there were, with mentions or without."""

    counts: Counter[str]
    texts: int

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The most frequent first, those of one count by name."""
        return tuple(sorted(self.counts, key=lambda kind: (-self.counts[kind], kind)))

    @property
    def mentions(self) -> int:
        return self.counts.total()

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """The top 1 % of types, those from there to 10 %, the rest (UniversalNER, section 3.1).

        A share of the types is rounded up, so that the first band is never empty where there are
        types; of few types, a later one may be.
        """
        found: list[Band] = []
        start = 0
        for name, share in BANDS:
            end = math.ceil(round(share * len(self.types), 6))
            found.append(self._band(name, self.types[start:end]))
            start = max(start, end)
        return tuple(found)

    def _band(self, name: str, types: Sequence[str]) -> Band:
        mentions = sum(self.counts[kind] for kind in types)
        return Band(name, tuple(types), mentions, mentions / self.mentions if mentions else 0.0)

    def to_text(self) -> str:
        """For people: a line with the totals, and one a band."""
        texts, types = f"{self.texts:,} texts", f"{len(self.types):,} types"
        types += " and fields" if any(PATH_SEPARATOR in kind for kind in self.types) else ""
        lines = [f"{texts}, {self.mentions:,} mentions of {types}"]
        for band in self.bands if self.types else ():
            shown = ", ".join(shown_in_line(kind) for kind in band.types[:_SHOWN])
            more = ", …" if len(band.types) > _SHOWN else ""
            counts = f"{len(band.types):>7,} types  {100 * band.share:5.1f} % of mentions"
            lines.append(f"{band.name:<7}  {counts}  {shown}{more}".rstrip())
        return "\n".join(lines)


def type_statistics(samples: Iterable[Sample]) -> TypeStatistics:
    """Count the types of all spans but extensions. samples: read once, never kept."""
    counts: Counter[str] = Counter()
    texts = 0
    for sample in samples:
        texts += 1
        counts.update(span.label for span in sample.targets)
    return TypeStatistics(counts, texts)
