"""What labels mean, read by a base encoder that came along with an exported pipeline."""

from collections.abc import Sequence

import numpy as np

from ..encoders.inputs.pieces import PieceReader
from ..spans.open.texts import texts_of
from ..types import LabelSpec
from .arrays import unit
from .graph import Graph


class MeaningReader:
    """The same vectors as spans/open/vectors.py and encoders/sentences.py give."""

    def __init__(self, reader: PieceReader, base: Graph, width: int):
        self._reader, self._base, self._width = reader, base, width

    def label_vectors(self, labels: Sequence[LabelSpec]) -> np.ndarray:
        """(labels, width), each of length 1: the mean over the texts of a label (`texts_of`)."""
        means = np.stack([self._read(texts_of(label)).mean(axis=0) for label in labels])
        return unit(means)

    def _read(self, texts: Sequence[str]) -> np.ndarray:
        """(texts, width), each of length 1: the sum of a text's word pieces, one window at a time,
        so that no vector depends on what else is read."""
        rules = self._reader.rules
        sums = np.zeros((len(texts), self._width), dtype="float32")
        for total, encoding in zip(sums, self._reader.encode(texts), strict=True):
            for at in range(0, max(len(encoding.ids), 1), rules.limit):
                total += self._window(rules.around(encoding.ids[at : at + rules.limit]))
        return unit(sums)

    def _window(self, ids: list[int]) -> np.ndarray:
        (hidden,) = self._base.run(self._reader.rules.row(ids))
        return hidden[0].sum(axis=0)
