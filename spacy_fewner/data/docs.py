"""Samples to spaCy Docs and back; spans that do not fit the tokens are reported."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from ..errors import FewnerError
from ..types import CharSpan, Sample
from .tokens.spacing import words_and_spaces

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

Alignment = Literal["strict", "expand", "contract"]
"""What becomes of a span whose edge lies inside a token: dropped, widened, narrowed."""

SPANS_KEY = "sc"
META = "fewner_meta"
WEIGHT = "fewner_weight"
UNANNOTATED = "fewner_no_spans"  # true in user data where spans were not looked for


@dataclass(frozen=True, slots=True)
class Misaligned:
    """A span with an edge inside a token.

    index: of the sample.
    surface: the span's own text.
    tokens: the text of the tokens it touches.
    placed: where the alignment put it; None if it is lost.
    """

    index: int
    span: CharSpan
    surface: str
    tokens: str
    placed: CharSpan | None


def sample_to_doc(
    sample: Sample,
    nlp: "Language",
    spans_key: str = SPANS_KEY,
    alignment: Alignment = "strict",
    *,
    index: int = 0,
) -> tuple["Doc", list[Misaligned]]:
    """A Doc with `doc.text == sample.text` and the sample's spans under spans_key; no such group if
    they were not looked for.

    The sample's own tokens are kept if it has any; text between them becomes tokens too.
    Scores go to `doc.spans[key].attrs["scores"]` (NaN where there is none), cats to
    `doc.cats`, weight and meta to `doc.user_data["fewner_weight"]` and `["fewner_meta"]`.
    index: what to call the sample in what is reported.
    """
    check_alignment(alignment)
    where = sample.place or f"samples[{index}]"
    doc = _tokenize(sample, nlp, where)
    misaligned: list[Misaligned] = []
    try:
        if sample.spans_annotated:
            misaligned = put_spans(doc, sample.spans, spans_key, alignment, index=index)
        else:
            doc.user_data[UNANNOTATED] = True
    except UnicodeEncodeError as err:
        raise FewnerError(
            where, "labels must be well-formed Unicode", str(err), "Rename them."
        ) from err
    doc.cats = dict(sample.cats)
    doc.user_data[WEIGHT] = sample.weight
    doc.user_data[META] = sample.meta
    return doc, misaligned


def put_spans(
    doc: "Doc",
    spans: Sequence[CharSpan],
    spans_key: str,
    alignment: Alignment = "strict",
    *,
    index: int = 0,
) -> list[Misaligned]:
    """Make spans, with their scores, the group `doc.spans[spans_key]`; those that do not fit."""
    placed: list[Span] = []
    scores: list[float] = []
    misaligned: list[Misaligned] = []
    for span in spans:
        exact = _aligned(doc, span, "strict")
        fitted = exact or _aligned(doc, span, alignment)
        if fitted:
            placed.append(fitted)
            scores.append(math.nan if span.score is None else span.score)
        if not exact:
            misaligned.append(_misaligned(doc, span, fitted, index))
    _set_spans(doc, placed, scores, spans_key)
    return misaligned


def samples_to_docs(
    samples: Iterable[Sample],
    nlp: "Language",
    spans_key: str = SPANS_KEY,
    alignment: Alignment = "strict",
) -> tuple[list["Doc"], list[Misaligned]]:
    """All docs, and all misaligned spans with the index of their sample."""
    docs, misaligned = [], []
    for index, sample in enumerate(samples):
        doc, missed = sample_to_doc(sample, nlp, spans_key, alignment, index=index)
        docs.append(doc)
        misaligned += missed
    return docs, misaligned


def doc_to_sample(doc: "Doc", spans_key: str = SPANS_KEY) -> Sample:
    """The spans under spans_key, or the entities if the doc has no such key; tokens kept."""
    return layer_to_sample(doc, spans_key if spans_key in doc.spans else None)


def layer_to_sample(doc: "Doc", layer: str | None) -> Sample:
    """The spans of one layer: the key of a span group, of no spans if the doc lacks it; None for
    `doc.ents`. Tokens are kept. A doc with neither, but with cats, was not annotated for spans."""
    group = doc.spans.get(layer, ()) if layer is not None else ()
    found = doc.ents if layer is None else group
    scores = getattr(group, "attrs", {}).get("scores", [])
    if len(scores) != len(found):  # somebody changed the spans and left the scores
        scores = [math.nan] * len(found)
    spans = tuple(
        CharSpan(
            span.start_char,
            span.end_char,
            span.label_,
            None if math.isnan(score) else float(score),
        )
        for span, score in zip(found, scores, strict=True)
    )
    return Sample(
        text=doc.text,
        spans=spans,
        tokens=tuple((token.idx, token.idx + len(token)) for token in doc),
        cats=dict(doc.cats),
        meta=as_lists(doc.user_data.get(META, {})),
        weight=float(doc.user_data.get(WEIGHT, 1.0)),
        spans_annotated=_has_spans(doc, layer) or not (doc.cats or doc.user_data.get(UNANNOTATED)),
    )


def _has_spans(doc: "Doc", layer: str | None) -> bool:
    """Whether the doc has the group of spans, maybe of none, or entities, or O for all tokens."""
    return layer in doc.spans or doc.has_annotation("ENT_IOB")


def check_key(docs: Sequence["Doc"], spans_key: str, where: str) -> None:
    """Raise FewnerError if docs have spans under other keys only: they would be lost in silence."""
    keys = sorted({key for doc in docs for key, group in doc.spans.items() if len(group)})
    if keys and not any(spans_key in doc.spans or doc.ents for doc in docs):
        raise FewnerError(
            "spans_key",
            f"must be a key of {where}",
            spans_key,
            f"Choose one of its keys: {', '.join(keys)}.",
        )


def check_alignment(alignment: str) -> None:
    if alignment not in get_args(Alignment):
        raise FewnerError(
            "alignment",
            f"must be one of {', '.join(get_args(Alignment))}",
            alignment,
            "Choose one.",
        )


def _tokenize(sample: Sample, nlp: "Language", where: str) -> "Doc":
    from spacy.tokens import Doc

    if len(sample.text) > nlp.max_length:
        raise FewnerError(
            where,
            f"text must not exceed nlp.max_length, {nlp.max_length} characters",
            f"{len(sample.text)} characters",
            "Cut the text into several examples, at paragraphs for instance; in Python, "
            "nlp.max_length may be raised instead.",
        )
    try:
        if sample.tokens is None:
            return nlp.make_doc(sample.text)
        words, spaces = words_and_spaces(sample.text, sample.tokens, where)
        return Doc(nlp.vocab, words=words, spaces=spaces)
    except UnicodeEncodeError as err:
        raise FewnerError(
            where, "must be well-formed Unicode", repr(sample.text), "Remove lone surrogates."
        ) from err


def _aligned(doc: "Doc", span: CharSpan, alignment: Alignment) -> "Span | None":
    if not 0 <= span.start < span.end <= len(doc.text):  # past what spaCy counts with, too
        return None
    found = doc.char_span(span.start, span.end, label=span.label, alignment_mode=alignment)
    return found or None  # spaCy also answers with a span of no token, between two


def _misaligned(doc: "Doc", span: CharSpan, fitted: "Span | None", index: int) -> Misaligned:
    touched = _aligned(doc, span, "expand")
    surface = span.surface(doc.text)
    placed = None
    if fitted:
        placed = CharSpan(fitted.start_char, fitted.end_char, span.label, span.score)
    return Misaligned(index, span, surface, touched.text if touched else surface, placed)


def _set_spans(doc: "Doc", spans: "list[Span]", scores: list[float], spans_key: str) -> None:
    import numpy
    from spacy.tokens import SpanGroup

    group = SpanGroup(doc, name=spans_key, spans=spans)
    if not all(math.isnan(score) for score in scores):
        group.attrs["scores"] = numpy.asarray(scores, dtype="float64")
    doc.spans[spans_key] = group


def as_lists(value: Any) -> Any:
    """JSON's lists again: DocBin reads them back as tuples."""
    if isinstance(value, dict):
        return {key: as_lists(item) for key, item in value.items()}
    return [as_lists(item) for item in value] if isinstance(value, (list, tuple)) else value
