"""What a pipeline finds in a text, as it is written: spans, entities, classes, with scores."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from ...errors import FewnerError
from ..loading import own_key

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

Field = Literal["spans", "ents", "cats"]
_DIGITS = 6  # of a score: the last of float32 depend on which texts were in a batch
_ASSIGNED = {"spans": "doc.spans", "ents": "doc.ents", "cats": "doc.cats"}


@dataclass(frozen=True)
class Layers:
    """spans_key: of the spans; "ents" for doc.ents, None for no spans. ents: a field of their own.

    The field "spans" is what this project and Prodigy read; so entities are written there where the
    pipeline leaves no group of spans.
    """

    spans_key: str | None
    ents: bool = False
    cats: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that are written."""
        has = {"spans": self.spans_key is not None, "ents": self.ents, "cats": self.cats}
        return tuple(name for name, there in has.items() if there)


def layers_of(
    nlp: "Language", fields: Iterable[str] | None = None, spans_key: str | None = None
) -> Layers:
    """What the pipeline writes, by what its components say of themselves; or what is asked for.

    FewnerError where that is nothing, and for a field that is none.
    """
    wanted = None if fields is None else _checked(fields)
    writes = {one for name in nlp.pipe_names for one in nlp.get_pipe_meta(name).assigns}
    found = [name for name, what in _ASSIGNED.items() if what in writes]
    named = found if wanted is None else wanted
    groups = "doc.spans" in writes or spans_key not in (None, "ents")
    if wanted is None and spans_key is not None and "spans" not in named:
        named = ["spans", *named]
    if not named:
        rule, remedy = "must have a component that finds something", _CHOOSE
        raise FewnerError("model", rule, f"{nlp.pipe_names}", remedy)
    if "spans" in named and groups:
        return Layers(spans_key or own_key(nlp) or "sc", "ents" in named, "cats" in named)
    spans = "ents" if {"spans", "ents"} & set(named) else None
    return Layers(spans, "ents" in named and wanted is not None, "cats" in named)


def results_of(doc: "Doc", layers: Layers) -> dict[str, Any]:
    """The fields of one text; offsets in characters."""
    found: dict[str, Any] = {}
    if layers.spans_key == "ents":
        found["spans"] = _spans(doc.ents)
    elif layers.spans_key is not None:
        group = doc.spans.get(layers.spans_key, ())
        found["spans"] = _spans(group, getattr(group, "attrs", {}).get("scores", ()))
    if layers.ents:
        found["ents"] = _spans(doc.ents)
    if layers.cats:
        found["cats"] = {name: round(float(score), _DIGITS) for name, score in doc.cats.items()}
    return found


def _spans(spans: "Sequence[Span]", scores: Sequence[float] = ()) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = [
        {"start": span.start_char, "end": span.end_char, "label": span.label_} for span in spans
    ]
    if len(scores) == len(records):
        for record, score in zip(records, scores, strict=True):
            if not math.isnan(score):
                record["score"] = round(float(score), _DIGITS)
    return records


_CHOOSE = "Say what it writes: --fields spans, ents or cats, with commas between."


def _checked(fields: Iterable[str]) -> list[str]:
    named = list(fields)
    for name in named or [""]:
        if name not in get_args(Field):
            raise FewnerError("fields", "must be of spans, ents, cats", name, _CHOOSE)
    return named
