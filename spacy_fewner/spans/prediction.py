"""The part of `fewner` that predicts: scored spans, and what of them a document gets."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np
from spacy.attrs import IS_SPACE
from spacy.tokens import Doc, Span, SpanGroup

from ..errors import FewnerError
from . import architecture
from .decoding import candidates as decoding
from .decoding import tiling
from .decoding.candidates import Candidate, ScoredSpans
from .entities import write_entities
from .grid import loss
from .labels import LabelOwner
from .nesting import never_in_itself


class SpanPredictor(LabelOwner):
    """Mixed into a component. Only spans that reach their label's threshold are ever in memory."""

    threshold: Any
    label_thresholds: Any
    nested: Any
    nesting: Any
    tiling: Any
    set_ents: Any

    def predict(self, docs: Iterable[Doc]) -> list[ScoredSpans]:
        """The spans of each document that reach the thresholds in use, best first."""
        if self.tiling:
            return list(map(ScoredSpans.of, self.tiled(docs)))
        return self._found(docs, self._thresholds())

    def candidates(self, docs: Iterable[Doc], floor: float = 0.05) -> Iterator[list[Candidate]]:
        """Every span of each document with a probability of at least `floor`, best first.

        For choosing thresholds; nothing is written to the documents.
        """
        for spans in self._found(docs, self._floors(floor)):
            yield spans.candidates()

    def tiled(self, docs: Iterable[Doc]) -> Iterator[list[Candidate]]:
        """The spans that tile each document, in order; nothing is written to it."""
        docs = list(docs)
        found = self._found(docs, self._floors(tiling.FLOOR))
        tiled = list(map(self._tile, docs, found))
        short = [at for at, doc in enumerate(docs) if not tiling.holds_all(tiled[at], _space(doc))]
        everything = self._found([docs[at] for at in short], self._floors(0.0))
        for at, spans in zip(short, everything, strict=True):
            tiled[at] = self._tile(docs[at], spans)
        yield from tiled

    def probabilities(self, docs: Iterable[Doc]) -> list[np.ndarray]:
        """Those of all spans and labels: one (tokens, W, labels) float32 array a document.

        For looking into a model of few labels: with thousands this is gigabytes. Spans that reach
        over the end of their document have numbers without meaning.
        """
        docs = list(docs)
        self._require_initialized()
        filled = [doc for doc in docs if len(doc)]
        if not filled:
            return [np.zeros((0, 0, len(self.labels)), dtype="float32") for _ in docs]
        scores = self.model.ops.to_numpy(loss.sigmoid(self.model.predict(filled)))
        ends = np.cumsum([len(doc) for doc in docs])
        return np.split(scores, ends[:-1])

    def set_annotations(self, docs: Iterable[Doc], scores: list[ScoredSpans]) -> None:
        """Write `doc.spans[key]` with scores, and `doc.ents` when asked to.

        scores: of `predict`. A threshold that was raised since then is obeyed; one that was lowered
        needs a new `predict`, which leaves out what is below.
        """
        labels, decode = self.labels, self._decode()
        for doc, spans in zip(docs, scores, strict=True):
            kept = decode(doc, spans)
            found = [Span(doc, c.start, c.end, label=labels[c.label]) for c in kept]
            group = SpanGroup(doc, name=self.spans_key, spans=found)
            group.attrs["scores"] = np.asarray([c.score for c in kept], dtype="float32")
            doc.spans[self.spans_key] = group
            if self.set_ents:
                write_entities(doc, found, [c.score for c in kept])

    def _found(self, docs: Iterable[Doc], thresholds: np.ndarray) -> list[ScoredSpans]:
        """thresholds: (labels,) float32. No span begins or ends with white space."""
        docs = list(docs)
        self._require_initialized()
        filled = [doc for doc in docs if len(doc)]
        if not filled:
            return [ScoredSpans.none() for _ in docs]
        floors = loss.logit_floors(thresholds)
        rows, offsets, labels, logits = architecture.spans_above(self.model, filled, floors)
        scores = loss.sigmoid(logits)
        space = np.concatenate([_space(doc) for doc in filled])
        kept = (scores >= thresholds[labels]) & ~(space[rows] | space[rows + offsets])
        found = ScoredSpans(rows, rows + offsets + 1, labels, scores).where(kept)
        return decoding.by_document(found, [len(doc) for doc in docs])

    def _thresholds(self) -> np.ndarray:
        return decoding.threshold_vector(
            self.labels, self.threshold, self.label_thresholds, self.hide_labels
        )

    def _tile(self, doc: Doc, spans: ScoredSpans) -> list[Candidate]:
        return tiling.decode_tiling(self._in_place(doc, spans), _space(doc))

    def _in_place(self, doc: Doc, spans: ScoredSpans) -> ScoredSpans:
        """Without spans over white space, if none of the training data was."""
        if self.cfg["over_space"]:
            return spans
        parted = [token.is_space or bool(token.whitespace_) for token in doc]
        before = np.concatenate([[0], np.cumsum(parted)])
        return spans.where(before[spans.end - 1] == before[spans.start])

    def _floors(self, floor: float) -> np.ndarray:
        return decoding.threshold_vector(self.labels, floor, {}, self.hide_labels)

    def _decode(self) -> Callable[[Doc, ScoredSpans], list[Candidate]]:
        if self.tiling:
            return self._tile
        thresholds, decode = self._thresholds(), self._decode_apart()
        return lambda doc, spans: decode(spans.above(thresholds))

    def _decode_apart(self) -> Callable[[ScoredSpans], list[Candidate]]:
        labels = self.labels
        alone = never_in_itself(self.nesting, labels, self.cfg["self_nested"])
        numbers = {number for number, label in enumerate(labels) if label in alone}
        return partial(decoding.decode, nested=self.nested, alone=numbers)

    def _require_initialized(self) -> None:
        if not self.model.has_dim("nO"):
            raise FewnerError(
                self.name,
                "the component must be trained or loaded before it can predict",
                "an untrained component",
                "Call nlp.initialize(get_examples) and train it, or load a trained pipeline.",
            )


def _space(doc: Doc) -> np.ndarray:
    """(tokens,) bool: whether a token is white space."""
    return doc.to_array(IS_SPACE).astype(bool)
