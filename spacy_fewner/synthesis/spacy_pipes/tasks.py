"""Stages that make one call a text, as tasks of spacy-llm: `nlp.add_pipe("llm", …)`."""

from typing import Any

from ...data.docs import SPANS_KEY
from ..stages.explain import Explain
from ..stages.extend import Extend
from ..stages.key_phrases import KeyPhrases
from ..stages.open_types import Asked, OpenTypes
from ..stages.tag import Tag
from .stage_task import StageTask
from .target_labels import declared

# Of a part's context, see StageTask: replies have each word in quotes, with its tag around it.
_SEGMENT_SHARES = 6
_TAG_SHARES = 16


def extend_entities(
    spans_key: str = SPANS_KEY,
    language: str = "en",
    max_chars: int = 2000,
    strict: bool = True,
) -> StageTask:
    """`spacy-fewner.ExtendEntities.v1`: entities of any type, as spans labelled "ext/…".

    spans_key: where they are added. The rest: see Extend; longer docs are asked about in parts.
    """
    settings: dict[str, Any] = {"language": language, "max_chars": max_chars, "strict": strict}
    stage = Extend(("entities",), **settings)
    return StageTask(stage, stage.name, declared([], {}), spans_key, max_chars)


def segment(spans_key: str = SPANS_KEY, language: str = "en", max_chars: int = 500) -> StageTask:
    """`spacy-fewner.Segment.v1`: words as the model splits them, as spans "ext/seg/word".

    spans_key: where they are added; one that fits no token of the doc is a reject. language: of
    the docs. max_chars: longer docs are asked about in parts, as a slip costs a whole part.
    """
    stage = Extend(("words",), language=language, max_chars=max_chars, name="segment")
    return StageTask(
        stage, stage.name, declared([], {}), spans_key, max_chars, shares=_SEGMENT_SHARES
    )


def tag(spans_key: str = SPANS_KEY, language: str = "en", max_chars: int = 500) -> StageTask:
    """`spacy-fewner.Tag.v1`: parts of speech of a doc's words, as spans labelled "ext/pos/…".

    spans_key: where the words are ("ext/seg/word") and the tags are added; without such spans the
    doc's own tokens are tagged. The rest: as of Segment.
    """
    stage = Tag(language, max_chars=max_chars)
    return StageTask(stage, stage.name, declared([], {}), spans_key, max_chars, shares=_TAG_SHARES)


def key_phrases(
    spans_key: str = SPANS_KEY, phrases: int = 4, max_chars: int = 2000, language: str = "en"
) -> StageTask:
    """`spacy-fewner.KeyPhrases.v1`: key phrases as spans "ext/key/phrase", for Explain to go by.

    spans_key: where they are added. phrases: at most so many a part. The rest: see KeyPhrases;
    longer docs are asked about in parts.
    """
    stage = KeyPhrases(phrases, language=language, max_chars=max_chars)
    return StageTask(stage, stage.name, declared([], {}), spans_key, max_chars)


def explain(
    spans_key: str = SPANS_KEY,
    labels: list[str] = [],  # noqa: B006 (configs show it; nothing changes it)
    label_definitions: dict[str, str] | list[Any] = {},  # noqa: B006
    domain: str = "",
    sentences: int = 3,
    max_chars: int = 2000,
    min_chars: int = 20,
    language: str = "en",
) -> StageTask:
    """`spacy-fewner.Explain.v1`: texts that explain a doc's entities, in `doc._.synthetic`.

    spans_key: where its entities are. labels: of the entities to explain; all if empty.
    label_definitions: what they mean. The rest: see Explain; longer docs are asked about in parts.
    A doc without entities is explained by the key phrases that `spacy-fewner.KeyPhrases.v1` has put
    under the same key; one that has none of these either is rejected.
    """
    sizes: dict[str, Any] = {"max_chars": max_chars, "min_chars": min_chars}
    stage = Explain(domain, language=language, sentences=sentences, **sizes)
    schema = declared(labels, label_definitions)
    return StageTask(stage, stage.name, schema, spans_key, max_chars, about_entities=True)


def open_types(
    spans_key: str = SPANS_KEY,
    asked: Asked = "types",
    language: str = "en",
    demonstrations: bool = True,
    max_chars: int = 2000,
) -> StageTask:
    """`spacy-fewner.OpenTypes.v1`: entities and concepts of any type, as spans with these labels.

    spans_key: where they are added. The rest: see OpenTypes; longer docs are asked about in parts.
    """
    stage = OpenTypes(asked, language=language, demonstrations=demonstrations)
    return StageTask(stage, stage.name, declared([], {}), spans_key, max_chars)
