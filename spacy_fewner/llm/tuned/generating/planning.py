"""Which prompts go through the model together, and what of them is read once for several."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_WORTH = 16  # tokens that prompts must share, besides what all share, to be read together


@dataclass(frozen=True)
class Sharing:
    """Of a batch, in its order. common: tokens that all begin with. groups: (rows, tokens) of rows
    side by side that begin with so many tokens alike. At least one token of each row is its own."""

    common: int
    groups: tuple[tuple[int, int], ...]


def batches(prompts: Sequence[Sequence[int]], size: int) -> list[list[int]]:
    """Indices of the prompts, in batches of at most `size`: those that begin alike side by side,
    and these families by length, so that little is padded."""
    order = sorted(range(len(prompts)), key=lambda at: list(prompts[at]))
    families: list[list[int]] = []
    start = 0
    for rows, _ in _groups([prompts[at] for at in order]):
        families.append(order[start : start + rows])
        start += rows
    families.sort(key=lambda family: max(len(prompts[at]) for at in family))
    placed = [at for family in families for at in family]
    return [placed[at : at + size] for at in range(0, len(placed), size)]


def sharing(prompts: Sequence[Sequence[int]]) -> Sharing:
    return Sharing(_common(_likeness(prompts), prompts), tuple(_groups(prompts)))


def _groups(prompts: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    alike = _likeness(prompts)
    common = _common(alike, prompts)
    found: list[tuple[int, int]] = []
    start = 0
    for end in range(1, len(prompts) + 1):
        if end == len(prompts) or alike[end - 1] < common + _WORTH:
            own = min(len(one) for one in prompts[start:end]) - 1
            shared = min([own, *alike[start : end - 1]]) if end - start > 1 else common
            found.append((end - start, max(common, shared)))
            start = end
    return found


def _likeness(prompts: Sequence[Sequence[int]]) -> list[int]:
    """How many tokens each begins with that the one before has too."""
    return [prefix(*pair) for pair in pairwise(prompts)]


def _common(alike: Sequence[int], prompts: Sequence[Sequence[int]]) -> int:
    return min([*alike, *(len(one) - 1 for one in prompts)], default=0)


def prefix(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))
