"""Stages that make one call a text, as tasks of spacy-llm: `nlp.add_pipe("llm", …)`."""

from typing import Any

from ..data.docs import SPANS_KEY
from .explain import Explain
from .extend import Extend, Language
from .schemas import declared
from .stage_task import StageTask


def extend_entities(
    spans_key: str = SPANS_KEY,
    language: Language = "en",
    max_chars: int = 2000,
    strict: bool = True,
) -> StageTask:
    """`spacy-fewner.ExtendEntities.v1`: entities of any type, as spans labelled "ext/…".

    spans_key: where they are added. The rest: see Extend; longer docs are asked about in parts.
    """
    settings: dict[str, Any] = {"language": language, "max_chars": max_chars, "strict": strict}
    stage = Extend(("entities",), **settings)
    return StageTask(stage, stage.name, declared([], {}), spans_key, max_chars)


def explain(
    spans_key: str = SPANS_KEY,
    labels: list[str] = [],  # noqa: B006 (configs show it; nothing changes it)
    label_definitions: dict[str, str] = {},  # noqa: B006
    domain: str = "",
    sentences: int = 3,
    max_chars: int = 2000,
    min_chars: int = 40,
) -> StageTask:
    """`spacy-fewner.Explain.v1`: texts that explain a doc's entities, in `doc._.synthetic`.

    spans_key: where its entities are. labels: of the entities to explain; all if empty.
    label_definitions: what they mean. The rest: see Explain; longer docs are asked about in parts.
    A doc without entities is rejected: to find key phrases takes two calls (`fewner_synth`).
    """
    stage = Explain(domain, sentences=sentences, max_chars=max_chars, min_chars=min_chars)
    schema = declared(labels, label_definitions)
    return StageTask(stage, stage.name, schema, spans_key, max_chars, about_entities=True)
