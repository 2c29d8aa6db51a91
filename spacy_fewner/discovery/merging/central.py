"""One definition out of several that mean the same, and vectors that are made once."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ...synthesis.retrieval.embed import Embed, unit_vectors


class Remembered:
    """An embedder that reads each text once."""

    def __init__(self, embed: Embed):
        self._embed = embed
        self._vectors: dict[str, np.ndarray] = {}

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors |= dict(zip(new, unit_vectors(self._embed, new), strict=True))
        return np.stack([self._vectors[text] for text in texts])


def central(definitions: Counter[str], embed: Embed) -> str:
    """The one nearest to the mean of all, each counted as often as it was given; "" of none."""
    order = sorted(definitions, key=lambda one: (-definitions[one], one))
    if len(order) < 2:
        return order[0] if order else ""
    vectors = unit_vectors(embed, order)
    weights = np.array([definitions[one] for one in order], dtype=np.float32)
    likeness = vectors @ (vectors * weights[:, None]).sum(axis=0)
    return order[int(likeness.round(5).argmax())]
