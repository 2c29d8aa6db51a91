"""Annotations that follow a review: spans, and what a document's own reply says in its meta."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...types import CharSpan, LabelSpec, Sample, is_extension
from ..collect import defined_in, ungrounded_in
from ..type_labels import field_of, type_of
from .follow_instances import follow_instances
from .settle import Settled

_Record = dict[str, Any]


def follow(samples: Iterable[Sample], settled: Settled) -> list[Sample]:
    """Samples with the labels of a review; what is dropped is left out, texts all stay.

    Spans keep their offsets and scores; of several that become equal one is kept. "guidelines" in
    meta are those of the review, of the types and fields that the document has. "instances" follow
    as well: a value whose field is now one of another type becomes an instance of that type, and an
    instance in one that is dropped stands alone. "ungrounded" values follow like spans.
    """
    followed = _Following(settled)
    return [followed.sample(sample) for sample in samples]


@dataclass
class _Following:
    settled: Settled

    def __post_init__(self) -> None:
        self._specs = {spec.id: spec for spec in self.settled.schema}

    def sample(self, sample: Sample) -> Sample:
        spans = dict.fromkeys(one for span in sample.spans for one in self._span(span))
        meta = dict(sample.meta)
        if "guidelines" in meta:
            meta["guidelines"] = self._guidelines(meta)
        if "instances" in meta:
            meta["instances"] = follow_instances(meta["instances"], self._new)
        if "ungrounded" in meta:
            pairs = [(self._new(label), value) for label, value in ungrounded_in(meta)]
            meta["ungrounded"] = [[label, value] for label, value in pairs if label]
        return replace(sample, spans=tuple(spans), meta=meta)

    def _new(self, label: str) -> str | None:
        return label if is_extension(label) else self.settled.labels.get(label)

    def _span(self, span: CharSpan) -> Iterator[CharSpan]:
        label = self._new(span.label)
        if label is not None:
            yield span if label == span.label else replace(span, label=label)

    def _guidelines(self, meta: Mapping[str, Any]) -> list[_Record]:
        found: dict[str, list[str]] = {}
        for label, _ in defined_in(meta):
            new = self._new(label)
            if new:
                fields = found.setdefault(type_of(new), [])
                if field_of(new) and new not in fields:
                    fields.append(new)
        return [
            {**_said(self._specs[kind]), "fields": [_said(self._specs[one]) for one in fields]}
            for kind, fields in found.items()
        ]


def _said(spec: LabelSpec) -> _Record:
    return {"name": field_of(spec.id) or spec.id, "definition": spec.description}
