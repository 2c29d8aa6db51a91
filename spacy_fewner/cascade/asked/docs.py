"""Between docs and what a language model is asked: places of spans, parts of texts, provenance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from spacy.tokens import Doc

from ...data.docs import META, doc_to_sample
from ...llm.client import Client
from ...synthesis.provenance import inherited, text_id
from ...synthesis.spacy_pipes.document_parts import cut
from ...types import CharSpan, Reject, Sample, Schema
from .choice_prompt import Place
from .mark import MarkEntities


@dataclass
class Marked:
    """What was found in a doc.

    spans: characters of the doc, in order. calls: keys of the replies.
    """

    spans: list[CharSpan] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def mark_docs(
    docs: Sequence[Doc], stage: MarkEntities, schema: Schema, client: Client | None
) -> list[Marked]:
    """The entities of each doc; of all docs together, long ones in parts, so that they are asked
    about at once. What is found in the other parts of a doc stays where one is rejected."""
    parts = [
        (number, start, Sample(doc.text[start:end]))
        for number, doc in enumerate(docs)
        for start, end in cut(doc, stage.max_chars)
    ]
    found = [Marked() for _ in docs]
    outcomes = stage((sample for _, _, sample in parts), schema, client) if parts else iter(())
    for (number, start, _), outcome in zip(parts, outcomes, strict=True):
        own = found[number]
        own.calls += outcome.meta.get("calls", [])
        if isinstance(outcome, Reject):
            own.rejects.append(outcome)
        else:
            own.spans += [_moved(span, start) for span in outcome.spans]
    return found


def places_of(doc: Doc, spans: np.ndarray) -> list[Place]:
    """spans: (S, 2) first and last (exclusive) token."""
    text = doc.text
    pieces = (doc[start:end] for start, end in spans.tolist())
    return [Place(text, piece.start_char, piece.end_char) for piece in pieces]


def note_step(doc: Doc, stage: str, prompts: Iterable[str], calls: Iterable[str]) -> None:
    """Say in `doc.user_data["fewner_meta"]` which calls made its annotation; steps before stay."""
    step = {
        "stage": stage,
        "prompt": " + ".join(prompts),
        "calls": list(dict.fromkeys(calls)),
        "parents": [text_id(doc.text)],
    }
    doc.user_data[META] = {**inherited(doc_to_sample(doc)), **step}


def _moved(span: CharSpan, by: int) -> CharSpan:
    return CharSpan(span.start + by, span.end + by, span.label, span.score)
