"""Labels as records of a file: {"id", "description", "examples", "synonyms"}."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import FewnerError
from ...types import LabelSpec
from ..files import lines_of, read_text

_REMEDY = 'Write {"id": "PERSON", "description": "…", "examples": ["…"]}, one label a line.'


def read_records(path: str | Path) -> list[tuple[Any, str]]:
    """What a JSONL file of labels holds, and of each the file and line."""
    lines = enumerate(lines_of(read_text(Path(path))), start=1)
    return [(_parse(line, f"{path}:{n}"), f"{path}:{n}") for n, line in lines if line.strip()]


def _parse(line: str, where: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as err:
        raise FewnerError(where, "a label must be a JSON object", line, _REMEDY) from err


def label_from(label: Any, where: str) -> LabelSpec:
    """A label from a record of {"id", "description", "examples", "synonyms"}."""
    found = label.get("id") if isinstance(label, dict) else None
    if not isinstance(found, str) or not found.strip():
        raise FewnerError(where, "a label must have an 'id'", label, _REMEDY)
    description = label.get("description", "")
    if not isinstance(description, str):
        raise FewnerError(where, "'description' must be a text", description, _REMEDY)
    return LabelSpec(
        found, description, texts_in(label, "examples", where), texts_in(label, "synonyms", where)
    )


def texts_in(label: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    """What a record lists under a name; nothing if it does not have it."""
    found = label.get(name, [])
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise FewnerError(where, f"'{name}' must be a list of texts", found, _REMEDY)
    return tuple(found)
