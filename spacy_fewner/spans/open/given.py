"""Labels as a user gives them: names, definitions by name, records, a scheme, or a file of one."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from ...data.config_keys import check_no_variables
from ...data.schema import parse_schema
from ...data.trees.label_records import label_from
from ...errors import FewnerError
from ...types import LabelSpec, Schema

LabelsLike: TypeAlias = "Schema | Mapping[str, str] | Iterable[str | LabelSpec | dict] | str | Path"

_REMEDY = 'Give a list of names, a mapping {"name": "what it means"}, or a file of labels.'


def as_schema(argument: str, value: Any) -> Schema:
    """A scheme of one label or more.

    value: a Schema; a mapping from a name to what it means; names, `LabelSpec`s or records like
        {"id", "description", "synonyms"}; or a text as `parse_schema` takes it: names with commas
        between them, or a file.
    Raises FewnerError for no label, for two of one name, and for what a config cannot hold.
    """
    schema = _schema(argument, value)
    check_no_variables(argument, as_records(schema))
    return schema


def _schema(argument: str, value: Any) -> Schema:
    if isinstance(value, Schema):
        return value
    if isinstance(value, str | Path):
        return parse_schema(str(value))
    if isinstance(value, Mapping):
        specs = [_defined(argument, name, text) for name, text in value.items()]
    elif isinstance(value, Iterable):
        specs = [_spec(argument, one) for one in value]
    else:
        raise FewnerError(argument, "must be labels", value, _REMEDY)
    if not specs:
        raise FewnerError(argument, "must name a label", value, _REMEDY)
    return Schema(tuple(specs))


def _defined(argument: str, name: Any, definition: Any) -> LabelSpec:
    if not isinstance(definition, str):
        shown = f"{name!r}: {definition!r}"
        raise FewnerError(argument, "what a label means must be a text", shown, _REMEDY)
    return LabelSpec(_name(argument, name), definition)


def _spec(argument: str, given: Any) -> LabelSpec:
    if isinstance(given, LabelSpec):
        return given
    if isinstance(given, Mapping):
        return label_from(dict(given), argument)
    return LabelSpec(_name(argument, given))


def _name(argument: str, name: Any) -> str:
    if not isinstance(name, str) or not name.strip():
        raise FewnerError(argument, "a label must have a name", name, _REMEDY)
    return name.strip()


def as_records(schema: Schema) -> list[dict[str, Any]]:
    """As a config can hold it; what a label has not is left out."""
    return [
        {
            "id": label.id,
            **({"description": label.description} if label.description else {}),
            **({"synonyms": list(label.synonyms)} if label.synonyms else {}),
        }
        for label in schema
    ]
