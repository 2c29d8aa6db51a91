"""Enriched explanations: new text about the entities of a sample, without annotation (KnowFREE)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import Any, Literal, TypeAlias, get_args

from ...llm.client import Client
from ...llm.replies.parsed import Problem
from ...llm.types import Reply
from ...types import Reject, Sample, Schema
from ..annotated_texts import TOO_SHORT
from ..checks import at_least, one_of, share
from ..labels import LabelNames
from ..languages import language_name, prompt_in
from ..prompting import chat
from ..prose import paragraphs, sentences
from ..provenance import sample_id
from ..stage import REJECT_LIMIT, Outcome, Request, ask, passing, too_long
from .key_phrases import KEY_PHRASES, given_phrases, phrases_prompt, read_phrases

Unit: TypeAlias = Literal["sentence", "paragraph"]

EXPLAIN, DESCRIBE = "explain.v1", "describe.v1"
_PHRASES_META = "_phrases"
_ID_DIGITS = 12


@dataclass(frozen=True)
class Explain:
    """New, unlabelled text: an expert goes on from a sample and explains its entities.

    Of a sample without target entities its key phrases are explained: those that `KeyPhrases` has
    marked, else they are asked for first.
    domain: of the expert, in a few words; may be left out.
    language: of the texts, as spaCy has it ("de"). Chinese is asked for in Chinese, all others in
        English, which names the language.
    sentences: to be written for a sample.
    phrases: key phrases of a sample without entities.
    unit: what of a reply is a text of its own. Whole paragraphs suit examples of that length;
        beside examples of a sentence each they are too long, and would be lost as a whole.
    max_chars: samples longer than this are rejected. min_chars: so are texts shorter than this.
    reject_limit: see `ask`.

    Comes out: a sample without spans for each unit of each reply, to be annotated by a frozen model
    (`Annotate`), or a reject. Source: KnowFREE; units are ours.
    """

    domain: str = ""
    _: KW_ONLY
    language: str = "en"
    sentences: int = 3
    phrases: int = 4
    unit: Unit = "sentence"
    max_chars: int = 2000
    min_chars: int = 20
    reject_limit: float = REJECT_LIMIT
    name: str = "explain"

    def __post_init__(self) -> None:
        at_least(self, 1, "sentences", "phrases", "max_chars", "min_chars")
        one_of(self, "unit", get_args(Unit))
        language_name(self.language)
        share(self, "reject_limit")

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        names = LabelNames(schema) if len(schema) else None
        phrased = ask(
            self.name,
            client,
            (self._phrases_request(sample, schema) for sample in samples),
            self.reject_limit,
        )
        requests = (self._text_request(outcome, names) for outcome in phrased)
        return ask(self.name, client, requests, self.reject_limit)

    def _phrases_request(self, sample: Sample, schema: Schema) -> Request:
        parents = {"parents": [sample_id(sample)]}
        own = {**parents, "stage": self.name, "calls": []}
        if reject := too_long(sample, self.max_chars, self.name, own):
            return passing(reject)
        if any(span.label in schema for span in sample.spans):
            return passing(replace(sample, meta=parents))
        if phrases := given_phrases(sample):
            return passing(replace(sample, meta={**parents, _PHRASES_META: phrases}))
        prompt = phrases_prompt(sample.text, self.phrases, self.language)
        meta = {**parents, "prompt": prompt_in(KEY_PHRASES, self.language)}
        return Request(partial(self._take_phrases, sample), (prompt,), meta)

    def _take_phrases(self, sample: Sample, replies: Sequence[Reply]) -> list[Outcome]:
        found = read_phrases(replies[0], sample.text, self.phrases)
        if isinstance(found, Problem):
            return [Reject(found.reason, found.detail, self.name, sample.text)]
        surfaces = [span.surface(sample.text) for span in found]
        return [replace(sample, meta={_PHRASES_META: list(dict.fromkeys(surfaces))})]

    def _text_request(self, outcome: Outcome, names: LabelNames | None) -> Request:
        if isinstance(outcome, Reject):
            return passing(outcome)
        meta = {key: value for key, value in outcome.meta.items() if key != _PHRASES_META}
        own: dict[str, Any] = {"domain": self.domain, "text": outcome.text}
        if phrases := outcome.meta.get(_PHRASES_META):
            prompt = prompt_in(DESCRIBE, self.language)
            own["phrases"] = phrases
            meta["prompt"] = " + ".join([*filter(None, [meta.get("prompt")]), prompt])
        else:
            meta["prompt"] = prompt = prompt_in(EXPLAIN, self.language)
            own["entities"] = _entities(outcome, names)
        own["language"] = language_name(self.language)
        asked = chat(prompt, n_sentences=self.sentences, **own)
        return Request(partial(self._take_text, outcome), (asked,), meta)

    def _take_text(self, sample: Sample, replies: Sequence[Reply]) -> list[Outcome]:
        reply = replies[0]
        found = paragraphs(reply, sample.text, self.min_chars)
        if isinstance(found, Problem):
            return [Reject(found.reason, found.detail, self.name, found.source)]
        start = f"{self.name}-{reply.key[:_ID_DIGITS]}"
        return [self._text(text, f"{start}-{n}") for n, text in enumerate(self._units(found))]

    def _units(self, found: Sequence[str]) -> list[str]:
        if self.unit == "paragraph":
            return list(found)
        return [sentence for paragraph in found for sentence in sentences(paragraph)]

    def _text(self, text: str, own_id: str) -> Outcome:
        if len(text) < self.min_chars:
            return Reject(TOO_SHORT, text, self.name, text)
        return Sample(text, meta={"id": own_id})


def _entities(sample: Sample, names: LabelNames | None) -> list[dict[str, str]]:
    """Surface and label of the target entities, none twice, in order; names: None without any."""
    if names is None:
        return []
    spans = sorted(span for span in sample.spans if span.label in names.schema)
    pairs = dict.fromkeys((span.surface(sample.text), names.show(span.label)) for span in spans)
    return [{"text": surface, "label": label} for surface, label in pairs]
