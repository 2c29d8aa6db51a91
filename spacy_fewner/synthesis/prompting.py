"""From a prompt's name and values to what the client takes."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..llm.types import Message, Prompt
from ..prompts.render import render

TEXT: dict[str, Any] = {"type": "string"}


def chat(
    name: str, /, schema: Mapping[str, Any] | None = None, sample: int = 0, **values: Any
) -> Prompt:
    """Render a prompt.

    schema: JSON schema of the reply. sample: see Prompt. values: what the template names.
    """
    messages = tuple(Message(*turn) for turn in render(name, **values))
    return Prompt(messages, schema, sample)


def object_schema(**properties: Any) -> dict[str, Any]:
    """JSON schema of an object that has just these properties, all of them."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def choice_schema(choices: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(choices)}


def items_schema(item: Mapping[str, Any]) -> dict[str, Any]:
    """JSON schema of `{"items": […]}`: servers want an object at the root."""
    return object_schema(items={"type": "array", "items": dict(item)})
