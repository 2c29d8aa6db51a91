"""Label schemes: from a list of names, or from a file with what each label means."""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import FewnerError
from ..types import LabelSpec, Schema
from .files import read_text
from .paths import key
from .tree_checks import ancestry

_REMEDY = 'Write {"id": "PERSON", "description": "…", "examples": ["…"]}, one label a line.'


def parse_schema(value: str) -> Schema:
    """A scheme from "A,B,C", from a JSONL file of {"id", "description", "examples", "synonyms"}, or
    from a tree in YAML or JSON (see tree_json), whose leaves it then has by their paths.

    Raises FewnerError for no label, a repeated one, a line that is no label, a "parent" that leads
    in a circle, and a synonym that is another label's synonym or name.
    """
    if value.endswith((".yaml", ".yml", ".json")):
        from .tree_file import read_tree  # which reads its labels with this module
        from .tree_labels import flat_schema

        labels = list(flat_schema(read_tree(value)))
    elif value.endswith(".jsonl") or Path(value).is_file():
        labels = read_labels(value)
    else:
        labels = [LabelSpec(name.strip()) for name in value.split(",") if name.strip()]
    if not labels:
        raise FewnerError("labels", "must name a label", value, "For instance --labels PER,LOC.")
    schema = Schema(tuple(labels))
    _check_synonyms(schema, value)
    return schema


def read_labels(path: str | Path) -> list[LabelSpec]:
    """The labels of a JSONL file; "id" is all that a line needs."""
    records = read_records(path)
    labels = [label_from(record, where) for record, where in records]
    given = [record.get("parent") for record, _ in records]
    above = [parent if isinstance(parent, str) else None for parent in given]
    parents = dict(zip((label.id for label in labels), above, strict=True))
    for label, (_, where) in zip(labels, records, strict=True):
        ancestry(label.id, parents, where)
    return labels


def _check_synonyms(schema: Schema, where: str) -> None:
    """Names win over synonyms, and what two labels claim would stand for neither."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for label in schema:
        for called in (label.id, label.name, *label.synonyms):
            owners[key(called)].append(label.id)
    for label in schema:
        for synonym in filter(str.strip, label.synonyms):
            others = [other for other in owners[key(synonym)] if other != label.id]
            if others:
                raise FewnerError(
                    where,
                    "no synonym may be another label's synonym or name",
                    f"{synonym!r} of {label.id!r} and {others[0]!r}",
                    "Rename one, or take the synonym off one of them.",
                )


def read_records(path: str | Path) -> list[tuple[Any, str]]:
    """What a JSONL file of labels holds, and of each the file and line."""
    # Not splitlines(): it would cut at U+2028 and others that JSON strings may hold.
    lines = enumerate(read_text(Path(path)).split("\n"), start=1)
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
        found, description, _texts(label, "examples", where), _texts(label, "synonyms", where)
    )


def _texts(label: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    found = label.get(name, [])
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise FewnerError(where, f"'{name}' must be a list of texts", found, _REMEDY)
    return tuple(found)
