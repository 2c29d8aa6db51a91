"""Spans by guidelines: a model tuned on code rows completes the list of what a text mentions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import partial

from ...data.passages import Piece
from ...llm.client import Client
from ...llm.replies.parsed import Problem
from ...llm.types import Message, Prompt, Reply
from ...synthesis.checks import at_least, share
from ...synthesis.provenance import sample_id
from ...synthesis.stage import NO_REPLY, REJECT_LIMIT, Outcome, Request, ask, passing
from ...types import Sample, Schema
from ..rows.code_rows import MOST_TYPES
from ..rows.code_source import PROMPT, Code
from .classes import Classes
from .found import Found, check_labels, parts_of, without_spans
from .mentioned import Mentioned
from .python_list import read_instances

PASSAGE = 1024  # tokens: whole documents, as GuideX has them, but within a small model's context


@dataclass(frozen=True)
class AskCode:
    """Puts spans of the schema's labels in the place of a sample's own; `ext/` spans stay.

    fields: a label below another, such as `Organ/maker`, is a field of it, as `discover` names
        them; the sample's meta then gets "instances", with the values of each together. Else every
        label is a type of its own.
    max_tokens: longer texts are asked about in passages of whole sentences.
    most_types: in one question; of more types several are asked.
    flat: of spans that overlap, the longest; else of those that do all stay.
    reject_limit: see `ask`.

    The prompts are those that `rows --form code` writes, with the schema's definitions as
    guidelines. Answers are read, never run; what is not in the text is listed in the sample's meta,
    as "ungrounded", and what could not be read as "left_out". A sample of which no answer could be
    read is rejected. Source: GoLLIE, GuideX; reading and grounding are ours.
    """

    fields: bool = False
    _: KW_ONLY
    max_tokens: int = PASSAGE
    most_types: int = MOST_TYPES
    flat: bool = False
    reject_limit: float = REJECT_LIMIT
    name: str = "ask_code"

    def __post_init__(self) -> None:
        at_least(self, 1, "max_tokens", "most_types")
        share(self, "reject_limit")

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        """One outcome a sample, in order. Raises FewnerError for a schema without labels."""
        check_labels(schema)
        classes = Classes(schema, self.fields, self.most_types)
        requests = (self._request(sample, classes) for sample in samples)
        return ask(self.name, client, requests, self.reject_limit)

    def _request(self, sample: Sample, classes: Classes) -> Request:
        meta = {"parents": [sample_id(sample)], "prompt": PROMPT}
        parts = parts_of(sample.text, self.max_tokens)
        if not parts:
            return passing(without_spans(sample, **meta, stage=self.name, calls=[]))
        texts = [(part, sample.text[slice(*part)]) for part in parts]
        codes = [(part, code) for part, text in texts for code in classes.about(text)]
        prompts = tuple(Prompt(tuple(Message(*turn) for turn in code.turns)) for _, code in codes)
        return Request(partial(self._build, sample, codes), prompts, meta, partial=True)

    def _build(
        self, sample: Sample, codes: Sequence[tuple[Piece, Code]], replies: Sequence[Reply]
    ) -> list[Outcome]:
        found, instances = Found(), []
        for ((start, end), code), reply in zip(codes, replies, strict=True):
            mentioned = self._read(found, code, reply)
            if mentioned is not None:
                text = sample.text[start:end]
                found.take(text, start, mentioned.mentions, ordered=True)
                instances += mentioned.instances(text)
        told = instances if self.fields else []
        return [found.outcome(sample, self.name, self.flat, instances=told)]

    def _read(self, found: Found, code: Code, reply: Reply) -> Mentioned | None:
        """None for an answer of no use."""
        if reply.error:
            found.leave_out("", Problem(NO_REPLY, reply.error, ""))
            return None
        parsed = read_instances(reply.text)
        for problem in parsed.problems:
            found.leave_out("", problem)
        if parsed.problems and not parsed.items:
            return None
        return Mentioned(code, parsed.items, found.leave_out)
