"""What each call shows and each text is to be about, for one group of classes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ...types import Sample
from ..labels import LabelNames
from ..phrases import phrases_in
from ..planning.plans import length_of
from ..planning.rotation import dealt, interleaved
from .groups import Group
from .nearness import Nearest


@dataclass(frozen=True)
class Scheme:
    """What all groups share.

    groups: all there are. nearest: see there. neighbours: how many other classes a call tells of.
    between: share of the texts that are to be close to one of them. language: of the texts.
    """

    names: LabelNames
    groups: Sequence[Group]
    nearest: Nearest
    neighbours: int
    between: float
    language: str = "en"

    def near(self, group: Group) -> list[str]:
        """The nearest classes that are none of the group's, nor in line with one of them."""
        allowed = set.intersection(*(set(self.nearest[label]) for label in group.ids))
        rows = [self.nearest[label] for label in group.ids]
        return [label for label in interleaved(rows) if label in allowed][: self.neighbours]

    def listed(self, group: Group) -> list[dict[str, str]]:
        """Name and description of the group's classes and of its neighbours, as in the schema."""
        told = {*group.ids, *self.near(group)}
        return [self.told(label) for label in self.names.schema.ids if label in told]

    def told(self, label_id: str) -> dict[str, str]:
        """With what a class in a tree is a kind of: its name alone may mean anything."""
        label = next(label for label in self.names.schema if label.id == label_id)
        kind = phrases_in(self.language).kind_of.format(label.parent) if label.parent else ""
        description = f"{label.description}{kind}".strip()
        return {"name": self.names.show(label_id), "description": description}


class GroupPlanner:
    """Deals examples and plans of one group, all from one seeded order.

    topics: for its texts; may be empty.
    """

    def __init__(self, group: Group, scheme: Scheme, topics: Sequence[str], seed: int | str):
        rng = random.Random(f"{seed} {' '.join(group.ids)}")
        self.group, self._scheme, self._rng = group, scheme, rng
        self.shown_of = group if group.seeds else self._nearest_with_seeds()
        self._near = dealt(scheme.near(group), rng)
        self._topics = dealt(list(dict.fromkeys(topics)), rng)
        self._examples = dealt(list(range(len(self.shown_of.seeds))), rng)
        others = [label for label in scheme.near(group) if label not in self.shown_of.ids]
        by_class = {label: self._seeds_of(label) for label in others}
        self._others = {label: dealt(seeds, rng) for label, seeds in by_class.items() if seeds}
        lengths = group.seeds or [seed for one in scheme.groups for seed in one.seeds]
        self._lengths = dealt([length_of(seed.text, scheme.language) for seed in lengths], rng)

    def examples(self, count: int) -> list[Sample]:
        """The next to show, no more than there are."""
        seeds = self.shown_of.seeds
        numbers = dict.fromkeys(islice(self._examples, min(count, len(seeds))))
        return [seeds[number] for number in numbers]

    def contrast(self, count: int) -> list[tuple[str, Sample]]:
        """The next text of each of so many neighbours, the nearest, with its class; not of one
        whose texts are shown."""
        return [(label, next(texts)) for label, texts in islice(self._others.items(), count)]

    def plans(self, count: int) -> list[dict[str, Any]]:
        """Length, topic, and what other class to be close to, of so many texts."""
        return [self._plan() for _ in range(count)]

    def _plan(self) -> dict[str, Any]:
        length = next(self._lengths)
        close = self._rng.random() < self._scheme.between
        near = next(self._near, None) if close else None
        shown = "" if near is None else self._scheme.names.show(near)
        return {"length": length, "topic": next(self._topics, ""), "near": shown}

    def _seeds_of(self, label: str) -> list[Sample]:
        """Texts of this class and of none of the group's."""
        return [
            seed
            for group in self._scheme.groups
            if label in group.ids and not set(group.ids) & set(self.group.ids)
            for seed in group.seeds
        ]

    def _nearest_with_seeds(self) -> Group:
        """The first group with a near class that has examples, for their style; else itself."""
        for label in self._scheme.nearest[self.group.ids[0]]:
            for group in self._scheme.groups:
                if label in group.ids and group.seeds:
                    return group
        return self.group
