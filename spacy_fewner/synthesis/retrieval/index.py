"""A retrieval index over unlabelled texts: on disk, grows in place, exact when small.

A folder holds `texts.jsonl` (a JSON string a line), `vectors.f32` (little-endian rows of unit
length) and `index.json`, which says how much of the two counts. New texts are appended first and
counted last, so that a kill loses at most what had not been counted. Nothing in it is code.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from ..provenance import text_id
from .clusters import Clusters
from .embed import Embed, identity_of, unit_vectors
from .index_files import Files, IndexFiles, InMemory

EXACT_UP_TO = 50_000  # texts; about 0.1 s a query at width 384 on one core
_CHUNK = 2048  # texts embedded and written at a time


@dataclass(frozen=True, slots=True)
class Hit:
    """A text found: its number in the index and its cosine to the query."""

    text: str
    number: int
    score: float


class Index:
    """Texts and their embeddings; search by cosine.

    embed: any callable from texts to vectors; an existing folder must have been made with the
        same one (told apart by `identity`, else by name).
    path: folder, made when missing; None keeps everything in memory.
    exact_up_to: with more texts FAISS searches clusters of them (IVF), which may miss some.
    Raises FewnerError for a folder that is foreign, damaged, or made with another embedder.
    """

    def __init__(
        self, embed: Embed, path: str | Path | None = None, exact_up_to: int = EXACT_UP_TO
    ):
        self.embed, self.exact_up_to = embed, exact_up_to
        self._files: Files = IndexFiles(Path(path), identity_of(embed)) if path else InMemory()
        self._texts = list(self._files.texts())
        self._known = {text_id(text) for text in self._texts}
        self._clusters = Clusters()

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, texts: Iterable[str]) -> int:
        """Append the texts that are not blank and not in the index; how many these were.

        Reads lazily and keeps only text in memory when the index has a folder.
        """
        before = len(self)
        fresh = self._fresh(texts)
        while chunk := list(islice(fresh, _CHUNK)):
            try:
                self._files.append(chunk, unit_vectors(self.embed, chunk))
            except BaseException:
                self._known.difference_update(map(text_id, chunk))  # they may be added again
                raise
            self._texts += chunk
        return len(self) - before

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        """The k texts most like each query, the best first; of equal ones the older."""
        if not len(self) or not queries:
            return [[] for _ in queries]
        wanted = unit_vectors(self.embed, queries)
        vectors = self._files.vectors()
        if len(self) > self.exact_up_to:
            candidates: Sequence[np.ndarray | None] = self._clusters.near(wanted, vectors, k)
        else:
            candidates = [None] * len(queries)
        return [
            self._best(query, vectors, numbers, k)
            for query, numbers in zip(wanted, candidates, strict=True)
        ]

    def _best(
        self, query: np.ndarray, vectors: np.ndarray, numbers: np.ndarray | None, k: int
    ) -> list[Hit]:
        """numbers: (n,) those to choose from; None for all."""
        numbers = np.arange(len(vectors)) if numbers is None else np.sort(numbers)
        scores = vectors[numbers] @ query if len(numbers) < len(vectors) else vectors @ query
        # Rounded, since the last bits differ between machines and would change the order.
        order = np.argsort(-scores.round(5), kind="stable")[:k]
        return [
            Hit(self._texts[number], int(number), float(score))
            for number, score in zip(numbers[order], scores[order], strict=True)
        ]

    def _fresh(self, texts: Iterable[str]) -> Iterator[str]:
        for text in texts:
            key = text_id(text)
            if text.strip() and key not in self._known:
                self._known.add(key)
                yield text
