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
from ..phrases import is_unspaced, phrases_in
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
    """Deals seeds and plans, all from one seeded order. language: of the texts."""

    def __init__(
        self,
        seeds: Sequence[Sample],
        names: LabelNames,
        pools: Pools,
        seed: int | str,
        language: str = "en",
    ):
        rng, ids = random.Random(seed), names.schema.ids
        self._names, self._said = names, phrases_in(language)
        self._seeds = dealt(list(range(len(seeds))), rng)
        self._all = seeds
        self._topics = dealt(list(dict.fromkeys(pools.topics)), rng)
        self._labels = dealt(ids, rng)
        self._entities = {
            label: dealt(list(dict.fromkeys(pools.entities.get(label, ()))), rng) for label in ids
        }
        self._lengths = dealt([length_of(seed.text, language) for seed in seeds], rng)
        self._mentions = dealt([min(len(seed.spans), _MAX_MENTIONS) for seed in seeds], rng)

    def seeds(self, count: int) -> list[Sample]:
        """The next seeds to show, no more than there are."""
        numbers = dict.fromkeys(islice(self._seeds, min(count, len(self._all))))
        return [self._all[number] for number in numbers]

    def plans(self, count: int) -> list[dict[str, Any]]:
        """Topic, length and mentions of so many texts, distributed as those of the seeds."""
        return [self._plan() for _ in range(count)]

    def _plan(self) -> dict[str, Any]:
        length = next(self._lengths)
        labels = [next(self._labels) for _ in range(next(self._mentions))]
        mentions = [self._mention(label) for label in dict.fromkeys(labels)]
        topic = next(self._topics, "")
        return {"length": length, "topic": topic, "mentions": mentions}

    def _mention(self, label: str) -> str:
        name = self._names.show(label)
        surface = next(self._entities[label], "")
        said = self._said
        return said.entity.format(surface, name) if surface else said.any_entity.format(name)


def length_of(text: str, language: str = "en") -> str:
    """Words, or characters where words are not spaced: in a language without spaces, or by the look
    of the text; "9 words"."""
    said, words = phrases_in(language), len(text.split()) or 1
    if is_unspaced(language) or len(text) > _CJK_WORD * words:
        return said.characters.format(len(text))
    return said.words.format(words)


def surfaces(seeds: Sequence[Sample]) -> Iterator[tuple[str, str]]:
    """(label, surface) of each span."""
    return ((span.label, span.surface(seed.text)) for seed in seeds for span in seed.spans)
