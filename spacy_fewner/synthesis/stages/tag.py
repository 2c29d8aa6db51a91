"""Parts of speech over words that are known already (the last layer of KnowFREE's extension)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import Any

from ...data.formats.record import Offsets
from ...llm.client import Client
from ...llm.replies.parsed import Problem
from ...llm.types import Reply
from ...types import Reject, Sample, Schema
from ..checks import at_least, share
from ..languages import language_name, prompt_in
from ..prompting import chat
from ..provenance import inherited, sample_id
from ..reply_items import items_of
from ..stage import REJECT_LIMIT, Outcome, Request, ask, passing, too_long
from ..words import TAGS_SCHEMA, UPOS, given_words, surfaces_of, with_tags

NO_WORDS = "no words"


@dataclass(frozen=True)
class Tag:
    """Adds a span `ext/pos/<tag>` for each word; what a sample has stays.

    Words are its `ext/seg/word` spans, else its tokens; a sample with neither is rejected, and so
    is one whose reply leaves out a word or adds one. A blank sample is not asked about.
    language: of the text; Chinese is asked about in Chinese, all others in English, which names the
        language.
    max_chars: longer texts are rejected, never cut.
    reject_limit: see `ask`. Source: KnowFREE, as `Extend`, which also asks for the
    words.
    """

    language: str = "en"
    _: KW_ONLY
    max_chars: int = 2000
    reject_limit: float = REJECT_LIMIT
    name: str = "tag"

    def __post_init__(self) -> None:
        language_name(self.language)
        at_least(self, 1, "max_chars")
        share(self, "reject_limit")

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        return ask(self.name, client, map(self._request, samples), self.reject_limit)

    def _request(self, sample: Sample) -> Request:
        prompt = prompt_in("tag.en.v1", self.language)
        meta = {"parents": [sample_id(sample)], "prompt": prompt}
        own = {**inherited(sample), **meta, "stage": self.name, "calls": []}
        if not sample.text.strip():
            return passing(replace(sample, meta=own))
        if reject := too_long(sample, self.max_chars, self.name, own):
            return passing(reject)
        offsets = given_words(sample)
        if not offsets:
            detail = "segment it first, or give it tokens"
            return passing(Reject(NO_WORDS, detail, self.name, sample.text, own))
        words = surfaces_of(sample.text, offsets)
        told: dict[str, Any] = {
            "words": words,
            "tags": UPOS,
            "language": language_name(self.language),
        }
        chatted = chat(prompt, TAGS_SCHEMA, text=sample.text, **told)
        return Request(partial(self._build, sample, offsets), (chatted,), meta)

    def _build(self, sample: Sample, offsets: Offsets, replies: Sequence[Reply]) -> list[Outcome]:
        items = items_of(replies[0])
        if isinstance(items, Problem):
            return [Reject(items.reason, items.detail, self.name, sample.text)]
        return [with_tags(replace(sample, meta=inherited(sample)), offsets, items, self.name)]
