"""Entities and concepts of any type, by name or by definition (UniversalNER)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import Literal, TypeAlias, get_args

from ...data.passages import PASSAGE, Piece, passages
from ...grounding.mentions import Grounding, Mention, ground
from ...llm.client import Client
from ...llm.replies.pairs import Pair, pairs_of, tuples_in
from ...llm.replies.parsed import CUT_SHORT, Parsed, Problem
from ...llm.types import Prompt, Reply
from ...types import CharSpan, Reject, Sample, Schema
from ..checks import at_least, check, one_of, share
from ..languages import language_name
from ..pieces import moved
from ..prompting import TEXT, chat, items_schema
from ..provenance import inherited, sample_id
from ..reply_items import items_of
from ..stage import NO_REPLY, REJECT_LIMIT, Outcome, Request, ask, passing
from ..type_names import type_definition, type_name
from ..words import with_spans

Asked: TypeAlias = Literal["types", "definitions"]

PROMPTS: dict[str, str] = {"types": "open_types.v1", "definitions": "open_definitions.v1"}
NOTHING_FOUND = "nothing of the reply is in the text"
PAIRS = items_schema({"type": "array", "items": TEXT, "minItems": 2, "maxItems": 2})


@dataclass(frozen=True)
class OpenTypes:
    """Marks all entities and concepts of passages, each with its type; what a sample has stays.

    asked: "types" for a name of each ("city"), "definitions" for a sentence that defines it and
        then is the label ("A city where people live and work").
    language: of the texts, as spaCy has it ("de"); types are English.
    demonstrations: whether the prompt shows two passages with their answers.
    max_tokens: longer texts are asked about in parts of whole sentences.
    reject_limit: see `ask`.

    A surface gets its type wherever it stands in the passage. What is not in the text is listed in
    the sample's meta, as "ungrounded". A reply that is malformed or cut short is a reject, and so
    is one of which nothing is in the text; of a text in parts, "left_out" says why a part has
    none. Source: UniversalNER, section 3; the prompts, the demonstrations and the grounding are
    ours.
    """

    asked: Asked = "types"
    _: KW_ONLY
    language: str = "en"
    demonstrations: bool = True
    max_tokens: int = PASSAGE
    reject_limit: float = REJECT_LIMIT
    name: str = "open_types"

    def __post_init__(self) -> None:
        one_of(self, "asked", get_args(Asked))
        is_flag = isinstance(self.demonstrations, bool)
        check("demonstrations", is_flag, "must be true or false", self.demonstrations)
        language_name(self.language)
        at_least(self, 1, "max_tokens")
        share(self, "reject_limit")

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        return ask(self.name, client, map(self._request, samples), self.reject_limit)

    def prompt(self, text: str) -> Prompt:
        language = language_name(self.language)
        name, shown = PROMPTS[self.asked], self.demonstrations
        return chat(name, PAIRS, text=text, language=language, shown=shown)

    def _request(self, sample: Sample) -> Request:
        meta = {"parents": [sample_id(sample)], "prompt": PROMPTS[self.asked]}
        parts = passages(sample.text, self.max_tokens)
        if not parts:
            own = {**inherited(sample), **meta, "stage": self.name, "calls": []}
            return passing(replace(sample, meta=own))
        prompts = tuple(self.prompt(sample.text[start:end]) for start, end in parts)
        return Request(partial(self._build, sample, parts), prompts, meta, partial=True)

    def _build(
        self, sample: Sample, parts: Sequence[Piece], replies: Sequence[Reply]
    ) -> list[Outcome]:
        return [self.read(sample, parts, replies)]

    def read(self, sample: Sample, parts: Sequence[Piece], replies: Sequence[Reply]) -> Outcome:
        """What the replies say of a sample's parts, (start, end) characters each."""
        spans: list[CharSpan] = []
        ungrounded: list[list[str]] = []
        problems: list[Problem] = []
        for (start, end), reply in zip(parts, replies, strict=True):
            found = self._read(sample.text[start:end], reply)
            if isinstance(found, Problem):
                problems.append(found)
                continue
            spans += [moved(span, start) for span in found.spans]
            ungrounded += [[one.mention.label, one.mention.surface] for one in found.failures]
        if len(problems) == len(parts):
            return Reject(problems[0].reason, problems[0].detail, self.name, sample.text)
        left_out = [[problem.reason, problem.detail] for problem in problems]
        told = {"asked": self.asked, "ungrounded": ungrounded, "left_out": left_out}
        kept = {key: value for key, value in told.items() if value}
        return with_spans(replace(sample, meta={**inherited(sample), **kept}), spans)

    def _read(self, text: str, reply: Reply) -> Grounding | Problem:
        if reply.error:
            return Problem(NO_REPLY, reply.error, "")
        parsed = read_pairs(reply)
        mentions = [one for one in map(self._mention, parsed.items) if one]
        if parsed.problems and not mentions:
            return parsed.problems[0]
        found = ground(text, mentions, ordered=True, purpose="inference", propagate=True)
        if mentions and not found.spans:
            detail = ", ".join(mention.surface for mention in mentions)[:120]
            return Problem(NOTHING_FOUND, detail, reply.text)
        return found

    def _mention(self, pair: Pair) -> Mention | None:
        surface, told = pair
        label = type_name(told) if self.asked == "types" else type_definition(told)
        return Mention(surface, label) if label else None


def read_pairs(reply: Reply) -> Parsed[Pair]:
    """Of JSON, else of Python's form; nothing of a reply cut short, which may lack any type."""
    items = items_of(reply)
    if not isinstance(items, Problem):
        return pairs_of(items)
    if items.reason == CUT_SHORT:
        return Parsed(problems=(items,))
    return tuples_in(reply.text)
