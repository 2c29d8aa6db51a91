"""Seed-based generation: an LLM writes and annotates new texts like the seeds (LOCUS, Fig 4)."""

import math
import random
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from itertools import count, islice, repeat
from typing import get_args

from ...llm.client import Client
from ...types import Sample, Schema
from ..annotated_texts import Form, Written, reply_schema, shown
from ..checks import at_least, check, one_of, share
from ..labels import LabelNames
from ..languages import language_name, prompt_in
from ..planning.ideas import Ideas
from ..planning.plans import Planner, Pools
from ..prompting import chat
from ..provenance import sample_id, text_id
from ..stage import REJECT_LIMIT, Outcome, Request, ask

PROMPT = "generate.v2"
_LEAST_YIELD = 0.1  # of the texts asked for; bounds the calls of a round that follows a poor one


@dataclass(frozen=True)
class Generate:
    """Samples written and annotated by an LLM, from annotated seeds.

    target_size: rounds of calls go on until so many samples have come; a few more may come.
    per_call: texts asked for in one call (s of LOCUS); small models write five well.
    shown: seeds shown in each call, other ones each time.
    domain: what the texts are, in a few words ("reviews of restaurants"); may be left out.
    topics: to write about, in turn.
    n_topics: how many topics the LLM thinks up itself, behind the given ones.
    n_entities: how many new entities of each label it thinks up, for texts to mention.
    form: of the answers, see `Form`.
    language: of the texts, as spaCy has it ("de"). Chinese is asked for in Chinese, all others in
        English, which names the language; xx stands for any, and none is named.
    min_chars: shorter texts are rejected.
    rounds: how often calls are made for what is still missing.
    seed: of all that is drawn.
    reject_limit: see `ask`.

    What cannot be read or grounded is rejected, and so are copies of seeds and of earlier texts.
    Lengths and numbers of mentions follow the seeds. Source: LOCUS; topics and entities thought up
    beforehand after ProgGen; a plan a text, and rounds that make up for rejects, are ours.
    """

    target_size: int = 1000
    _: KW_ONLY
    per_call: int = 10
    shown: int = 8
    domain: str = ""
    topics: Sequence[str] = ()
    n_topics: int = 30
    n_entities: int = 30
    form: Form = "lines"
    language: str = "en"
    min_chars: int = 8
    rounds: int = 4
    seed: int = 0
    reject_limit: float = REJECT_LIMIT
    name: str = "generate"

    def __post_init__(self) -> None:
        at_least(self, 1, "target_size", "per_call", "shown", "rounds", "min_chars")
        at_least(self, 0, "n_topics", "n_entities")
        one_of(self, "form", get_args(Form))
        language_name(self.language)
        share(self, "reject_limit")

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        """samples: the seeds. Raises FewnerError when there are none."""
        seeds = [replace(sample, spans=sample.targets) for sample in samples]
        check("samples", bool(seeds), "generation needs seeds", "none", "Annotate some texts.")
        names = LabelNames(schema)
        contexts = self.contexts(seeds)
        ideas = Ideas(self.name, self.domain, self.n_topics, self.n_entities, self.language)
        yield from ideas.gather(seeds, names, client, random.Random(self.seed))
        pools = Pools([*self.topics, *ideas.topics], ideas.entities)
        planner = Planner(seeds, names, pools, self._drawn_by, self.language)
        yield from self._in_rounds(self._requests(planner, contexts, names, seeds), client)

    @property
    def _drawn_by(self) -> int | str:
        """Seed of seeds shown and of plans: stages of one run must not plan the same texts.

        "generate" alone stays with the bare number, as in journals of before."""
        return self.seed if self.name == Generate.name else f"{self.seed} {self.name}"

    def contexts(self, seeds: Sequence[Sample]) -> Iterator[Sequence[str]]:
        """For each call to come the texts that it shows besides the seeds; here none."""
        return repeat(())

    def _in_rounds(self, requests: Iterator[Request], client: Client | None) -> Iterator[Outcome]:
        """The number of calls of a round follows from what the rounds before gave, as a whole.

        So it does not depend on which reply came first, and a resumed run asks the same.
        """
        made = asked = 0
        for _ in range(self.rounds):
            missing = self.target_size - made
            if missing <= 0:
                return
            rate = max(made / asked, _LEAST_YIELD) if asked else 1.0
            calls = math.ceil(missing / (rate * self.per_call))
            asked += calls * self.per_call
            for outcome in ask(self.name, client, islice(requests, calls), self.reject_limit):
                made += isinstance(outcome, Sample)
                yield outcome
        if made < self.target_size:
            text = (
                f"stage {self.name}: {made} samples of {self.target_size} in {self.rounds} rounds"
            )
            warnings.warn(text, stacklevel=2)

    def _requests(
        self,
        planner: Planner,
        contexts: Iterator[Sequence[str]],
        names: LabelNames,
        seeds: Sequence[Sample],
    ) -> Iterator[Request]:
        """Endlessly, no two alike."""
        texts = [seed.text for seed in seeds]
        written = Written(self.name, names, texts, self.form, self.min_chars)
        schema, prompt_name = reply_schema(names, self.form), prompt_in(PROMPT, self.language)
        for number, retrieved in zip(count(), contexts):
            examples = planner.seeds(self.shown)
            prompt = chat(
                prompt_name,
                schema,
                number,
                form=self.form,
                domain=self.domain,
                language=language_name(self.language),
                labels=names.listed(),
                shown=self._shown(examples, names),
                retrieved=list(retrieved),
                plans=planner.plans(self.per_call),
            )
            parents = [*map(sample_id, examples), *map(text_id, retrieved)]
            yield Request(written.outcomes, (prompt,), {"prompt": prompt_name, "parents": parents})

    def _shown(self, examples: Sequence[Sample], names: LabelNames) -> list[str]:
        numbered = enumerate(examples, 1)
        return [shown(seed, names, self.form, n, self.language) for n, seed in numbered]
