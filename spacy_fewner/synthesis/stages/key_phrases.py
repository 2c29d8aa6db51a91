"""Key phrases of texts: what there is to explain where no entities are (KnowFREE, P_ext)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial

from ...grounding.ladder import Ladder
from ...llm.client import Client
from ...llm.replies.parsed import Problem
from ...llm.types import Prompt, Reply
from ...types import EXTENSION_PREFIX, CharSpan, Reject, Sample, Schema
from ..checks import at_least, share
from ..languages import language_name, prompt_in
from ..prompting import TEXT, chat, items_schema
from ..provenance import inherited, sample_id
from ..reply_items import strings_of
from ..stage import REJECT_LIMIT, Outcome, Request, ask, passing, too_long
from ..words import with_spans

KEY_PHRASES = "key_phrases.v1"
PHRASE = EXTENSION_PREFIX + "key/phrase"  # two parts, as no type of entities has
NO_PHRASE = "no key phrase in the text"


@dataclass(frozen=True)
class KeyPhrases:
    """Marks key phrases of samples as spans `ext/key/phrase`; what a sample has stays.

    phrases: at most so many a sample, each where it stands first. language: of the texts, as
    spaCy has it ("de"); Chinese is asked about in Chinese, all others in English, which names the
    language. max_chars: longer texts are rejected, never cut. reject_limit: see `ask`.

    A sample of which no phrase is found in its text is rejected. `Explain` goes by these spans
    where there are no target entities. Source: KnowFREE; the spans are ours.
    """

    phrases: int = 4
    _: KW_ONLY
    language: str = "en"
    max_chars: int = 2000
    reject_limit: float = REJECT_LIMIT
    name: str = "key_phrases"

    def __post_init__(self) -> None:
        language_name(self.language)
        at_least(self, 1, "phrases", "max_chars")
        share(self, "reject_limit")

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        return ask(self.name, client, map(self._request, samples), self.reject_limit)

    def _request(self, sample: Sample) -> Request:
        name = prompt_in(KEY_PHRASES, self.language)
        meta = {"parents": [sample_id(sample)], "prompt": name}
        own = {**inherited(sample), **meta, "stage": self.name, "calls": []}
        if not sample.text.strip():
            return passing(replace(sample, meta=own))
        if reject := too_long(sample, self.max_chars, self.name, own):
            return passing(reject)
        prompt = phrases_prompt(sample.text, self.phrases, self.language)
        return Request(partial(self._build, sample), (prompt,), meta)

    def _build(self, sample: Sample, replies: Sequence[Reply]) -> list[Outcome]:
        found = read_phrases(replies[0], sample.text, self.phrases)
        if isinstance(found, Problem):
            return [Reject(found.reason, found.detail, self.name, sample.text)]
        return [with_spans(replace(sample, meta=inherited(sample)), found)]


def phrases_prompt(text: str, most: int, language: str = "en") -> Prompt:
    name, shown_as = prompt_in(KEY_PHRASES, language), language_name(language)
    return chat(name, items_schema(TEXT), text=text, n=most, language=shown_as)


def read_phrases(reply: Reply, text: str, most: int) -> list[CharSpan] | Problem:
    """The first places of the phrases that are in the text, in the order of the reply."""
    told = strings_of(reply)
    if isinstance(told, Problem):
        return told
    ladder = Ladder(text)
    places = [found[0] for found in map(ladder.find, told) if found]
    spans = dict.fromkeys(CharSpan(place.start, place.end, PHRASE) for place in places)
    return list(spans)[:most] or Problem(NO_PHRASE, repr(told)[:120], reply.text)


def given_phrases(sample: Sample) -> list[str]:
    """Surfaces of the phrases that a sample has marked, in the order of its spans, none twice."""
    marked = (span.surface(sample.text) for span in sample.spans if span.label == PHRASE)
    return list(dict.fromkeys(marked))
