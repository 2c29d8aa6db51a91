"""Cross-validation folds and a dev split with the labels balanced.

Iterative stratification (Sechidis et al. 2011): the label with the fewest samples left goes
first, each of its samples to the part that wants the label most. Samples of the same text stay
together, so that no part is tested on a text that another was trained on.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..errors import FewnerError
from ..types import Sample
from .given import as_samples
from .sampling import labels_of


@dataclass
class _Group:
    """Samples of one text."""

    indices: list[int] = field(default_factory=list)
    labels: Counter[str] = field(default_factory=Counter)


@dataclass
class _Part:
    """What a part still wants: samples, and samples of each label."""

    size: float
    labels: dict[str, float]
    groups: list[_Group] = field(default_factory=list)

    def add(self, group: _Group) -> None:
        self.groups.append(group)
        self.size -= len(group.indices)
        for label, count in group.labels.items():
            self.labels[label] -= count

    @property
    def indices(self) -> set[int]:
        return {index for group in self.groups for index in group.indices}


def folds(
    samples: Sequence[Sample], n: int, seed: int = 0
) -> list[tuple[list[Sample], list[Sample]]]:
    """n pairs (train, held out), every sample held out once, in the samples' own order."""
    samples = as_samples(samples, "samples")
    groups = _groups(samples)
    if not 2 <= n <= len(groups):
        raise FewnerError(
            "n",
            f"must be from 2 to the number of different texts, {len(groups)}",
            n,
            "Choose fewer folds or annotate more texts.",
        )
    parts = _stratify(groups, [1 / n] * n, seed)
    return [_split(samples, part.indices) for part in parts]


def train_dev_split(
    samples: Sequence[Sample], fraction: float, seed: int = 0
) -> tuple[list[Sample], list[Sample]]:
    """(train, dev) with about `fraction` of the samples in dev, at least one in each."""
    if not 0 < fraction < 1:
        raise FewnerError("fraction", "must lie between 0 and 1", fraction, "0.2 is usual.")
    samples = as_samples(samples, "samples")
    groups = _groups(samples)
    if len(groups) < 2:
        raise FewnerError(
            "samples", "must hold two different texts", len(groups), "Annotate more texts."
        )
    _, dev = _stratify(groups, [1 - fraction, fraction], seed)
    return _split(samples, dev.indices)


def _groups(samples: Sequence[Sample]) -> list[_Group]:
    groups: dict[str, _Group] = {}
    for index, sample in enumerate(samples):
        group = groups.setdefault(sample.text, _Group())
        group.indices.append(index)
        group.labels.update(labels_of(sample))
    return list(groups.values())


def _stratify(groups: list[_Group], shares: list[float], seed: int) -> list[_Part]:
    rng = random.Random(seed)
    remaining = rng.sample(groups, len(groups))
    totals = sum((group.labels for group in groups), Counter[str]())
    size = sum(len(group.indices) for group in groups)
    parts = [
        _Part(size * share, {label: total * share for label, total in totals.items()})
        for share in shares
    ]
    while remaining:
        counts = Counter(label for group in remaining for label in group.labels)
        rarest = min(counts, key=lambda label: (counts[label], label), default=None)
        for group in [g for g in remaining if rarest is None or rarest in g.labels]:
            _neediest(parts, rarest, rng).add(group)
        remaining = [] if rarest is None else [g for g in remaining if rarest not in g.labels]
    _fill_empty(parts)
    return parts


def _neediest(parts: list[_Part], label: str | None, rng: random.Random) -> _Part:
    def need(part: _Part) -> tuple[float, float, float]:
        return (part.labels[label] if label is not None else 0.0, part.size, rng.random())

    return max(parts, key=need)


def _fill_empty(parts: list[_Part]) -> None:
    """A part left empty by few, crowded samples gets a group of the fullest."""
    for part in parts:
        if not part.groups:
            fullest = max(parts, key=lambda other: len(other.groups))
            part.add(fullest.groups.pop())


def _split(samples: Sequence[Sample], held: set[int]) -> tuple[list[Sample], list[Sample]]:
    train = [sample for index, sample in enumerate(samples) if index not in held]
    return train, [samples[index] for index in sorted(held)]
