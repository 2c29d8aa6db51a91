"""Retrieval-based generation: texts of the user's own corpus show the LLM what to write (LOCUS)."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import cycle

from ...grounding.normal import fold
from ...types import Sample
from ..checks import at_least, check
from ..planning.rotation import interleaved
from ..retrieval.index import Index
from .generate import Generate


@dataclass(frozen=True)
class Retrieve(Generate):
    """Generation that shows unlabelled texts like the seeds; settings of `Generate`, and:

    index: of the unlabelled corpus.
    k: texts retrieved a round over the pool, those most like the seeds (k of LOCUS).
    m: of these, how many a call shows.
    max_chars: longer texts of the corpus are passed over.

    LOCUS does not say how likeness to a set of seeds is measured. Ours: seeds take turns, the
    nearest of each first, so that none of them fills the k alone. Calls show other texts each time
    until all k have been shown; then come the next k.
    """

    _: KW_ONLY
    index: Index | None = None
    k: int = 50
    m: int = 5
    max_chars: int = 600
    name: str = "retrieve"

    def __post_init__(self) -> None:
        super().__post_init__()
        at_least(self, 1, "k", "m", "max_chars")
        check(
            "index",
            self.index is not None and len(self.index) > 0,
            "retrieval needs an unlabelled corpus",
            "no text",
            "Give an Index with the texts of your domain, or use the stage Generate.",
        )

    def contexts(self, seeds: Sequence[Sample]) -> Iterator[Sequence[str]]:
        rng = random.Random(self.seed)
        found = list(self._near(seeds))
        rule = f"must have texts of up to {self.max_chars} characters that are no seeds"
        check("index", bool(found), rule, "none", "Split long texts into sentences.")
        for start in cycle(range(0, len(found), self.k)):
            pool = rng.sample(found[start : start + self.k], len(found[start : start + self.k]))
            yield from (pool[at : at + self.m] for at in range(0, len(pool), self.m))

    def _near(self, seeds: Sequence[Sample]) -> Iterator[str]:
        """All of the corpus that is worth showing, the most like first."""
        assert self.index is not None
        texts = [seed.text for seed in seeds]
        known = {fold(text) for text in texts}
        hits = self.index.search(texts, self._depth(len(texts)))
        for text in interleaved([[hit.text for hit in row] for row in hits]):
            if len(text) <= self.max_chars and fold(text) not in known:
                yield text

    def _depth(self, n_seeds: int) -> int:
        """Neighbours of each seed: enough for all calls if all of them were the same."""
        calls = self.rounds * -(-self.target_size // self.per_call)
        return max(self.k, min(self.m * calls, 20 * self.k))
