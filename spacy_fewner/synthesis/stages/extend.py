"""Label extension: other entities, words and parts of speech beside the target labels (KnowFREE).

They become spans whose label begins with `ext/`, which `fewner` learns and never predicts: types of
entities as "ext/person", words as "ext/seg/word", parts of speech as "ext/pos/NOUN".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import Any, Literal, TypeAlias, get_args

from ...grounding.mentions import Mention, ground
from ...grounding.record import UNREAD
from ...llm.client import Client
from ...llm.replies.parsed import Problem
from ...llm.types import Reply
from ...types import EXTENSION_PREFIX, CharSpan, Reject, Sample, Schema
from ..annotated_texts import is_unicode
from ..checks import at_least, check, share
from ..languages import language_name, prompt_in
from ..prompting import TEXT, chat, items_schema, object_schema
from ..provenance import inherited, sample_id
from ..reply_items import items_of
from ..stage import REJECT_LIMIT, Outcome, Request, ask, passing, too_long
from ..words import (
    TAGS_SCHEMA,
    UPOS,
    WORD,
    WORDS_SCHEMA,
    read_words,
    surfaces_of,
    with_spans,
    with_tags,
)

Layer: TypeAlias = Literal["entities", "words", "tags"]
_Take: TypeAlias = Callable[[Sample, list[Any]], Outcome]

PREFIX = EXTENSION_PREFIX


_ENTITIES = items_schema(object_schema(entity=TEXT, type=TEXT))
_WORDS_META = "_words"  # [start, end] of each, between segmentation and tagging
_LONGEST_TYPE = 40  # characters


@dataclass(frozen=True)
class Extend:
    """Adds extension spans to samples; what they have stays.

    layers: "entities", "words", "tags", any of them; tags need a segmentation, which is asked for.
    language: of the texts, as spaCy has it ("de"). Chinese is asked about in Chinese and gets
        Chinese types; all others in English, which is told the language.
    max_chars: longer texts are rejected, never cut.
    strict: reject a sample when an entity is not found in its text; else leave that entity out,
        and name it in the sample's meta, as "left_out".
    reject_limit: see `ask`.

    Each sample comes back extended, or rejected. Source: KnowFREE; tags are those of
    Universal Dependencies (ours).
    """

    layers: Sequence[Layer] = ("entities",)
    _: KW_ONLY
    language: str = "en"
    max_chars: int = 2000
    strict: bool = True
    reject_limit: float = REJECT_LIMIT
    name: str = "extend"

    def __post_init__(self) -> None:
        known = get_args(Layer)
        rule = f"must be some of {', '.join(known)}"
        check("layers", bool(self.layers) and set(self.layers) <= {*known}, rule, self.layers)
        language_name(self.language)
        at_least(self, 1, "max_chars")
        share(self, "reject_limit")

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        outcomes: Iterator[Outcome] = map(self._begun, samples)
        step = partial(self._step, client)
        if "entities" in self.layers:
            outcomes = step("extend_entities", _ENTITIES, self._with_entities, outcomes)
        if {"words", "tags"} & set(self.layers):
            outcomes = step("segment", WORDS_SCHEMA, self._with_words, outcomes)
        if "tags" in self.layers:
            outcomes = step("tag", TAGS_SCHEMA, self._with_tags, outcomes)
        return map(self._finished, outcomes)

    def _begun(self, sample: Sample) -> Outcome:
        meta = {**inherited(sample), "stage": self.name, "calls": []}
        meta["parents"] = [sample_id(sample)]
        return too_long(sample, self.max_chars, self.name, meta) or replace(sample, meta=meta)

    def _step(
        self,
        client: Client | None,
        name: str,
        schema: Mapping[str, Any],
        take: _Take,
        outcomes: Iterator[Outcome],
    ) -> Iterator[Outcome]:
        """Ask one prompt about each sample; rejects and blank texts go along."""

        def request(outcome: Outcome) -> Request:
            if isinstance(outcome, Reject) or not outcome.text.strip():
                return passing(outcome)
            prompt = prompt_in(f"{name}.en.v1", self.language)
            values = self._values(name, outcome)
            chatted = chat(prompt, schema, text=outcome.text, **values)
            build = partial(self._build, outcome, take)
            return Request(build, (chatted,), _step_meta(outcome, prompt))

        return ask(self.name, client, map(request, outcomes), self.reject_limit)

    def _values(self, name: str, sample: Sample) -> dict[str, Any]:
        """What a prompt names besides the text."""
        told = {"language": language_name(self.language)}
        if name != "tag":
            return told
        return {**told, "words": surfaces_of(sample.text, sample.meta[_WORDS_META]), "tags": UPOS}

    def _build(self, sample: Sample, take: _Take, replies: Sequence[Reply]) -> list[Outcome]:
        items = items_of(replies[0])
        if isinstance(items, Problem):
            return [Reject(items.reason, items.detail, self.name, sample.text)]
        return [take(sample, items)]

    def _with_entities(self, sample: Sample, items: list[Any]) -> Outcome:
        mentions = [_mention(item) for item in items]
        if None in mentions and self.strict:
            bad = items[mentions.index(None)]
            return Reject(UNREAD, repr(bad), self.name, sample.text)
        kept = [mention for mention in mentions if mention]
        found = ground(
            sample.text, kept, ordered=True, purpose="training" if self.strict else "inference"
        )
        if found.failures and self.strict:
            first = found.failures[0]
            detail = f"{first.mention.surface!r} ({first.mention.label})"
            return Reject(first.reason, detail, self.name, sample.text)
        left_out = [[one.mention.surface, one.mention.label] for one in found.failures]
        meta = {**sample.meta, "left_out": left_out} if left_out else sample.meta
        return with_spans(replace(sample, meta=meta), found.spans)

    def _with_words(self, sample: Sample, items: list[Any]) -> Outcome:
        offsets = read_words(sample.text, items, self.name)
        if isinstance(offsets, Reject):
            return offsets
        words = [CharSpan(start, end, WORD) for start, end in offsets]
        extended = with_spans(sample, words if "words" in self.layers else ())
        return replace(extended, meta={**sample.meta, _WORDS_META: offsets})

    def _with_tags(self, sample: Sample, items: list[Any]) -> Outcome:
        return with_tags(sample, sample.meta[_WORDS_META], items, self.name)

    def _finished(self, outcome: Outcome) -> Outcome:
        if isinstance(outcome, Reject):
            return outcome
        meta = {key: value for key, value in outcome.meta.items() if key != _WORDS_META}
        return replace(outcome, meta=meta)


def is_entity_type(label: str) -> bool:
    """Whether it is an extension label of an entity, not of a word."""
    return label.startswith(PREFIX) and "/" not in label.removeprefix(PREFIX)


def _mention(item: Any) -> Mention | None:
    if not isinstance(item, dict):
        return None
    surface, kind = item.get("entity", item.get("text")), item.get("type", item.get("label"))
    if not (isinstance(surface, str) and isinstance(kind, str) and surface.strip()):
        return None
    kind = " ".join(kind.casefold().replace("/", " ").replace("_", " ").split())
    is_type = 0 < len(kind) <= _LONGEST_TYPE and is_unicode(kind)
    return Mention(surface, PREFIX + kind) if is_type else None


def _step_meta(sample: Sample, prompt: str) -> dict[str, Any]:
    """Of the request: the steps before are part of it."""
    prompts = [*filter(None, [sample.meta.get("prompt")]), prompt]
    return {
        "parents": sample.meta["parents"],
        "calls": sample.meta["calls"],
        "prompt": " + ".join(prompts),
    }
