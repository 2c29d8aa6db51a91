"""Texts of given classes, written by an LLM from texts of these classes (LOCUS, Fig 4)."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from itertools import count, repeat
from typing import Any, TypeAlias, get_args

from ...data.classes.labels import classified
from ...errors import warn
from ...llm.client import Client
from ...shown import cut
from ...types import Sample, Schema
from ..checks import at_least, check, one_of, share
from ..labels import LabelNames
from ..languages import language_name
from ..retrieval.embed import Embed
from ..stage import REJECT_LIMIT, Outcome, Request, ask
from .calls import ClassForm, text_request
from .groups import Group, by_class, groups_of, schema_of, shares
from .nearness import nearest
from .plans import GroupPlanner, Scheme
from .reply import WrittenTexts
from .tally import Ids, Tally
from .topics import topic_request

RequestOf: TypeAlias = Callable[[Ids, int], Request]
"""(classes, texts to ask for) -> the next call."""


@dataclass(frozen=True)
class GenerateTexts:
    """Texts of given classes, written by an LLM.

    target_size: texts to write, so that classes come level, the gold ones counted; a few more may
        come. Classes that texts have together are written together, as they occur.
    per_call: texts asked for in one call (s of LOCUS), all of the same classes.
    shown: examples of these classes shown in each call, other ones each time. A class without any
        is written from its description, in the style of the nearest one.
    domain: what the texts are, in a few words ("questions to a help desk"); may be left out.
    topics: to write about, in turn, whatever the class.
    n_topics: how many topics of each class the LLM thinks up itself, behind the given ones; no more
        than texts are to be written of it.
    neighbours: how many other classes, the nearest, each call tells of.
    contrast: of how many of these it shows a text as well, to be told from; a model of 1.5 billion
        parameters wrote texts like these instead (docs/synthesis.md).
    between: share of the texts that are to be close to one of these, and still of their own class.
    embed: of texts, says which classes are near; None counts the words that they share.
    form: of the answers, see `ClassForm`.
    language: of the texts, as spaCy has it ("de"). Chinese is asked for in Chinese, all others in
        English, which names the language; xx stands for any, and none is named.
    min_chars: shorter texts are rejected.
    rounds: how often calls are made for what is still missing.
    seed: of all that is drawn.
    reject_limit: see `ask`.

    Copies of examples and of earlier texts are rejected, and what the LLM itself says is of another
    class than asked. Source: LOCUS for writing from examples; the rest is ours.
    """

    target_size: int = 1000
    _: KW_ONLY
    per_call: int = 10
    shown: int = 8
    domain: str = ""
    topics: Sequence[str] = ()
    n_topics: int = 20
    neighbours: int = 5
    contrast: int = 0
    between: float = 0.3
    embed: Embed | None = None
    form: ClassForm = "lines"
    language: str = "en"
    min_chars: int = 8
    rounds: int = 4
    seed: int = 0
    reject_limit: float = REJECT_LIMIT
    name: str = "generate_texts"

    schema_of = staticmethod(schema_of)

    def __post_init__(self) -> None:
        at_least(self, 1, "target_size", "per_call", "shown", "rounds", "min_chars")
        at_least(self, 0, "n_topics", "neighbours", "contrast")
        one_of(self, "form", get_args(ClassForm))
        language_name(self.language)
        share(self, "reject_limit", "between")

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        """samples: those without classes are left out, with a warning. schema: of classes.

        Raises FewnerError where no text has classes, for a class that the schema lacks, and for one
        with neither an example nor a description.
        """
        given = list(samples)
        seeds = classified(given)
        remedy = "Annotate some texts, for instance with a field label."
        check("samples", bool(seeds), "generation needs texts with classes", "none", remedy)
        if len(seeds) < len(given):
            warn(f"{self.name}: {len(given) - len(seeds)} of {len(given)} texts have no class.")
        names, groups = LabelNames(schema), groups_of(seeds, schema)
        near = nearest(schema, by_class(groups), self.embed)
        scheme = Scheme(names, groups, near, self.neighbours, self.between, self.language)
        tally = Tally(shares(groups, self.target_size))
        topics = {ids: list(self.topics) for ids in tally.missing()}
        yield from ask(self.name, client, self._topic_requests(scheme, tally, topics))
        yield from self._in_rounds(tally, self._requests(scheme, topics, seeds), client)

    def contexts(self, group: Group, scheme: Scheme) -> Iterator[Sequence[str]]:
        """For each call to come of a group the texts that it shows besides; here none."""
        return repeat(())

    @property
    def _drawn_by(self) -> str:
        """Seed of what is drawn: stages of one run must not plan the same texts."""
        return f"{self.seed} {self.name}"

    def _topic_requests(
        self, scheme: Scheme, tally: Tally, topics: Mapping[Ids, list[str]]
    ) -> Iterator[Request]:
        told: Any = {"stage": self.name, "domain": self.domain, "seed": self.seed}
        missing = tally.missing()
        for group in scheme.groups:
            n = min(self.n_topics, missing.get(group.ids, 0))
            if n:
                yield topic_request(group, n, topics[group.ids], scheme, **told)

    def _in_rounds(
        self, tally: Tally, request: RequestOf, client: Client | None
    ) -> Iterator[Outcome]:
        for _ in range(self.rounds):
            calls = tally.round(self.per_call)
            requests = (self._counted(request(ids, n), ids, tally) for ids, n in calls)
            yield from ask(self.name, client, requests, self.reject_limit)
        if missing := tally.missing():
            short, more = cut([f"{' and '.join(ids)} {n}" for ids, n in missing.items()], 10)
            text = f"stage {self.name}: texts that did not come in {self.rounds} rounds: "
            warnings.warn(text + ", ".join([*short, *more]), stacklevel=2)

    @staticmethod
    def _counted(request: Request, ids: Ids, tally: Tally) -> Request:
        build = request.build
        return replace(request, build=lambda replies: tally.counted(ids, build(replies)))

    def _requests(
        self, scheme: Scheme, topics: Mapping[Ids, list[str]], seeds: Sequence[Sample]
    ) -> RequestOf:
        """Makes calls, no two alike, in the order in which they are asked for."""
        written = WrittenTexts(
            self.name, scheme.names, [seed.text for seed in seeds], self.min_chars
        )
        groups = {group.ids: group for group in scheme.groups if group.ids in topics}
        planners = {
            ids: GroupPlanner(group, scheme, topics[ids], self._drawn_by)
            for ids, group in groups.items()
        }
        contexts = {ids: self.contexts(group, scheme) for ids, group in groups.items()}
        numbers = count()

        def request(ids: Ids, texts: int) -> Request:
            return text_request(
                planners[ids],
                scheme,
                written,
                texts=texts,
                number=next(numbers),
                domain=self.domain,
                form=self.form,
                shown=self.shown,
                contrast=self.contrast,
                retrieved=next(contexts[ids]),
            )

        return request
