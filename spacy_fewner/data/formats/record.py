"""One annotated text as a JSON object: the Prodigy form, and the token form.

Prodigy form: `{"text", "spans": [{"start", "end", "label"}], "tokens": [{"start", "end"}]?,
"cats"?, "meta"?, "weight"?, "answer"?}`, offsets in characters (Unicode code points).
Classes of the text are in `cats`, or in `label` or `labels` where there are no spans
(`class_fields`); a record with one of these fields and without `spans` was not annotated for spans.
Token form: `tokens` is a list of strings and the spans count tokens; `text` may be left out, and
then has a space between them, or nothing where most are of a script without spaces.
The end is exclusive in both. A span's own "text", if it has one, must be what stands there. Fields
not named here are left alone, unless they look like annotation (`foreign`).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import FewnerError
from ...types import CharSpan, Sample
from .class_fields import cats_of, class_field
from .counting import Claim, claim_of, joined, same_text
from .foreign import PARALLEL


class OffsetsError(FewnerError):
    """Of a span that does not lie where its own text is; claim: what it says."""

    def __init__(self, argument: str, rule: str, value: Any, remedy: str, claim: Claim):
        super().__init__(argument, rule, value, remedy)
        self.claim = claim


Offsets = tuple[tuple[int, int], ...]

ACCEPTED = "accept"  # the answer of records that are used


def sample_from_record(record: Any, where: str) -> Sample | None:
    """Read a record; None if its `answer` is not "accept".

    where: how errors name the record, for instance `examples.jsonl:12`.
    Raises FewnerError for anything that does not fit the two forms.
    """
    if not isinstance(record, dict):
        raise FewnerError(
            where, "must be a JSON object", record, 'Write {"text": …, "spans": […]}.'
        )
    if record.get("answer", ACCEPTED) != ACCEPTED:
        return None
    words = _words(record, where)
    if words is None:
        text = _text(record, where)
        tokens = _token_offsets(record, text, where)
    else:
        text = joined(words) if record.get("text") is None else _text(record, where)
        tokens = locate_words(text, words, where)
    return Sample(
        text=text,
        spans=_spans(record, text, tokens if words is not None else None, where),
        tokens=tokens,
        cats=cats_of(record, where),
        meta=_meta(record, where),
        weight=_weight(record, where),
        spans_annotated=record.get("spans") is not None or class_field(record) is None,
        place=where,
    )


def unread_annotation(where: str, fields: Mapping[str, str]) -> FewnerError:
    """fields: that look like annotation, of a record without spans, and what each holds."""
    columns = " or tokens and tags in columns (.conll)," if PARALLEL in fields.values() else ""
    return FewnerError(
        where,
        "annotation must be in 'spans'",
        ", ".join(f"'{name}' ({shape})" for name, shape in fields.items()) + " and no spans",
        f'Write it as "spans": [{{"start": 0, "end": 5, "label": "NAME"}}],{columns} or, if it '
        'says nothing of entities, move it into "meta": {…}.',
    )


def record_from_sample(sample: Sample) -> dict[str, Any]:
    """The Prodigy form of a sample; empty fields and a weight of 1 are left out, but for what tells
    whether spans were looked for."""
    record: dict[str, Any] = {"text": sample.text}
    if sample.spans_annotated:
        record["spans"] = [_span_record(span) for span in sample.spans]
    if sample.tokens is not None:
        record["tokens"] = _token_records(sample.text, sample.tokens)
    if sample.cats or not sample.spans_annotated:
        record["cats"] = sample.cats
    if sample.meta:
        record["meta"] = sample.meta
    if sample.weight != 1.0:
        record["weight"] = sample.weight
    return record


def locate_words(text: str, words: Sequence[str], where: str) -> Offsets:
    """Character offsets of words that follow each other in text with only spaces between."""
    offsets, position = [], 0
    for number, word in enumerate(words):
        start = text.find(word, position)
        if start < 0 or text[position:start].strip():
            raise FewnerError(
                f"{where} tokens[{number}]",
                "tokens must follow each other in the text with only spaces between",
                f"{word!r} where the text reads {text[position : position + 30]!r}",
                "Make text and tokens agree, or leave out one of them.",
            )
        position = start + len(word)
        offsets.append((start, position))
    return tuple(offsets)


def _text(record: dict[str, Any], where: str) -> str:
    text = record.get("text")
    if not isinstance(text, str):
        among = f" among {', '.join(map(repr, record))}" if record else ""
        found = f"no 'text'{among}" if text is None else text
        raise FewnerError(where, "'text' must be a string", found, 'Add "text": "…".')
    return text


def _words(record: dict[str, Any], where: str) -> list[str] | None:
    """The tokens of the token form, None for the Prodigy form."""
    tokens = _list(record, "tokens", where)
    if not any(isinstance(token, str) for token in tokens):
        return None
    for number, token in enumerate(tokens):
        if not isinstance(token, str) or not token:
            raise FewnerError(
                f"{where} tokens[{number}]",
                "tokens must all be non-empty strings, or all be objects",
                token,
                "Remove the token, or write it like the others.",
            )
    return tokens


def _token_offsets(record: dict[str, Any], text: str, where: str) -> Offsets | None:
    tokens = record.get("tokens")
    if tokens is None or (not tokens and text.strip()):
        return None
    offsets: list[tuple[int, int]] = []
    for number, token in enumerate(tokens):
        start, end = _offsets(token, len(text), "characters", f"{where} tokens[{number}]")
        if offsets and start < offsets[-1][1]:
            raise FewnerError(
                f"{where} tokens[{number}]",
                "tokens must be in order and apart",
                f"start {start} after a token that ends at {offsets[-1][1]}",
                "Sort the tokens, or leave them out.",
            )
        offsets.append((start, end))
    return tuple(offsets)


def _spans(
    record: dict[str, Any], text: str, tokens: Offsets | None, where: str
) -> tuple[CharSpan, ...]:
    """tokens: given if the spans count tokens."""
    spans = []
    for number, entry in enumerate(_list(record, "spans", where)):
        place = f"{where} spans[{number}]"
        start, end = _place_of(entry, text, tokens, place)
        spans.append(CharSpan(start, end, _label(entry, place), _score(entry, place)))
    return tuple(spans)


def _place_of(entry: Any, text: str, tokens: Offsets | None, where: str) -> tuple[int, int]:
    """In characters; OffsetsError if it is not in the text, or not that of the span's own text."""
    words = None if tokens is None else tuple(text[start:end] for start, end in tokens)
    claim = claim_of(entry, text, words) if isinstance(entry, dict) else None
    try:
        if tokens is None:
            start, end = _offsets(entry, len(text), "characters", where)
        else:
            first, last = _offsets(entry, len(tokens), "tokens", where)
            start, end = tokens[first][0], tokens[last - 1][1]
    except FewnerError as err:
        if claim is None:
            raise
        raise OffsetsError(err.argument, err.rule, err.value, err.remedy, claim) from err
    if claim and not same_text(text[start:end], claim.own):
        rule = "a span's own text must be what stands at its place"
        shown = f"{claim.own!r} where the text has {text[start:end]!r}"
        raise OffsetsError(where, rule, shown, "Correct one of them.", claim)
    return start, end


