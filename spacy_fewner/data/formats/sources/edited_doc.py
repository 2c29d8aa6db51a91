"""A document with what its sample says otherwise since it was read, and all else as it was."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ....types import Sample
from ...docs import META, UNANNOTATED, WEIGHT, Alignment, Misaligned, layer_to_sample, put_spans
from ..same import differing

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, SpanGroup

    from .docbin_rows import DocRow


@dataclass(frozen=True)
class Edited:
    """changed: whether the doc differs from what it was."""

    doc: "Doc"
    changed: bool
    misaligned: list[Misaligned]


def edit(
    doc: "Doc", sample: Sample, row: "DocRow", spans_key: str, alignment: Alignment, index: int
) -> Edited | None:
    """Write a sample over the doc it was read from; None if it has another text or other tokens.

    Spans that differ become `doc.spans[spans_key]`; `doc.ents` are never touched. A span at a
    place and with a label that were there keeps its ids, and so does each if only labels differ.
    """
    read = layer_to_sample(doc, row.layer)
    if sample.text != read.text or sample.tokens not in (None, read.tokens):
        return None
    new = differing(sample, read)
    misaligned: list[Misaligned] = []
    if not sample.spans_annotated:
        new += _take_away(doc, spans_key)
    elif row.asked != spans_key or {"spans", "spans_annotated"} & {*new} or _is_implicit(doc, row):
        misaligned = _put(doc, sample, row, spans_key, alignment, index)
        new.append("spans")
    if "cats" in new:
        doc.cats = dict(sample.cats)
    for name, key in (("meta", META), ("weight", WEIGHT)):
        if name in new:
            doc.user_data[key] = getattr(sample, name)
    return Edited(doc, bool(new), misaligned)


def _take_away(doc: "Doc", spans_key: str) -> list[str]:
    """Leave nothing that says that spans were looked for; what has changed."""
    if spans_key not in doc.spans:
        return []
    del doc.spans[spans_key]
    doc.user_data[UNANNOTATED] = True
    return ["spans_annotated"]


def _is_implicit(doc: "Doc", row: "DocRow") -> bool:
    """Whether only the rest of its file tells that this doc has no spans, and not entities."""
    return row.layer is not None and row.layer not in doc.spans and bool(doc.ents)


def _put(
    doc: "Doc", sample: Sample, row: "DocRow", spans_key: str, alignment: Alignment, index: int
) -> list[Misaligned]:
    before = list(doc.ents if row.layer is None else doc.spans.get(row.layer, ()))
    group = doc.spans.get(spans_key, None)
    attrs = dict(group.attrs) if group is not None else {}
    misaligned = put_spans(doc, sample.spans, spans_key, alignment, index=index)
    after = doc.spans[spans_key]
    relabelled = _places(before) == _places(after)
    doc.spans[spans_key] = _with_ids(after, before, relabelled)
    kept = {k: v for k, v in attrs.items() if relabelled or not _is_parallel(v, len(before))}
    kept.pop("scores", None)
    doc.spans[spans_key].attrs.update({**kept, **after.attrs})
    return misaligned


def _places(spans: "list[Span] | SpanGroup") -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in spans]


def _with_ids(after: "SpanGroup", before: "list[Span]", relabelled: bool) -> "SpanGroup":
    """The spans with `kb_id` and `id` of those before; relabelled: each stands for one of them."""
    from spacy.tokens import Span, SpanGroup

    same: defaultdict[Any, list[Span]] = defaultdict(list)
    for span in reversed(before):
        same[span.start, span.end, span.label_].append(span)
    spans = []
    for at, span in enumerate(after):
        alike = same[span.start, span.end, span.label_]
        old = before[at] if relabelled else alike.pop() if alike else span
        place = (after.doc, span.start, span.end)
        spans.append(Span(*place, label=span.label_, kb_id=old.kb_id, span_id=old.id))
    return SpanGroup(after.doc, name=after.name, spans=spans)


def _is_parallel(value: Any, length: int) -> bool:
    """Whether a group's attribute has a value for each of its spans, as "scores" have."""
    return hasattr(value, "__len__") and not isinstance(value, str) and len(value) == length
