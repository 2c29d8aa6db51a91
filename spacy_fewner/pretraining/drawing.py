"""Which texts come when: data sets by their shares, each text once before any comes twice."""

from collections.abc import Mapping, Sequence

import numpy as np

POWER = 0.5  # a data set of n texts is drawn like n ** POWER: the large do not drown the small


class Drawing:
    """Draws data sets and texts; depends on the seed, the step and how often each was drawn, and on
    nothing else, so that a run goes on where it stopped.

    sizes: texts of each data set, by name, one or more. shares: by name, a factor of its part; 1
    where nothing is said.
    """

    def __init__(self, sizes: Mapping[str, int], shares: Mapping[str, float], seed: int):
        self.names = sorted(sizes)
        self.sizes, self.seed = dict(sizes), seed
        parts = np.asarray([shares.get(n, 1.0) * sizes[n] ** POWER for n in self.names])
        self._chances = parts / parts.sum()
        self.drawn = dict.fromkeys(self.names, 0)
        self._orders: dict[str, tuple[int, np.ndarray]] = {}

    def draw(self, rng: np.random.Generator, n: int) -> tuple[str, list[int]]:
        """A data set, and the next n of its texts."""
        name = self.names[rng.choice(len(self.names), p=self._chances)]
        return name, [self._next(name) for _ in range(n)]

    def _next(self, name: str) -> int:
        round_, at = divmod(self.drawn[name], self.sizes[name])
        self.drawn[name] += 1
        return int(self._order(name, round_)[at])

    def _order(self, name: str, round_: int) -> np.ndarray:
        known = self._orders.get(name)
        if known is None or known[0] != round_:
            rng = np.random.default_rng([self.seed, self.names.index(name), round_])
            known = self._orders[name] = (round_, rng.permutation(self.sizes[name]))
        return known[1]


def parts_of(total: int, group: int) -> Sequence[int]:
    """A batch in groups: 20 by 8 is 8, 8, 4."""
    return [min(group, total - at) for at in range(0, total, group)]
