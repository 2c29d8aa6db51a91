"""What each text to be generated is about: seeds to show, topics, lengths, entities to mention.

Without a plan a model writes the same few texts again and again, small ones above all. Ours;
ProgGen's attributes are those of a call, here each text has its own.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ...types import Sample
from ..labels import LabelNames
from .rotation import dealt

_MAX_MENTIONS = 4
_CJK_WORD = 12  # characters a "word" at which a text is taken to have no spaces between words


@dataclass(frozen=True)
class Pools:
    """What plans draw from.

    topics: of texts. entities: surfaces by label id.
    """

    topics: Sequence[str]
    entities: Mapping[str, Sequence[str]]


class Planner:
    """Deals seeds and plans, all from one seeded order."""

    def __init__(self, seeds: Sequence[Sample], names: LabelNames, pools: Pools, seed: int | str):
        rng, ids = random.Random(seed), names.schema.ids
        self._names = names
        self._seeds = dealt(list(range(len(seeds))), rng)
        self._all = seeds
        self._topics = dealt(list(dict.fromkeys(pools.topics)), rng)
        self._labels = dealt(ids, rng)
        self._entities = {
            label: dealt(list(dict.fromkeys(pools.entities.get(label, ()))), rng) for label in ids
        }
        self._lengths = dealt([length_of(seed.text) for seed in seeds], rng)
        self._mentions = dealt([min(len(seed.spans), _MAX_MENTIONS) for seed in seeds], rng)

    def seeds(self, count: int) -> list[Sample]:
        """The next seeds to show, no more than there are."""
        numbers = dict.fromkeys(islice(self._seeds, min(count, len(self._all))))
        return [self._all[number] for number in numbers]

    def plans(self, count: int) -> list[dict[str, Any]]:
        """Topic, length and mentions of so many texts, distributed as those of the seeds."""
        return [self._plan() for _ in range(count)]

    def _plan(self) -> dict[str, Any]:
        size, unit = next(self._lengths)
        labels = [next(self._labels) for _ in range(next(self._mentions))]
        mentions = [self._mention(label) for label in dict.fromkeys(labels)]
        topic = next(self._topics, "")
        return {"length": f"{size} {unit}", "topic": topic, "mentions": mentions}

    def _mention(self, label: str) -> str:
        name = self._names.show(label)
        surface = next(self._entities[label], "")
        return f"{surface} ({name})" if surface else f"some {name}"


def length_of(text: str) -> tuple[int, str]:
    """Words, or characters where words are not spaced."""
    words = len(text.split()) or 1
    return (len(text), "characters") if len(text) > _CJK_WORD * words else (words, "words")


def surfaces(seeds: Sequence[Sample]) -> Iterator[tuple[str, str]]:
    """(label, surface) of each span."""
    return ((span.label, span.surface(seed.text)) for seed in seeds for span in seed.spans)
