"""What a passage mentions, as instances of types: a span, or values of several fields (GuideX)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, Union

from ...grounding.ladder import Ladder
from ...types import Sample

INSTANCES = "instances"  # in meta: [{"type": …, "values": {field: value}}], nested ones nested
SPAN = "span"  # the field of types without fields
_DEEPEST = 50

Value: TypeAlias = Union[str, tuple["Value", ...], "Instance"]


@dataclass(frozen=True, slots=True)
class Instance:
    """label: of its type. values: by the field's name in words. start: its first character."""

    label: str
    values: Mapping[str, Value]
    start: int = 0

    def labels(self) -> Iterator[str]:
        """Its own, and those of instances in its values."""
        yield self.label
        for one in self.inner():
            yield from one.labels()

    def inner(self) -> Iterator["Instance"]:
        """The instances in its values."""
        values = (one for value in self.values.values() for one in listed(value))
        return (one for one in values if isinstance(one, Instance))


def is_structured(sample: Sample) -> bool:
    """Whether its instances have fields of their own."""
    return isinstance(sample.meta.get(INSTANCES), list)


def instances_of(passage: Sample) -> list[Instance]:
    """In the order of the text.

    Without fields, one for each span. With them, those of its meta, with the values that the
    passage holds, spelt as they are there; what is grounded nowhere in it is left out.
    """
    if not is_structured(passage):
        spans = sorted(passage.spans)
        surfaces = [(span, span.surface(passage.text).strip()) for span in spans]
        return [Instance(one.label, {SPAN: said}, one.start) for one, said in surfaces if said]
    finder = Ladder(passage.text)
    found = (_instance(one, finder) for one in passage.meta[INSTANCES])
    return sorted(filter(None, found), key=lambda one: one.start)


def without(instances: Sequence[Instance], kept: Collection[str]) -> list[Instance]:
    """Those of the kept types, without values of others; in place of one of another type, those
    that stood in its values."""
    found = [one for instance in instances for one in _lifted(instance, kept)]
    return sorted(found, key=lambda one: one.start)


def _lifted(instance: Instance, kept: Collection[str]) -> Iterator[Instance]:
    if instance.label in kept:
        own = _pruned(instance, kept)
        return iter([own] if own else [])
    return (one for inner in instance.inner() for one in _lifted(inner, kept))


def _pruned(instance: Instance, kept: Collection[str]) -> Instance | None:
    """Without values of other types; None if nothing is left."""
    values: dict[str, Value] = {}
    for name, value in instance.values.items():
        pruned = [
            _pruned(one, kept) if isinstance(one, Instance) else one
            for one in listed(value)
            if not isinstance(one, Instance) or one.label in kept
        ]
        left = tuple(one for one in pruned if one is not None)
        if left:
            values[name] = left if isinstance(value, tuple) else left[0]
    return Instance(instance.label, values, instance.start) if values else None


def listed(value: Value) -> tuple[Value, ...]:
    """The value, as a list of one where it is none."""
    return value if isinstance(value, tuple) else (value,)


def _instance(record: Any, finder: Ladder, depth: int = 0) -> Instance | None:
    """None for a record that is none, or too deep in others, or without a value in the text."""
    if not isinstance(record, Mapping) or not isinstance(record.get("type"), str):
        return None
    if depth > _DEEPEST:
        return None
    given = record.get("values")
    pairs = given.items() if isinstance(given, Mapping) else ()
    found = {name: _value(value, finder, depth) for name, value in pairs if isinstance(name, str)}
    values = {name: value for name, (value, _) in found.items() if value}
    starts = [start for value, start in found.values() if value]
    return Instance(record["type"], values, min(starts)) if values else None


def _value(given: Any, finder: Ladder, depth: int) -> tuple[Value | None, int]:
    """With its first character in the text."""
    if isinstance(given, Mapping):
        inner = _instance(given, finder, depth + 1)
        return inner, inner.start if inner else 0
    if isinstance(given, list):
        several = [_value(one, finder, depth) for one in given if not isinstance(one, list)]
        kept = [(value, start) for value, start in several if value]
        return tuple(value for value, _ in kept), min((start for _, start in kept), default=0)
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        return None, 0
    places = finder.find(str(given))
    return (finder.text[places[0].start : places[0].end], places[0].start) if places else (None, 0)
