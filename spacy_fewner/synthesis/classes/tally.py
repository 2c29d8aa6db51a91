"""How many texts of each group of classes are wanted, asked for and made."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ...types import Sample
from ..stage import Outcome

Ids: TypeAlias = tuple[str, ...]
"""The classes of a group."""

_LEAST_YIELD = 0.1  # of the texts asked for; bounds the calls of a round that follows a poor one


@dataclass
class Tally:
    """wanted: texts of each group."""

    wanted: Mapping[Ids, int]
    made: Counter[Ids] = field(default_factory=Counter)
    asked: Counter[Ids] = field(default_factory=Counter)

    def missing(self) -> dict[Ids, int]:
        """Of the groups that lack texts, how many."""
        lacking = {ids: count - self.made[ids] for ids, count in self.wanted.items()}
        return {ids: count for ids, count in lacking.items() if count > 0}

    def round(self, per_call: int) -> list[tuple[Ids, int]]:
        """The calls that are to bring what is missing, each with the texts to ask for: the first
        call of each group, then the second of each, …

        How many follows from what the rounds before gave, as a whole. So it does not depend on
        which reply came first, and a resumed run asks the same.
        """
        texts = {ids: math.ceil(n / self._rate(ids)) for ids, n in self.missing().items()}
        turns = range(-(-max(texts.values(), default=0) // per_call))
        calls = [
            (ids, min(per_call, count - turn * per_call))
            for turn in turns
            for ids, count in texts.items()
            if count > turn * per_call
        ]
        for ids, count in calls:
            self.asked[ids] += count
        return calls

    def counted(self, ids: Ids, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """The outcomes of a call, counted."""
        for outcome in outcomes:
            self.made[ids] += isinstance(outcome, Sample)
            yield outcome

    def _rate(self, ids: Ids) -> float:
        """Texts made for each one asked for."""
        return max(self.made[ids] / self.asked[ids], _LEAST_YIELD) if self.asked[ids] else 1.0
