"""Which texts of an index each call of generation shows."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from ...grounding.normal import fold
from ..checks import check
from ..planning.rotation import interleaved
from .index import Index


def check_index(index: Index | None, without: str) -> None:
    """Raise FewnerError for an index that holds nothing; without: the stage that needs none."""
    remedy = f"Give an Index with the texts of your domain, or use the stage {without}."
    rule = "retrieval needs an unlabelled corpus"
    check("index", index is not None and len(index) > 0, rule, "no text", remedy)


@dataclass(frozen=True)
class Turns:
    """Other texts for each call, until all of the k nearest were shown; then of the next k.

    k: texts retrieved a round. m: of these, how many a call shows. max_chars: longer texts are
    passed over. calls: how many there may be.
    """

    index: Index
    k: int
    m: int
    max_chars: int
    calls: int

    def of(self, texts: Sequence[str], rng: random.Random) -> Iterator[Sequence[str]]:
        """Endlessly, what is like these texts; never one of them."""
        found = list(self._near(texts))
        rule = f"must have texts of up to {self.max_chars} characters that are no seeds"
        check("index", bool(found), rule, "none", "Split long texts into sentences.")
        for start in cycle(range(0, len(found), self.k)):
            pool = rng.sample(found[start : start + self.k], len(found[start : start + self.k]))
            yield from (pool[at : at + self.m] for at in range(0, len(pool), self.m))

    def _near(self, texts: Sequence[str]) -> Iterator[str]:
        """All of the index that is worth showing, the most like first."""
        known = {fold(text) for text in texts}
        hits = self.index.search(texts, self._depth())
        for text in interleaved([[hit.text for hit in row] for row in hits]):
            if len(text) <= self.max_chars and fold(text) not in known:
                yield text

    def _depth(self) -> int:
        """Neighbours of each seed: enough for all calls if all of them were the same."""
        return max(self.k, min(self.m * self.calls, 20 * self.k))
