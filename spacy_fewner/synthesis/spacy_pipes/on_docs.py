"""What synthesis leaves on a Doc: extension spans, `doc._.synthetic`, `doc._.synthetic_rejects`.

Both attributes hold JSON objects in `doc.user_data`: they survive `to_bytes`, and a DocBin with
`store_user_data=True` (which turns lists into tuples; the readers here mend that).
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
from spacy.tokens import Doc, Span, SpanGroup

from ...data.docs import as_lists
from ...data.formats.record import record_from_sample, sample_from_record
from ...types import CharSpan, Reject, Sample

SYNTHETIC = "synthetic"
REJECTS = "synthetic_rejects"
NOT_TOKENS = "edge inside a token"


def declare() -> None:
    """Make the attributes known to spaCy; needed once before docs with them are looked at."""
    for name in (SYNTHETIC, REJECTS):
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=[])


def add_samples(doc: Doc, samples: Iterable[Sample]) -> None:
    """In the form of the project's JSONL."""
    doc._.synthetic = [*doc._.synthetic, *map(record_from_sample, samples)]


def add_rejects(doc: Doc, rejects: Iterable[Reject]) -> None:
    """Half a surrogate pair, which a reply may hold and `to_bytes` cannot, becomes its escape."""
    records = (_writable(asdict(reject)) for reject in rejects)
    doc._.synthetic_rejects = [*doc._.synthetic_rejects, *records]


def samples_on(doc: Doc) -> Iterator[Sample]:
    """The texts that stages wrote from the doc."""
    declare()
    for number, record in enumerate(doc._.synthetic):
        sample = sample_from_record(as_lists(record), f"doc._.{SYNTHETIC}[{number}]")
        if sample is not None:
            yield sample


def rejects_on(doc: Doc) -> Iterator[Reject]:
    declare()
    return (Reject(**as_lists(record)) for record in doc._.synthetic_rejects)


def put_spans(doc: Doc, spans: Iterable[CharSpan], spans_key: str) -> list[CharSpan]:
    """Make these the spans under the key, none twice; back come those with an edge inside a token.

    Spans that the doc has there already are kept as they are, ids and all.
    """
    group = doc.spans.get(spans_key, None)
    held = {(s.start_char, s.end_char, s.label_): s for s in (doc.ents if group is None else group)}
    placed: dict[CharSpan, Span] = {}
    lost: list[CharSpan] = []
    for span in spans:
        key = (span.start, span.end, span.label)
        found = held.get(key) or doc.char_span(*key)
        if found:
            placed.setdefault(span, found)
        else:
            lost.append(span)
    attrs = {} if group is None else {**group.attrs}
    scores = [math.nan if span.score is None else span.score for span in placed]
    attrs["scores"] = np.asarray(scores, dtype="float64")
    if all(map(math.isnan, scores)):
        del attrs["scores"]
    doc.spans[spans_key] = SpanGroup(doc, name=spans_key, spans=list(placed.values()), attrs=attrs)
    return lost


def misaligned(doc: Doc, spans: Iterable[CharSpan], stage: str) -> Iterator[Reject]:
    """A reject for each span that found no tokens."""
    for span in spans:
        detail = f"{span.surface(doc.text)!r} ({span.label})"
        yield Reject(NOT_TOKENS, detail, stage, doc.text)


def _writable(record: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.encode("utf8", "backslashreplace").decode() if isinstance(value, str) else value
        for key, value in record.items()
    }
