"""Some texts of several schemes, the labels they are asked about, and what counts in the loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..discovery.negative_types import ONLY_THESE
from .negatives import Negatives
from .texts import ReadText


class Asked(NamedTuple):
    """A text and the labels that it is asked about, each a key of `Batch.labels`."""

    text: ReadText
    scheme: str
    labels: Sequence[str]


@dataclass(frozen=True)
class Batch:
    """B texts of N tokens together, L labels, width W.

    labels: L (scheme, label), each once. ids: (B, T) word pieces, padded; mask: (B, T).
    pieces, owners: (pairs,) flat places in ids and the tokens, counted over all texts.
    lengths: (B,) tokens. gold: row, width - 1 and label of the spans: three (G,).
    cells: (N, W) 1 where a span counts, else 0. tokens: (N,) the same for single tokens.
    asked: (N, L) 1 where a token's text is asked about the label.
    """

    labels: list[tuple[str, str]]
    ids: np.ndarray
    mask: np.ndarray
    pieces: np.ndarray
    owners: np.ndarray
    lengths: np.ndarray
    gold: tuple[np.ndarray, np.ndarray, np.ndarray]
    cells: np.ndarray
    tokens: np.ndarray
    asked: np.ndarray


def ask(text: ReadText, negatives: Negatives, rng: np.random.Generator) -> Asked:
    present = dict.fromkeys(label for _, _, label in text.spans)
    absent = negatives.draw(text.sample, rng)
    return Asked(text, negatives.scheme.name, [*present, *absent])


def make_batch(given: Sequence[Asked], width: int, pad: int) -> Batch:
    """width: W, of the widest span in tokens. pad: the id of a word piece that is none."""
    columns: dict[tuple[str, str], int] = {}
    for one in given:
        for label in one.labels:
            columns.setdefault((one.scheme, label), len(columns))
    longest = max(len(one.text.ids) for one in given)
    ids = np.full((len(given), longest), pad, dtype="int64")
    mask = np.zeros((len(given), longest), dtype="int64")
    lengths = np.asarray([one.text.n_tokens for one in given])
    firsts = lengths.cumsum() - lengths
    asked = np.zeros((lengths.sum(), len(columns)), dtype="float32")
    cells = np.zeros((lengths.sum(), width), dtype="float32")
    tokens = np.zeros(lengths.sum(), dtype="float32")
    gold: list[tuple[int, int, int]] = []
    for number, (one, first) in enumerate(zip(given, firsts, strict=True)):
        text, rows = one.text, slice(first, first + one.text.n_tokens)
        ids[number, : len(text.ids)] = text.ids
        mask[number, : len(text.ids)] = 1
        asked[rows, [columns[one.scheme, label] for label in one.labels]] = 1.0
        cells[rows], tokens[rows] = _counting(text, width)
        gold += [
            (first + start, end - start - 1, columns[one.scheme, label])
            for start, end, label in text.spans
            if end - start <= width
        ]
    table = np.asarray(gold, dtype="int64").reshape(-1, 3)
    return Batch(
        list(columns),
        ids,
        mask,
        np.concatenate([n * longest + one.text.pieces for n, one in enumerate(given)]),
        np.concatenate([first + one.text.owners for first, one in zip(firsts, given, strict=True)]),
        lengths,
        (table[:, 0], table[:, 1], table[:, 2]),
        cells,
        tokens,
        asked,
    )


def _counting(text: ReadText, width: int) -> tuple[np.ndarray, np.ndarray]:
    """(m, W), (m,): which spans and tokens of a text say something of every label asked about.

    Where only some spans are annotated, those that share a token with one of them.
    """
    starts = np.arange(text.n_tokens)
    ends = starts[:, None] + np.arange(1, width + 1)
    real = ends <= text.n_tokens
    if not text.sample.meta.get(ONLY_THESE):
        return real, np.ones(text.n_tokens)
    touched = np.zeros(real.shape, dtype=bool)
    inside = np.zeros(text.n_tokens, dtype=bool)
    for start, end, _ in text.spans:
        touched |= (starts[:, None] < end) & (ends > start)
        inside[start:end] = True
    return real & touched, inside
