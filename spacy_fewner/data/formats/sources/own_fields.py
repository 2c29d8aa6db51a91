"""A record with what its sample says otherwise since it was read, and all else as it was."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from ....types import CharSpan, Sample
from ..class_fields import class_field
from ..foreign import OWN_FIELDS
from ..record import record_from_sample, sample_from_record
from ..same import differing

_OF_SPANS = {"start", "end", "label", "score", "text", "token_start", "token_end"}
_Record = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class JsonLine:
    """The JSON object that a sample was read from, as it stood there."""

    formats: ClassVar = ("jsonl", "json")
    text: str

    def extras(self) -> Counter[str]:
        """What it holds beside its sample, counted: "url" 1, "id of spans" 2."""
        record = json.loads(self.text)
        own = {*OWN_FIELDS, class_field(record)}
        found = Counter(name for name in record if name not in own)
        spans = record.get("spans") or []
        found.update(f"{name} of spans" for one in spans for name in one if name not in _OF_SPANS)
        return found


def edited_record(record: _Record, sample: Sample, where: str) -> _Record:
    """The record with the sample's values for those that it gives otherwise, in their places.

    A span at a place and with a label that were there keeps its other fields, and so does each if
    only labels differ. A sample of another text is another record.
    """
    plain = record_from_sample(sample)
    read = sample_from_record(record, where)
    if read is None or read.text != sample.text:
        return plain
    new = _with_classes(record, read, sample, plain)
    for name in differing(sample, read, ("meta", "weight")):
        new.pop(name, None) if name not in plain else new.update({name: plain[name]})
    if sample.tokens != read.tokens or differing(sample, read, ("spans", "spans_annotated")):
        new.update(_annotation(record, read, sample, plain))
        if sample.tokens is None:
            new.pop("tokens", None)
        if not sample.spans_annotated:
            new.pop("spans", None)
    return new


def _with_classes(record: _Record, read: Sample, sample: Sample, plain: _Record) -> _Record:
    """The record with the sample's classes: in `cats` if they differ from those that were read, or
    if their own field would not be read any more, beside spans."""
    if not differing(sample, read, ("cats", "spans_annotated")):
        return dict(record)
    field = class_field(record)
    new = {name: value for name, value in record.items() if name != field}
    return {**new, "cats": plain["cats"]} if "cats" in plain else new


def _annotation(record: _Record, read: Sample, sample: Sample, plain: _Record) -> _Record:
    """Spans, and tokens if they differ; in tokens where the record counts them and all fit."""
    spans = _with_own_fields(record.get("spans") or [], read, sample)
    if sample.tokens == read.tokens and not _counts_tokens(record):
        return {"spans": spans}
    first = {start: number for number, (start, _) in enumerate(read.tokens or ())}
    last = {end: number for number, (_, end) in enumerate(read.tokens or ())}
    fit = all(span.start in first and span.end in last for span in sample.spans)
    if sample.tokens != read.tokens or not fit:
        return {name: plain[name] for name in ("text", "tokens") if name in plain} | {
            "spans": spans
        }
    counted = ({"start": first[s["start"]], "end": last[s["end"]] + 1} for s in spans)
    return {"spans": [{**span, **at} for span, at in zip(spans, counted, strict=True)]}


def _counts_tokens(record: _Record) -> bool:
    return any(isinstance(token, str) for token in record.get("tokens") or ())


def _with_own_fields(raw: Sequence[_Record], read: Sample, sample: Sample) -> list[_Record]:
    """The sample's spans, in characters, each over the entry that it was read from."""
    plain = record_from_sample(sample).get("spans", [])
    if len(raw) != len(read.spans):
        return plain
    if _places(sample) == _places(read):
        entries: list[_Record] = list(raw)
    else:
        same: defaultdict[CharSpan, list[_Record]] = defaultdict(list)
        for span, entry in zip(reversed(read.spans), reversed(raw), strict=True):
            same[span].append(entry)
        entries = [same[span].pop() if same[span] else {} for span in sample.spans]
    unscored = [{k: v for k, v in entry.items() if k != "score"} for entry in entries]
    return [{**entry, **span} for entry, span in zip(unscored, plain, strict=True)]


def _places(sample: Sample) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in sample.spans]
