"""Texts of given classes, with texts of the user's own corpus to show what to write (LOCUS)."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass

from ..checks import at_least
from ..retrieval.index import Index
from ..retrieval.turns import Turns, check_index
from .generate import GenerateTexts
from .groups import Group
from .plans import Scheme


@dataclass(frozen=True)
class RetrieveTexts(GenerateTexts):
    """Generation that shows unlabelled texts like those of the class; settings of `GenerateTexts`,
    and:

    index: of the unlabelled corpus.
    k: texts retrieved a round over the pool, those most like the examples of the class (k of
        LOCUS), or like its description where it has none.
    m: of these, how many a call shows.
    max_chars: longer texts of the corpus are passed over.

    What is retrieved is shown as texts of any class: nobody has said that it is of this one.
    """

    _: KW_ONLY
    index: Index | None = None
    k: int = 50
    m: int = 5
    max_chars: int = 600
    name: str = "retrieve_texts"

    def __post_init__(self) -> None:
        super().__post_init__()
        at_least(self, 1, "k", "m", "max_chars")
        check_index(self.index, "GenerateTexts")

    def contexts(self, group: Group, scheme: Scheme) -> Iterator[Sequence[str]]:
        assert self.index is not None
        calls = self.rounds * -(-self.target_size // self.per_call)
        turns = Turns(self.index, self.k, self.m, self.max_chars, calls)
        rng = random.Random(f"{self._drawn_by} {' '.join(group.ids)}")
        told = [f"{one['name']}: {one['description']}" for one in map(scheme.told, group.ids)]
        return turns.of([seed.text for seed in group.seeds] or told, rng)
