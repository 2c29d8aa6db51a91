"""Instances of a document, with the names that a review gives to types and fields."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ...synthesis.induction.leaves import NAMING
from ...types import PATH_SEPARATOR
from ..collect import records, text_of
from ..type_labels import field_of, type_of

Record: TypeAlias = dict[str, Any]
NewLabel: TypeAlias = Callable[[str], str | None]
_MENTION = "name"  # the field of what was a value and is an instance now


def follow_instances(instances: Any, new: NewLabel) -> list[Record]:
    """See `follow`. instances: `[{"type", "values": {field: value}}]`, nested ones nested.

    new: label -> the one that it has now, None if it is dropped.
    """
    found = [_followed(given, new) for given in records(instances)]
    return [one for itself, apart in found for one in (*itself, *apart)]


def _followed(given: Mapping[str, Any], new: NewLabel) -> tuple[list[Record], list[Record]]:
    """The instance itself, if it stays, and those that came out of it."""
    kind = text_of(given, "type")
    label = new(kind)
    own: Record = {}
    apart: list[Record] = []
    values = given.get("values")
    for name, value in (values if isinstance(values, Mapping) else {}).items():
        leaves, beside = _leaves(value, new)
        apart += beside
        is_mention = name in NAMING
        target = label if is_mention else new(kind + PATH_SEPARATOR + name)
        if target is None:
            apart += [leaf for leaf in leaves if isinstance(leaf, dict)]
        elif is_mention:
            _put(own, name, leaves, isinstance(value, list))
        elif field_of(target) and type_of(target) == label:
            _put(own, field_of(target), leaves, isinstance(value, list))
        else:
            apart += [_instance(target, leaf) for leaf in leaves]
    return _itself(label, own), apart


def _itself(label: str | None, own: Record) -> list[Record]:
    """A type that is a field now has the values that were mentions of it."""
    if label is None:
        return []
    if not field_of(label):
        return [{"type": label, "values": own}]
    return [_instance(label, value) for name, value in own.items() if name in NAMING]


def _leaves(value: Any, new: NewLabel) -> tuple[list[Any], list[Record]]:
    """What a value holds, instances followed; and those that came out of it."""
    leaves: list[Any] = []
    apart: list[Record] = []
    for one in value if isinstance(value, list) else [value]:
        itself, beside = _followed(one, new) if isinstance(one, Mapping) else ([one], [])
        # A type that is a field now is no instance within others: what it held stands there.
        is_field = isinstance(one, Mapping) and field_of(new(text_of(one, "type")) or "")
        leaves += (
            [value for kept in itself for value in kept["values"].values()] if is_field else itself
        )
        apart += beside
    return leaves, apart


def _instance(label: str, value: Any) -> Record:
    """Of a type or field: the value. An instance is one of its own type already."""
    if isinstance(value, Mapping) and not field_of(label):
        return dict(value)
    return {"type": type_of(label), "values": {field_of(label) or _MENTION: value}}


def _put(own: Record, name: str, leaves: list[Any], listed: bool) -> None:
    if not leaves:
        return
    if name in own:
        before = own[name]
        own[name] = [*(before if isinstance(before, list) else [before]), *leaves]
    else:
        own[name] = leaves if listed else leaves[0]
