"""The second pass: mentions of catch-alls get the types that they belong to (ours)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from ...grounding.normal import fold
from ...llm.client import Client
from ...llm.replies.parsed import Problem
from ...llm.types import Reply
from ...synthesis.induction.leaves import NAMING
from ...synthesis.languages import language_name
from ...synthesis.prompting import TEXT, chat, items_schema, object_schema
from ...synthesis.reply_items import items_of
from ...synthesis.retrieval.embed import Embed, unit_vectors
from ...synthesis.stage import Outcome, Request, ask
from ...synthesis.type_names import type_name
from ...types import CharSpan, Reject, Sample
from ..collect import Collected, collect, records, text_of
from ..mentions_shown import in_sentence
from ..type_labels import field_of, is_catch_all
from .vague_types import vague_types

PROMPT = "name_types.v1"
STAGE = "name_types"
# A mention goes to the type whose mentions' centre is nearest, if it is so near, and nearer by so
# much than the next. With all-MiniLM-L6-v2 95 % of the fifth of CrossNER AI's training mentions
# that pass by the margin got their own type, out of 13; of all mentions 63 % would.
NEAR, MARGIN = 0.4, 0.12
_MEMBERS = 3  # different mentions that a type must have, for a centre
_PER_CALL = 20
_LISTED = 50  # types that a prompt lists
_ANSWER = items_schema(object_schema(mention=TEXT, type=TEXT))


@dataclass
class Split:
    """What the second pass gives. counts: label -> mentions that got it."""

    samples: list[Sample]
    counts: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)


def split_other(
    samples: Sequence[Sample], embed: Embed, client: Client | None = None, language: str = "en"
) -> Split:
    """Give each mention of a vague type (see `vague_types`) the type that the same words have
    elsewhere, else the nearest by embedding if it is near enough, else what the client says.

    A mention of which none is known keeps its label. Fields of vague types stay as they are.
    language: of the texts.
    """
    found = collect(samples)
    vague = vague_types(found, samples, embed)
    mentions = _mentions(vague, found, samples)
    if not mentions:
        return Split([*samples])
    real = {
        label: one for label, one in found.items() if label not in vague and not field_of(label)
    }
    types = _same_words(mentions, real, samples)
    types |= _nearest([one for one in mentions if one not in types], real, samples, embed)
    rejects: list[Reject] = []
    left = {one: place for one, place in mentions.items() if one not in types}
    if client is not None and left:
        order = sorted(real, key=lambda label: -len(real[label].places))
        asked = _Asked(samples, order[:_LISTED], language_name(language))
        rejects += [one for one in asked.ask(left, client) if isinstance(one, Reject)]
        types |= asked.types
    split = Split([], rejects=rejects)
    split.samples = [_typed(sample, vague, types, split.counts) for sample in samples]
    return split


def _mentions(
    vague: Iterable[str], found: Mapping[str, Collected], samples: Sequence[Sample]
) -> dict[str, tuple[int, CharSpan]]:
    """Words of vague mentions, folded, each with its first place."""
    places = sorted((at, span) for label in vague for at, span in found[label].places)
    mentions: dict[str, tuple[int, CharSpan]] = {}
    for at, span in places:
        mentions.setdefault(fold(span.surface(samples[at].text)), (at, span))
    return mentions


def _same_words(
    mentions: Iterable[str], real: Mapping[str, Collected], samples: Sequence[Sample]
) -> dict[str, str]:
    """The one type that a mention's words have elsewhere; none for those that have several."""
    wanted = set(mentions)
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for label, one in real.items():
        for at, span in one.places:
            words = fold(span.surface(samples[at].text))
            if words in wanted:
                owners[words].add(label)
    return {words: next(iter(labels)) for words, labels in owners.items() if len(labels) == 1}


