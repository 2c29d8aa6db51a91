"""An exported pipeline with less and less of it in 8-bit numbers."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
from spacy.language import Language
from thinc.api import Model

from ..encoder import EncoderShim
from ..graph import Graph
from ..grid.shim import HeadShim
from ..shims import shims_of
from .quantise import Quantiser

MOST_SEEN = 64  # calls of a graph; more tell nothing new


class _Watched(Graph):
    """Keeps what it is given."""

    def __init__(self, data: bytes, name: str):
        super().__init__(data, name)
        self.seen: list[Mapping[str, np.ndarray]] = []

    def run(self, inputs: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        if len(self.seen) < MOST_SEEN:
            self.seen.append(dict(inputs))
        return super().run(inputs)


class SmallGraphs:
    """nlp: exported in full precision; its graphs are exchanged. texts: real ones."""

    def __init__(self, nlp: Language, texts: Sequence[str]):
        self._places = list(_places(nlp))
        watched = [_Watched(graph.data, graph.name) for _, graph in self._places]
        self._put(watched)
        for _ in nlp.pipe(texts):
            pass
        seen = [_seen(own, watched) for own in watched]
        self._quantisers = [
            Quantiser(own.data, inputs) if inputs else None
            for own, inputs in zip(watched, seen, strict=True)
        ]

    def put(self, share: float) -> None:
        """share: of each graph's layers, those that lose most: they stay as they are."""
        graphs = [
            Graph(_left(quantiser, share), graph.name) if quantiser else graph
            for quantiser, (_, graph) in zip(self._quantisers, self._places, strict=True)
        ]
        self._put(graphs)

    def _put(self, graphs: Sequence[Graph]) -> None:
        for (place, _), graph in zip(self._places, graphs, strict=True):
            place(graph)


def _places(nlp: Language) -> Iterator[tuple[Any, Graph]]:
    """What puts another graph in place of each, and that graph."""
    models = (getattr(pipe, "model", None) for _, pipe in nlp.components)
    for shim in (shim for model in models if isinstance(model, Model) for shim in shims_of(model)):
        if isinstance(shim, EncoderShim):
            yield shim.put_graph, shim.graph
            if shim.base is not None:
                yield shim.put_base, shim.base
        elif isinstance(shim, HeadShim):
            yield shim.head.put_cells, shim.head.cells


def _seen(own: _Watched, every: Sequence[_Watched]) -> list[Mapping[str, np.ndarray]]:
    """What a graph was given; a base, which no text goes through, what its encoder was."""
    at = every.index(own)
    return own.seen or (every[at - 1].seen if at and every[at - 1].name == own.name else [])


def _left(quantiser: Quantiser, share: float) -> bytes:
    return quantiser.graph(quantiser.worst(ceil(share * len(quantiser.layers))))
