"""What either classifier writes on a Doc: spans with the path they reached, and its scores."""

from collections.abc import Sequence

import numpy as np
from spacy.tokens import Doc, Span, SpanGroup

from ..spans import decoding
from .classify import Levels


def write_paths(
    doc: Doc, found: Sequence[tuple[int, int, Levels]], spans_key: str, set_ents: bool
) -> None:
    """Put spans into `doc.spans[spans_key]`, and the best flat ones into `doc.ents` when asked to.

    found: first token, token after the last, and the levels reached, one at least. A span's label
        is the path of the deepest; `attrs["levels"]` has all of them with their probabilities,
        `attrs["scores"]` that of the deepest, (spans,) float32.
    """
    spans = [Span(doc, start, end, label=levels[-1][0]) for start, end, levels in found]
    scores = [levels[-1][1] for _, _, levels in found]
    group = SpanGroup(doc, name=spans_key, spans=spans)
    group.attrs["scores"] = np.asarray(scores, dtype="float32")
    group.attrs["levels"] = [[[*step] for step in levels] for _, _, levels in found]
    doc.spans[spans_key] = group
    if set_ents:
        doc.set_ents(_best_flat(spans, scores))


def _best_flat(spans: Sequence[Span], scores: Sequence[float]) -> list[Span]:
    """The most probable ones that share no token."""
    found = [
        decoding.Candidate(span.start, span.end, at, score)
        for at, (span, score) in enumerate(zip(spans, scores, strict=True))
    ]
    best = sorted(found, key=lambda one: (-one.score, one.start, -one.end))
    return [spans[one.label] for one in decoding.decode_flat(best)]
