"""What belongs to the labels of a span head, as arrays: logits of a band's spans for some of them.

The same numbers as `SpanGrid`, `LabelLikeness` and `TokenEvidence` give.
"""

from dataclasses import dataclass

import numpy as np

from ...spans.grid.roles import AFTER, BEFORE, END, INSIDE, START
from ..arrays import unit

EPSILON = 1e-12
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Near:
    """Tokens around R rows of packed documents, and what of them lies where.

    tokens: (1 + R + W, n_in): the token before the rows, theirs, and the W after them; zeros
        outside the batch. first, last: (1 + R + W,) whether each is the first or last of its
        document. rows: R. width: W.
    """

    tokens: np.ndarray
    first: np.ndarray
    last: np.ndarray
    rows: int
    width: int


class LabelReading:
    """Weights of labels by the names that they have in a `SpanGrid`; those of parts that the head
    does not have are missing."""

    def __init__(self, weights: Arrays):
        self.weights = weights
        self._evidence = "evidence.weight" in weights

    def lengths(self, projected: np.ndarray, rows: int, width: int) -> np.ndarray:
        """For the likeness to labels, once for all of them: (rows, width), `scale` over the length
        of each span's sum of tokens. projected: (rows + width - 1, n_in), the rows' and those after
        them."""
        squared = _squared_norms(projected, rows, width)
        return self.weights["likeness.scale"] / np.sqrt(np.maximum(squared, EPSILON))

    def logits(
        self,
        cells: np.ndarray,
        near: Near,
        alike: tuple[np.ndarray, np.ndarray] | None,
        labels: slice,
    ) -> np.ndarray:
        """cells: (R, W, cell). alike: with label vectors, projected tokens and `lengths` -> (R, W,
        labels) of some labels."""
        weights = self.weights
        found = cells @ weights["out.weight"][labels].T
        found += weights["out.bias"][labels]
        if alike is not None:
            self._add_likeness(found, *alike, labels)
        if self._evidence:
            self._add_evidence(found, near, labels)
        return found

    def _add_likeness(
        self, found: np.ndarray, projected: np.ndarray, scales: np.ndarray, labels: slice
    ) -> None:
        meanings = self.weights["likeness.labels"][labels]
        alike = projected @ unit(meanings).T
        rows, total = len(found), np.zeros_like(found[:, 0])
        for offset in range(found.shape[1]):
            total += alike[offset : offset + rows]
            found[:, offset] += total * scales[:, offset, None]

    def _add_evidence(self, found: np.ndarray, near: Near, labels: slice) -> None:
        weight = self.weights["evidence.weight"][labels]  # (labels, roles, n_in)
        roles = weight.transpose(1, 0, 2).reshape(-1, weight.shape[-1])
        read = (near.tokens @ roles.T).reshape(len(near.tokens), -1, len(weight))
        before, after = read[:-2, BEFORE], read[2:, AFTER]
        first, last = near.first[1:-1, None], near.last[1:-1, None]
        start = read[1:-1, START] + np.where(first, 0, before)
        end = read[1:-1, END] + np.where(last, 0, after)
        inside = read[1:-1, INSIDE]
        rows, total = len(found), np.zeros_like(found[:, 0])
        for offset in range(found.shape[1]):
            own = slice(offset, offset + rows)
            total += inside[own]
            found[:, offset] += total / (offset + 1) + end[own] + start[:rows]


def _squared_norms(tokens: np.ndarray, rows: int, width: int) -> np.ndarray:
    """(rows + width - 1, D) -> (rows, width): |token i + ... + token i + k|^2 at [i, k].

    A span one token longer adds that token's product with itself, and twice those with the tokens
    before it.
    """
    found = np.empty((rows, width), dtype=tokens.dtype)
    alone = np.einsum("td,td->t", tokens, tokens)
    with_before = np.zeros_like(alone)  # of each token, with those before it in the span
    total = np.zeros(rows, dtype=tokens.dtype)
    for offset in range(width):
        if offset:
            pairs = np.einsum("td,td->t", tokens[offset:], tokens[:-offset])
            with_before[offset:] += pairs
        own = slice(offset, offset + rows)
        total = total + alone[own] + 2 * with_before[own]
        found[:, offset] = total
    return found
