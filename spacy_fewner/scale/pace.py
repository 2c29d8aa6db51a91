"""How fast texts are annotated, and how long the rest takes at that pace."""

import time
from collections.abc import Sequence

from ..progress import Count, in_words
from .reading.items import Place
from .reading.source import Source


class Pace:
    """Counts texts, and says how many a second and how much of the input is left.

    before: where an earlier run ended, texts: how many it wrote.
    """

    def __init__(self, count: Count, sources: Sequence[Source], before: Place, texts: int):
        self._count, self._sources = count, sources
        self._before, self._begun, self._texts = self._share(before), time.monotonic(), 0
        if texts:
            count.resume(texts)

    def step(self, texts: int, place: Place) -> None:
        """So many texts more, up to the place."""
        self._texts += texts
        seconds = max(1e-9, time.monotonic() - self._begun)
        note = f"{self._texts / seconds:,.0f} a second"
        share = self._share(place)
        if share > self._before:
            left = seconds * (1 - share) / (share - self._before)
            note += f", {share:.0%}, {in_words(left)} left"
        self._count.note(note)
        self._count.step(texts)

    def _share(self, place: Place) -> float:
        """Of the bytes of all files; 0 where that is not known, as of stdin."""
        sizes = [source.size for source in self._sources if source.size is not None]
        if len(sizes) < len(self._sources) or not sum(sizes):
            return 0.0
        before = float(sum(sizes[: place.source]))
        if place.source < len(sizes) and (length := self._sources[place.source].length):
            before += sizes[place.source] * place.offset / length
        return before / sum(sizes)
