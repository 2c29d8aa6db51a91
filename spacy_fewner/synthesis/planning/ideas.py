"""Topics and new entities that generation plans with, thought up by the LLM (after ProgGen)."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ...llm.client import Client
from ...llm.replies.parsed import Problem
from ...llm.types import Reply
from ...types import LabelSpec, Reject, Sample
from ..annotated_texts import is_unicode
from ..labels import LabelNames
from ..languages import language_name, prompt_in
from ..prompting import TEXT, chat, items_schema
from ..provenance import sample_id
from ..reply_items import strings_of
from ..stage import Outcome, Request, ask
from .plans import surfaces

_TOPICS, _ENTITIES = "topics.v1", "entities.v1"
SHOWN = 10
_LONGEST = 80  # characters of a topic or an entity


@dataclass
class Ideas:
    """What is asked for before generation; topics and entities fill while `gather` is read.

    domain: in a few words; may be empty.
    n_topics, n_entities: how many to ask for, the latter of each label; 0 asks nothing.
    language: of the texts.
    """

    stage: str
    domain: str
    n_topics: int
    n_entities: int
    language: str = "en"
    topics: list[str] = field(default_factory=list)
    entities: dict[str, list[str]] = field(default_factory=dict)

    def gather(
        self, seeds: Sequence[Sample], names: LabelNames, client: Client | None, rng: random.Random
    ) -> Iterator[Outcome]:
        """Yields rejects only: of replies that hold no list."""
        return ask(self.stage, client, self._requests(seeds, names, rng))

    def _requests(
        self, seeds: Sequence[Sample], names: LabelNames, rng: random.Random
    ) -> Iterator[Request]:
        if self.n_topics:
            yield self._topics_request(rng.sample(seeds, min(SHOWN, len(seeds))))
        if self.n_entities:
            found = [*surfaces(seeds)]
            for label in names.schema:
                own = [text for label_id, text in found if label_id == label.id]
                known = list(dict.fromkeys([*own, *label.examples]))
                shown = rng.sample(known, min(SHOWN, len(known)))
                yield self._entities_request(label, names.show(label.id), shown)

    def _topics_request(self, shown: Sequence[Sample]) -> Request:
        texts = [seed.text for seed in shown]
        name = prompt_in(_TOPICS, self.language)
        prompt = chat(name, items_schema(TEXT), shown=texts, n=self.n_topics, **self._told())
        build = partial(taken, stage=self.stage, pool=self.topics)
        parents = [sample_id(seed) for seed in shown]
        return Request(build, (prompt,), {"prompt": name, "parents": parents})

    def _entities_request(self, label: LabelSpec, shown_as: str, shown: Sequence[str]) -> Request:
        pool = self.entities.setdefault(label.id, [])
        name = prompt_in(_ENTITIES, self.language)
        prompt = chat(
            name,
            items_schema(TEXT),
            label={"name": shown_as, "description": label.description},
            shown=shown,
            n=self.n_entities,
            **self._told(),
        )
        build = partial(taken, stage=self.stage, pool=pool)
        return Request(build, (prompt,), {"prompt": name})

    def _told(self) -> dict[str, Any]:
        """What both prompts are told."""
        return {"domain": self.domain, "language": language_name(self.language)}


def taken(replies: Sequence[Reply], stage: str, pool: list[str]) -> list[Outcome]:
    """Put what a reply lists into the pool; a reject if it lists nothing."""
    found = strings_of(replies[0], whole=False)
    if isinstance(found, Problem):
        return [Reject(found.reason, found.detail, stage, found.source)]
    pool += [item for item in found if 0 < len(item) <= _LONGEST and is_unicode(item)]
    return []
