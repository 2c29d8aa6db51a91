"""Retrieval-based generation: texts of the user's own corpus show the LLM what to write (LOCUS)."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass

from ...types import Sample
from ..checks import at_least
from ..retrieval.index import Index
from ..retrieval.turns import Turns, check_index
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
        check_index(self.index, "Generate")

    def contexts(self, seeds: Sequence[Sample]) -> Iterator[Sequence[str]]:
        assert self.index is not None
        calls = self.rounds * -(-self.target_size // self.per_call)
        turns = Turns(self.index, self.k, self.m, self.max_chars, calls)
        return turns.of([seed.text for seed in seeds], random.Random(self.seed))
