"""Spans that overlap as entities, of which no two share a token."""

from collections.abc import Sequence

from spacy.tokens import Doc, Span

from .decoding.candidates import Candidate, decode_flat


def write_entities(
    doc: Doc, spans: Sequence[Span], scores: Sequence[float], keep: bool = True
) -> None:
    """Make the best non-overlapping spans entities.

    scores: of each span. keep: entities that other components wrote stay, ids and all, where they
        overlap none of these, as spaCy's `ner` leaves them.
    """
    own = best_flat(spans, scores)
    taken = {token.i for span in own for token in span}
    others = [ent for ent in doc.ents if taken.isdisjoint(range(ent.start, ent.end))]
    doc.set_ents([*own, *others] if keep else own)


def best_flat(spans: Sequence[Span], scores: Sequence[float]) -> list[Span]:
    """The most probable ones that share no token."""
    found = [
        Candidate(span.start, span.end, at, score)
        for at, (span, score) in enumerate(zip(spans, scores, strict=True))
    ]
    best = sorted(found, key=lambda one: (-one.score, one.start, -one.end))
    return [spans[one.label] for one in decode_flat(best)]
