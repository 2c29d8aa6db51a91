"""Self-check: the LLM looks again at each span of a sample, by multiple choice (after ProgGen)."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial

from ...llm.client import Client
from ...llm.replies.choices import Asked, Ruling, Verdict, read_choices
from ...llm.replies.parsed import Problem
from ...llm.types import Prompt, Reply
from ...types import Reject, Sample, Schema
from ..checks import at_least, share
from ..labels import LabelNames
from ..languages import language_name, prompt_in
from ..prompting import chat
from ..provenance import inherited, sample_id
from ..stage import REJECT_LIMIT, Outcome, Request, ask, passing, too_long
from .verdicts import rule

PROMPT = "correct.v1"
_RULINGS: tuple[Ruling, ...] = ("kept", "boundary", "type", "none")

Letters = dict[Ruling, str]


@dataclass(frozen=True)
class Correct:
    """Keeps, moves, relabels or drops each target span of a sample, as the LLM rules.

    per_call: spans asked about in one prompt; a sample with more takes several.
    strict: reject a sample when a span's answer cannot be read or carried out; else leave that
        span as it is.
    language: of the texts, as spaCy has it ("de"). Chinese is asked about in Chinese, all others in
        English, which names the language.
    max_chars: longer texts are rejected.
    seed: of the order of the options, which differs from prompt to prompt, since small models
        favour a letter.
    reject_limit: see `ask`.

    Equal surfaces of one label are asked about once and ruled on together. `meta["corrected"]`
    counts the rulings. `ext/` spans are left alone. Source: the question is ProgGen's, the rest
    ours.
    """

    per_call: int = 8
    _: KW_ONLY
    strict: bool = True
    language: str = "en"
    max_chars: int = 2000
    seed: int = 0
    reject_limit: float = REJECT_LIMIT
    name: str = "correct"

    def __post_init__(self) -> None:
        language_name(self.language)
        at_least(self, 1, "per_call", "max_chars")
        share(self, "reject_limit")

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        names, rng = LabelNames(schema), random.Random(self.seed)
        requests = (self._request(sample, names, rng) for sample in samples)
        return ask(self.name, client, requests, self.reject_limit)

    def _request(self, sample: Sample, names: LabelNames, rng: random.Random) -> Request:
        name = prompt_in(PROMPT, self.language)
        meta = {"parents": [sample_id(sample)], "prompt": name}
        asked = _asked(sample, names)
        own = {**meta, "stage": self.name, "calls": []}
        if reject := too_long(sample, self.max_chars, self.name, own):
            return passing(reject)
        if not asked:
            return passing(replace(sample, meta={**inherited(sample), **own}))
        parts = [asked[at : at + self.per_call] for at in range(0, len(asked), self.per_call)]
        letters = [dict(zip(rng.sample(_RULINGS, 4), "ABCD", strict=True)) for _ in parts]
        prompts = [
            self._prompt(sample, part, names, order)
            for part, order in zip(parts, letters, strict=True)
        ]
        build = partial(self._build, sample, names, parts, letters)
        return Request(build, tuple(prompts), meta)

    def _prompt(
        self, sample: Sample, asked: Sequence[Asked], names: LabelNames, letters: Letters
    ) -> Prompt:
        return chat(
            prompt_in(PROMPT, self.language),
            text=sample.text,
            labels=names.listed(),
            spans=list(asked),
            letters=dict(sorted(letters.items(), key=lambda item: item[1])),
            language=language_name(self.language),
        )

    def _build(
        self,
        sample: Sample,
        names: LabelNames,
        parts: Sequence[Sequence[Asked]],
        letters: Sequence[Letters],
        replies: Sequence[Reply],
    ) -> list[Outcome]:
        verdicts: dict[tuple[str, str], Verdict | Problem] = {}
        for part, order, reply in zip(parts, letters, replies, strict=True):
            options = {letter: ruling for ruling, letter in order.items()}
            keys = [(one.surface, one.label) for one in part]
            verdicts |= zip(keys, read_choices(reply.text, part, options), strict=True)
        ruled = rule(sample, verdicts, names)
        if ruled.problems and self.strict:
            first = ruled.problems[0]
            return [Reject(first.reason, first.detail, self.name, sample.text)]
        meta = {**inherited(sample), "corrected": dict(ruled.counts)}
        return [replace(sample, spans=tuple(dict.fromkeys(ruled.spans)), meta=meta)]


def _asked(sample: Sample, names: LabelNames) -> list[Asked]:
    """Surface and label's name of each target span, in order, none twice."""
    spans = sorted(span for span in sample.spans if span.label in names.schema)
    asked = (Asked(span.surface(sample.text), names.show(span.label)) for span in spans)
    return list(dict.fromkeys(asked))
