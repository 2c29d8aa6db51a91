"""Topics for texts of one group of classes, thought up by the language model beforehand."""

import random
from collections.abc import Collection, Sequence
from functools import partial

from ...grounding.normal import fold
from ...llm.types import Reply
from ...types import Sample
from ..languages import language_name, prompt_in
from ..phrases import phrases_in
from ..planning.ideas import SHOWN, taken
from ..prompting import TEXT, chat, items_schema
from ..provenance import sample_id
from ..stage import Outcome, Request
from .groups import Group
from .plans import Scheme

PROMPT = "class_topics.v1"


def topic_request(
    group: Group, n: int, pool: list[str], scheme: Scheme, *, stage: str, domain: str, seed: int
) -> Request:
    """Asks for n topics; what comes goes to the pool. seed: of the texts that are shown."""
    rng = random.Random(f"{seed} topics {' '.join(group.ids)}")
    shown = rng.sample(group.seeds, min(SHOWN, len(group.seeds)))
    name = prompt_in(PROMPT, scheme.language)
    prompt = chat(
        name,
        items_schema(TEXT),
        domain=domain,
        language=language_name(scheme.language),
        own=_as_one(scheme, group),
        others=[scheme.names.show(label) for label in scheme.near(group)],
        shown=[one.text for one in shown],
        n=n,
    )
    meta = {"prompt": name, "parents": [sample_id(one) for one in shown]}
    build = partial(_topics, known=_known_in(scheme, shown), stage=stage, pool=pool)
    return Request(build, (prompt,), meta)


def _known_in(scheme: Scheme, shown: Sequence[Sample]) -> set[str]:
    """What is no topic: the names of classes and the texts shown, which small models say instead.
    Folded."""
    names = [scheme.names.show(label) for label in scheme.names.schema.ids]
    return {fold(text) for text in (*names, *(sample.text for sample in shown))}


def _topics(
    replies: Sequence[Reply], known: Collection[str], stage: str, pool: list[str]
) -> list[Outcome]:
    found: list[str] = []
    outcomes = taken(replies, stage, found)
    pool += [topic for topic in found if fold(topic) not in known]
    return outcomes


def _as_one(scheme: Scheme, group: Group) -> dict[str, str]:
    """Name and description of the group's classes together."""
    told = [scheme.told(label) for label in group.ids]
    described = [one["description"] for one in told if one["description"]]
    name = phrases_in(scheme.language).both.join(one["name"] for one in told)
    return {"name": name, "description": "; ".join(described)}