def _nearest(
    mentions: Sequence[str], real: Mapping[str, Collected], samples: Sequence[Sample], embed: Embed
) -> dict[str, str]:
    members = {label: one.surfaces(samples) for label, one in real.items()}
    labels = [label for label, surfaces in members.items() if len(surfaces) >= _MEMBERS]
    if len(labels) < 2 or not mentions:
        return {}
    centers = np.stack([unit_vectors(embed, members[label]).mean(axis=0) for label in labels])
    centers /= np.linalg.norm(centers, axis=1, keepdims=True)
    likeness = (unit_vectors(embed, mentions) @ centers.T).round(5)
    best = likeness.argsort(axis=1)[:, ::-1]
    found = {}
    for words, row, order in zip(mentions, likeness, best, strict=True):
        if row[order[0]] >= NEAR and row[order[0]] - row[order[1]] >= MARGIN:
            found[words] = labels[order[0]]
    return found


@dataclass
class _Asked:
    """Types that a language model names. known: those that there are. language: by its name."""

    samples: Sequence[Sample]
    known: Sequence[str]
    language: str
    types: dict[str, str] = field(default_factory=dict)

    def ask(
        self, mentions: Mapping[str, tuple[int, CharSpan]], client: Client
    ) -> Iterator[Outcome]:
        """Yields rejects only: replies that could not be read."""
        words = list(mentions)
        batches = [words[at : at + _PER_CALL] for at in range(0, len(words), _PER_CALL)]
        requests = [self._request([mentions[one] for one in batch], batch) for batch in batches]
        yield from ask(STAGE, client, requests, reject_limit=1.0)

    def _request(self, places: Sequence[tuple[int, CharSpan]], words: Sequence[str]) -> Request:
        shown = [
            {
                "mention": span.surface(self.samples[at].text),
                "text": in_sentence(self.samples[at].text, span),
            }
            for at, span in places
        ]
        known = list(self.known)
        prompt = chat(PROMPT, _ANSWER, types=known, mentions=shown, language=self.language)
        return Request(partial(self._take, words), (prompt,), {"prompt": PROMPT})

    def _take(self, words: Sequence[str], replies: Sequence[Reply]) -> list[Outcome]:
        items = items_of(replies[0])
        if isinstance(items, Problem):
            return [Reject(items.reason, items.detail, STAGE, replies[0].text)]
        for item in records(items):
            mention, name = fold(text_of(item, "mention")), type_name(text_of(item, "type"))
            if mention in words and name and not is_catch_all(name):
                self.types.setdefault(mention, name)
        return []


def _typed(
    sample: Sample, vague: frozenset[str], types: Mapping[str, str], counts: Counter[str]
) -> Sample:
    """The sample with the types of its vague mentions; its guidelines name them too."""
    spans: list[CharSpan] = []
    new: dict[str, None] = {}
    for span in sample.spans:
        words = fold(span.surface(sample.text)) if span.label in vague else ""
        if span.label in vague and words in types:
            counts[types[words]] += 1
            new[types[words]] = None
            span = replace(span, label=types[words])
        spans.append(span)
    if not new:
        return sample
    meta = {
        **sample.meta,
        **_with_guidelines(sample.meta, new),
        **_with_instances(sample.meta, vague, types),
    }
    return replace(sample, spans=tuple(dict.fromkeys(spans)), meta=meta)


def _with_guidelines(meta: Mapping[str, Any], new: Iterable[str]) -> dict[str, Any]:
    if "guidelines" not in meta:
        return {}
    given = records(meta["guidelines"])
    names = {text_of(one, "name") for one in given}
    more = [{"name": name, "definition": "", "fields": []} for name in new if name not in names]
    return {"guidelines": [*given, *more]}


def _with_instances(
    meta: Mapping[str, Any], vague: frozenset[str], types: Mapping[str, str]
) -> dict[str, Any]:
    if "instances" not in meta:
        return {}
    return {"instances": [_instance(one, vague, types) for one in records(meta["instances"])]}


def _instance(one: Mapping[str, Any], vague: frozenset[str], types: Mapping[str, str]) -> Any:
    """Instances that are a mention alone; others keep their fields, and so the type."""
    values = one.get("values")
    if text_of(one, "type") not in vague or not isinstance(values, Mapping):
        return one
    said = [value for name, value in values.items() if name in NAMING]
    if len(said) != len(values) or len(said) != 1 or not isinstance(said[0], str):
        return one
    return {**one, "type": types.get(fold(said[0]), text_of(one, "type"))}
