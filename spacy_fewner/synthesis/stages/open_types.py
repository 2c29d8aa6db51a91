"""Entities and concepts of any type, by name or by definition (UniversalNER)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import Any, Literal, TypeAlias, get_args

from ...data.passages import PASSAGE, count_tokens
from ...grounding.mentions import Mention, ground
from ...llm.client import Client
from ...llm.replies.pairs import Pair, pairs_of, tuples_in
from ...llm.replies.parsed import CUT_SHORT, Parsed, Problem
from ...llm.types import Prompt, Reply
from ...types import Reject, Sample, Schema
from ..checks import at_least, check, one_of, share
from ..languages import language_name
from ..prompting import TEXT, chat, items_schema
from ..provenance import inherited, sample_id
from ..reply_items import items_of
from ..stage import REJECT_LIMIT, TOO_LONG, Outcome, Request, ask, passing
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
    max_tokens: longer texts are rejected, never cut: `Passages` splits them.
    reject_limit: see `ask`.

    A surface gets its type wherever it stands in the passage. What is not in the text is listed in
    the sample's meta, as "ungrounded". A reply that is malformed or cut short is a reject, and so
    is one of which nothing is in the text. Source: UniversalNER, section 3; the prompts, the
    demonstrations and the grounding are ours.
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
        values = {"language": language_name(self.language), "shown": self.demonstrations}
        return chat(PROMPTS[self.asked], PAIRS, text=text, **values)

    def _request(self, sample: Sample) -> Request:
        meta = {"parents": [sample_id(sample)], "prompt": PROMPTS[self.asked]}
        own = {**inherited(sample), **meta, "stage": self.name, "calls": []}
        if not sample.text.strip():
            return passing(replace(sample, meta=own))
        if (tokens := count_tokens(sample.text)) > self.max_tokens:
            detail = f"{tokens} of {self.max_tokens} tokens"
            return passing(Reject(TOO_LONG, detail, self.name, sample.text, own))
        return Request(partial(self._build, sample), (self.prompt(sample.text),), meta)

    def _build(self, sample: Sample, replies: Sequence[Reply]) -> list[Outcome]:
        return [self.read(sample, replies[0])]

    def read(self, sample: Sample, reply: Reply) -> Outcome:
        """What a reply says of a sample."""
        parsed = read_pairs(reply)
        mentions = [one for one in map(self._mention, parsed.items) if one]
        if parsed.problems and not mentions:
            first = parsed.problems[0]
            return Reject(first.reason, first.detail, self.name, sample.text)
        found = ground(sample.text, mentions, ordered=True, purpose="inference", propagate=True)
        if mentions and not found.spans:
            detail = ", ".join(mention.surface for mention in mentions)[:120]
            return Reject(NOTHING_FOUND, detail, self.name, sample.text)
        left_out = [[one.mention.label, one.mention.surface] for one in found.failures]
        told: dict[str, Any] = {
            "asked": self.asked,
            **({"ungrounded": left_out} if left_out else {}),
        }
        return with_spans(replace(sample, meta={**inherited(sample), **told}), found.spans)

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
