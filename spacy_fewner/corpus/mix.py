"""One training corpus out of several sources: sizes, repeats and loss weights."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..data.given import as_samples
from ..errors import FewnerError
from ..types import Sample


@dataclass(frozen=True)
class Source:
    """Samples of one origin.

    weight: what their loss is multiplied by (beta of KnowFREE eq 14 for synthetic text, 1 for
        gold).
    repeat: how often each is in the mix.
    limit: at most so many of them, chosen at random; None for all.
    """

    name: str
    samples: Sequence[Sample]
    weight: float = 1.0
    repeat: int = 1
    limit: int | None = None

    def __post_init__(self) -> None:
        _require(self.weight >= 0, "weight", "must not be negative", self.weight)
        _require(self.repeat >= 1, "repeat", "must be 1 or more", self.repeat)
        _require(self.limit is None or self.limit >= 0, "limit", "must not be below 0", self.limit)


def mix(sources: Sequence[Source], seed: int = 0, shuffle: bool = True) -> list[Sample]:
    """All sources together; each sample's meta says its "source".

    A source's choice depends on the seed and its own name and samples alone, and a larger limit
    holds all of a smaller one: sizes can be compared. Weights multiply those of the samples.
    """
    names = [source.name for source in sources]
    _require(len(set(names)) == len(names), "sources", "must have names of their own", names)
    mixed: list[Sample] = []
    for source in sources:
        for sample in _chosen(source, seed):
            meta = {**sample.meta, "source": source.name}
            weighted = replace(sample, weight=sample.weight * source.weight, meta=meta)
            mixed += [weighted] * source.repeat
    if shuffle:
        random.Random(seed).shuffle(mixed)
    return mixed


def _chosen(source: Source, seed: int) -> Sequence[Sample]:
    samples = as_samples(source.samples, f"samples of {source.name}")
    if source.limit is None or source.limit >= len(samples):
        return samples
    order = list(range(len(samples)))
    random.Random(f"{seed} {source.name}").shuffle(order)
    return [samples[place] for place in sorted(order[: source.limit])]


def _require(holds: bool, argument: str, rule: str, value: object) -> None:
    if not holds:
        raise FewnerError(argument, rule, value, "Change it.")
