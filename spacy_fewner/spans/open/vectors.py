"""What labels mean, as vectors of a base encoder; each text is read once in a process."""

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import torch

from ...encoders.locking import MAKING_READY
from ...encoders.sentences import read_sentences
from ...types import LabelSpec
from .texts import texts_of


def label_vectors(labels: Sequence[LabelSpec], base: str, revision: str = "") -> np.ndarray:
    """(labels, width), each of length 1: the mean over the texts of a label (`texts_of`).

    base, revision: the encoder, as `resolve_base` takes it, without any adapter: what a label means
    does not move with what a model was trained on.
    """
    texts = [texts_of(label) for label in labels]
    read = _known(base, revision).read(text for own in texts for text in own)
    means = np.stack([np.mean([read[text] for text in own], axis=0) for own in texts])
    return means / np.linalg.norm(means, axis=1, keepdims=True)


class _Known:
    """Texts that a base has read, and their vectors."""

    def __init__(self, base: str, revision: str):
        self._base, self._revision = base, revision
        self._vectors: dict[str, np.ndarray] = {}

    def read(self, texts: Iterable[str]) -> dict[str, np.ndarray]:
        wanted = list(dict.fromkeys(texts))
        with MAKING_READY:
            new = [text for text in wanted if text not in self._vectors]
            if new:
                # Loading an encoder draws what its files lack: a training would then depend on
                # whether it was the first in its process.
                with torch.random.fork_rng(devices=[]):
                    vectors = read_sentences(self._base, new, self._revision)
                self._vectors.update(zip(new, vectors, strict=True))
            return {text: self._vectors[text] for text in wanted}


@cache
def _known(base: str, revision: str) -> _Known:
    return _Known(base, revision)
