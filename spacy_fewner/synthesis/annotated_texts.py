"""Annotated texts as prompts show them and as replies bring them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeAlias

from ..grounding.normal import fold
from ..grounding.record import Record, to_sample
from ..llm.replies.json_records import read_json_records
from ..llm.replies.listed import read_listed
from ..llm.types import Reply
from ..types import Reject, Sample
from .labels import LabelNames
from .phrases import pairs_told, phrases_in
from .prompting import TEXT, choice_schema, items_schema, object_schema
from .stage import Outcome

Form: TypeAlias = Literal["lines", "json", "list"]
"""Of a reply with several annotated texts.

lines: JSON Lines, an object a text. json: one object around them, which servers can be held to by a
schema; a small model (Qwen2.5-Coder-1.5B) held to it annotated far worse than with lines.
list: `Text:` and `Entities:` lines, as LOCUS has them; in Chinese `文本：` and `实体：`.
"""

UNKNOWN_LABEL = "unknown label"
COPY = "copy of a seed"
REPEATED = "repeated"
TOO_SHORT = "too short"
NOT_UNICODE = "not Unicode"

KEY_DIGITS = 12


def shown(sample: Sample, names: LabelNames, form: Form, number: int, language: str = "en") -> str:
    """An annotated text as an example in a prompt; spans of labels not in the schema are left out.

    number: among the examples, from 1. language: of the text.
    """
    spans = sorted(sample.spans, key=lambda span: (span.start, -span.end, span.label))
    entities = [
        (span.surface(sample.text), names.show(span.label))
        for span in spans
        if span.label in names.schema
    ]
    if form == "list":
        said, text = phrases_in(language), " ".join(sample.text.split())
        listed = said.entities.format(pairs_told(entities, said))
        return f"{number}. {said.text.format(text)}\n{listed}"
    value = [{"text": surface, "label": label} for surface, label in entities]
    return json.dumps({"text": sample.text, "entities": value}, ensure_ascii=False)


def reply_schema(names: LabelNames, form: Form) -> dict[str, Any] | None:
    """JSON schema of the answer, for the one form that servers can be held to."""
    if form != "json":
        return None
    label = choice_schema([label["name"] for label in names.listed()])
    entities = {"type": "array", "items": object_schema(text=TEXT, label=label)}
    return items_schema(object_schema(text=TEXT, entities=entities))


class Written:
    """Makes samples of replies to one run of generation.

    known: texts that count as copies, the seeds.
    """

    def __init__(
        self, stage: str, names: LabelNames, known: Iterable[str], form: Form, min_chars: int
    ):
        self._stage, self._names, self._form = stage, names, form
        self._fresh = Fresh(known, min_chars)

    def outcomes(self, replies: Sequence[Reply]) -> Iterator[Outcome]:
        """A sample or a reject for each text, then a reject for each piece that is none."""
        reply = replies[0]
        read = read_listed if self._form == "list" else read_json_records
        parsed = read(reply.text)
        for number, record in enumerate(parsed.items):
            yield self._outcome(record, f"{self._stage}-{reply.key[:KEY_DIGITS]}-{number}")
        for problem in parsed.problems:
            yield Reject(problem.reason, problem.detail, self._stage, problem.source)

    def _outcome(self, record: Record, own_id: str) -> Outcome:
        reason = self._fresh.fault(record.text)
        if reason:
            return Reject(reason, record.text[:120], self._stage, record.text)
        mentions = []
        for mention in record.mentions:
            label = self._names.read(mention.label)
            if label is None:
                detail = f"{mention.label!r} of {mention.surface!r}"
                return Reject(UNKNOWN_LABEL, detail, self._stage, record.text)
            mentions.append(replace(mention, label=label))
        record = replace(record, mentions=tuple(mentions))
        meta = {"id": own_id}
        return to_sample(record, ordered=True, purpose="training", stage=self._stage, meta=meta)


class Fresh:
    """Tells new texts from others, one after the other.

    known: texts that count as copies, the seeds. min_chars: of a text.
    """

    def __init__(self, known: Iterable[str], min_chars: int):
        self._min_chars = min_chars
        self._copies = {fold(text) for text in known}
        self._written: set[str] = set()

    def fault(self, text: str) -> str:
        """Why a text is turned away whatever is said of it; empty if it is not."""
        if len(text.strip()) < self._min_chars:
            return TOO_SHORT
        if not is_unicode(text):
            return NOT_UNICODE
        key = fold(text)
        if key in self._copies:
            return COPY
        if key in self._written:
            return REPEATED
        self._written.add(key)
        return ""


def is_unicode(text: str) -> bool:
    """Whether it has no half of a surrogate pair, which JSON can bring and no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
