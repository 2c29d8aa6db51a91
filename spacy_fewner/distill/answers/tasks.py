"""Questions about types, or in Python, as tasks of spacy-llm: `nlp.add_pipe("llm", …)`."""

from typing import Any

from ...data.docs import SPANS_KEY
from ...synthesis.spacy_pipes.stage_task import StageTask
from ...synthesis.spacy_pipes.target_labels import declared
from ..rows.conversations import Query
from .ask_code import AskCode
from .ask_types import Asked, AskTypes


def ask_types(
    labels: list[str],
    label_definitions: dict[str, str] | list[Any] = {},  # noqa: B006 (configs show it)
    spans_key: str = SPANS_KEY,
    queries: Asked = "each",
    query: Query = "name",
    data_set: str = "",
    flat: bool = False,
    max_chars: int = 2000,
) -> StageTask:
    """`spacy-fewner.AskTypes.v1`: spans of the labels.

    label_definitions: what labels mean, for query "definition". spans_key: where spans are added.
    The rest: see AskTypes; longer docs are asked about in parts.
    """
    stage = AskTypes(queries, query, data_set=data_set, flat=flat)
    schema = declared(labels, label_definitions)
    return StageTask(stage, stage.name, schema, spans_key, max_chars)


def ask_code(
    labels: list[str],
    label_definitions: dict[str, str] | list[Any] = {},  # noqa: B006 (configs show it)
    spans_key: str = SPANS_KEY,
    fields: bool = False,
    flat: bool = False,
    max_chars: int = 4000,
) -> StageTask:
    """`spacy-fewner.AskCode.v1`: spans of the labels, asked for with their definitions.

    label_definitions: what labels mean. spans_key: where spans are added. The rest: see AskCode;
    longer docs are asked about in parts.
    """
    stage = AskCode(fields, flat=flat)
    return StageTask(stage, stage.name, declared(labels, label_definitions), spans_key, max_chars)