def _list(record: dict[str, Any], field: str, where: str) -> list[Any]:
    value = record.get(field)
    if value is None:
        return []
    if not isinstance(value, list):
        raise FewnerError(where, f"'{field}' must be a list", value, "Write it in brackets: […].")
    return value


def _offsets(entry: Any, length: int, unit: str, where: str) -> tuple[int, int]:
    if not isinstance(entry, dict):
        raise FewnerError(where, "must be an object", entry, 'Write {"start": 0, "end": 5, …}.')
    start, end = entry.get("start"), entry.get("end")
    if type(start) is not int or type(end) is not int:  # True and 3.0 are no offsets
        raise FewnerError(
            where, "'start' and 'end' must be integers", entry, f"Count {unit} from 0."
        )
    if start >= end:
        raise FewnerError(
            where, "'start' must be before 'end'", f"{start} and {end}", "The end is exclusive."
        )
    if start < 0 or end > length:
        raise FewnerError(
            where,
            f"must lie in the text's {length} {unit}",
            f"{start} to {end}",
            "Offsets count Unicode characters, not bytes; "
            "they count tokens if 'tokens' is a list of strings.",
        )
    return start, end


def _label(entry: dict[str, Any], where: str) -> str:
    label = entry.get("label")
    if not isinstance(label, str) or not label.strip():
        found = "no label" if label is None else repr(label)
        raise FewnerError(where, "'label' must be a non-empty string", found, "Name the label.")
    return label


def _score(entry: dict[str, Any], where: str) -> float | None:
    score = entry.get("score")
    return None if score is None else _number(score, f"{where} score")


def _meta(record: dict[str, Any], where: str) -> dict[str, Any]:
    meta = record.get("meta")
    if meta is not None and not isinstance(meta, dict):
        raise FewnerError(where, "'meta' must be an object", meta, 'Write "meta": {"key": …}.')
    return meta or {}


def _weight(record: dict[str, Any], where: str) -> float:
    weight = record.get("weight")
    return 1.0 if weight is None else _number(weight, f"{where} weight")


def _number(value: Any, where: str) -> float:
    try:
        number = float(value) if isinstance(value, (int, float)) else math.nan
    except OverflowError:
        number = math.inf
    if not 0 <= number < math.inf:
        rule, remedy = "must be a number, 0 or more", "Correct it or leave it out."
        raise FewnerError(where, rule, value, remedy)
    return number


def _span_record(span: CharSpan) -> dict[str, Any]:
    record: dict[str, Any] = {"start": span.start, "end": span.end, "label": span.label}
    if span.score is not None:
        record["score"] = span.score
    return record


def _token_records(text: str, tokens: Offsets) -> list[dict[str, Any]]:
    return [
        {
            "text": text[start:end],
            "start": start,
            "end": end,
            "id": number,
            "ws": text[end : end + 1] == " ",
        }
        for number, (start, end) in enumerate(tokens)
    ]
