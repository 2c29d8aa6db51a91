"""The values of instances as mentions in the text, and the rest as metadata (ours)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ...grounding.mentions import Mention, ground
from ...llm.replies.python_parts import PythonInstance, Value
from ...types import PATH_SEPARATOR, CharSpan
from ..type_names import type_name

NAMING = frozenset({"name", "mention", "span", "text", "title"})
MOST_WORDS = 12  # of a mention; a longer value is a sentence about the thing


@dataclass(frozen=True)
class Leaves:
    """spans: sorted. ungrounded: (label, value) of what is not in the text, or too long."""

    spans: tuple[CharSpan, ...]
    ungrounded: tuple[tuple[str, str], ...]


def grounded(text: str, instances: Iterable[PythonInstance]) -> Leaves:
    """Every value of the instances, put into the text.

    A field that names its thing (`NAMING`) gives a mention of the type, wherever it stands; any
    other a mention of "type/field", once for each time that it is told. Yes, no and nothing are no
    values.
    """
    told: defaultdict[str, list[str]] = defaultdict(list)
    for label, surface in _leaves(instances):
        told[label].append(surface)
    spans: set[CharSpan] = set()
    ungrounded: list[tuple[str, str]] = []
    for label, surfaces in told.items():
        mentions = [Mention(one, label) for one in surfaces if len(one.split()) <= MOST_WORDS]
        names = PATH_SEPARATOR not in label
        found = ground(text, mentions, ordered=False, purpose="inference", propagate=names)
        spans.update(found.spans)
        lost = {failure.mention.surface for failure in found.failures}
        placed = {mention.surface for mention in mentions} - lost
        ungrounded += [(label, one) for one in dict.fromkeys(surfaces) if one not in placed]
    return Leaves(tuple(sorted(spans)), tuple(ungrounded))


def as_records(instances: Iterable[PythonInstance]) -> list[dict[str, Any]]:
    """As JSON: `{"type": "organ", "values": {"year built": "1714"}}`, nested ones nested."""
    return [_record(instance) for instance in instances]


def _record(instance: PythonInstance) -> dict[str, Any]:
    values = {type_name(key) or key: _json(value) for key, value in instance.values.items()}
    return {"type": type_name(instance.type) or instance.type, "values": values}


def _json(value: Value) -> Any:
    if isinstance(value, PythonInstance):
        return _record(value)
    return [_json(one) for one in value] if isinstance(value, list) else value


def _leaves(instances: Iterable[PythonInstance]) -> Iterator[tuple[str, str]]:
    """(label, surface) of all values, those of nested instances too."""
    waiting: list[PythonInstance] = [*instances]
    for instance in waiting:  # which grows by the nested ones
        kind = type_name(instance.type)
        for name, value in instance.values.items():
            label = _label(kind, name)
            for one in _flat(value):
                if isinstance(one, PythonInstance):
                    waiting.append(one)
                elif label and (surface := _surface(one)):
                    yield label, surface


def _label(kind: str, name: str) -> str:
    field = type_name(name)
    if not (kind and field):
        return ""
    return kind if field in NAMING else kind + PATH_SEPARATOR + field


def _flat(value: Value) -> Iterator[Value]:
    waiting: list[Value] = [value]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting = [*one, *waiting]
        else:
            yield one


def _surface(value: Value) -> str:
    if value is None or isinstance(value, bool):
        return ""
    return str(value).strip()
