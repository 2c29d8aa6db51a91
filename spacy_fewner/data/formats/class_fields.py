"""Which field of a record holds the classes of its text: `cats`, or `label` or `labels`.

`label` and `labels` count beside a text alone: beside `spans` they may say anything. They hold one
name or a list of names; tags, and lists parallel to the tokens, are annotation of another kind.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ...errors import FewnerError
from ..classes.names import clean_cats
from .tags import OUTSIDE, is_tag

CATS = "cats"
_OTHERS = ("label", "labels")
_NAMES = 'Write the name of the class: "label": "sport", or "cats": {"sport": 1.0}.'


def class_field(record: Mapping[str, Any]) -> str | None:
    """The field that holds the record's classes, maybe none of them; None if there is no such."""
    if CATS in record:
        return CATS
    if record.get("spans") is not None:
        return None
    return next((name for name in _OTHERS if name in record and _is_read(record, name)), None)


def cats_of(record: Mapping[str, Any], where: str) -> dict[str, float]:
    """The record's classes with scores from 0 to 1, names without spaces at their edges.

    Raises FewnerError for `cats` that are no names or scores.
    """
    field = class_field(record)
    if field is None:
        return {}
    found = clean_cats(_cats(record[field], f"{where} {field}"), f"{where} {field}")
    _check_agreeing(record, found, where)
    return found


def _check_agreeing(record: Mapping[str, Any], found: Mapping[str, float], where: str) -> None:
    """Raise FewnerError for a text alone whose `label` names a class that its `cats` do not."""
    told = record.get("label")
    beside_text = CATS in record and bool(found) and record.get("spans") is None
    if beside_text and isinstance(told, str) and told.strip() and told.strip() not in found:
        rule = "must say what its cats say"
        shown = f"{told!r} beside cats with {', '.join(found)}"
        raise FewnerError(f"{where} label", rule, shown, "Leave out one of the two fields.")


def names_given(record: Mapping[str, Any]) -> Iterator[str]:
    """The names of the record's classes as they stand there; the record must be sound."""
    field = class_field(record)
    value = record[field] if field else ()
    yield from [value] if isinstance(value, str) else value or ()


def check_named(record: Mapping[str, Any], where: str, passed: Collection[str] = ()) -> None:
    """Raise FewnerError if classes of the text are numbers.

    passed: fields that are known to say something else.
    """
    if class_field(record) or record.get("spans") is not None:
        return
    for name in _OTHERS:
        value = record.get(name)
        many = isinstance(value, list) and bool(value) and not _is_parallel(record, value)
        numbers = value if isinstance(value, list) and many else [value]
        if name not in passed and all(isinstance(one, (int, float)) for one in numbers):
            raise FewnerError(f"{where} {name}", "classes must have names", value, _NAMES)


def parsed(value: Any) -> Any:
    """JSON in a string, as tables hold it, is what it says."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _is_read(record: Mapping[str, Any], name: str) -> bool:
    value = record[name]
    if value is None:
        return True
    if isinstance(value, str):
        return parsed(value) is value and not _are_tags(value.split())
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return False
    repeated = len(set(value)) < len(value)
    return not (repeated or OUTSIDE in value or _are_tags(value) or _is_parallel(record, value))


def _is_parallel(record: Mapping[str, Any], value: Sequence[Any]) -> bool:
    tokens = record.get("tokens")
    return isinstance(tokens, list) and len(tokens) == len(value) > 0


def _are_tags(words: Sequence[str]) -> bool:
    return len(words) > 1 and all(map(is_tag, words))


def _cats(value: Any, where: str) -> dict[str, float]:
    """`"a"`, `["a", "b"]` or `{"a": 1.0}` as scores; of none, none."""
    if value in (None, ""):
        return {}
    if isinstance(value, str):
        return {value: 1.0}
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return dict.fromkeys(value, 1.0)
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        remedy = 'Write {"LABEL": 1.0}.'
        raise FewnerError(where, "must be labels with scores", value, remedy)
    return {name: _score(score, f"{where}[{name!r}]") for name, score in value.items()}


def _score(value: Any, where: str) -> float:
    if isinstance(value, (int, float)) and 0 <= value <= 1:
        return float(value)
    rule, remedy = "must be a number, between 0 and 1", "Correct it or leave it out."
    raise FewnerError(where, rule, value, remedy)
