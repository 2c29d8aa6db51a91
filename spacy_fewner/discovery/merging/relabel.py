"""Types and fields of a sample under other names: in its spans and in its meta."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...data.trees import paths
from ...types import ENTITY, PATH_SEPARATOR, Sample, is_extension
from ..collect import in_line, records, ungrounded_in
from ..type_labels import field_of, type_of

Rename = Callable[[str], str]


def with_plain_labels(sample: Sample) -> Sample:
    """With labels that can stand in a review: on one line, printable, of two parts at most."""
    return relabelled(sample, _plain_name, _plain_name)


def with_types(sample: Sample, names: Mapping[str, str]) -> Sample:
    """names: type -> what it is called now; a type that is not there keeps its name."""
    return relabelled(sample, lambda name: names.get(name, name), lambda name: name)


def relabelled(sample: Sample, kind: Rename, below: Rename) -> Sample:
    """kind: of a type's name, below: of a field's. Labels that only help training stay."""

    def label(old: str) -> str:
        if is_extension(old):
            return old
        rest = field_of(old)
        return kind(type_of(old)) + (PATH_SEPARATOR + below(rest) if rest else "")

    spans = tuple(replace(span, label=label(span.label)) for span in sample.spans)
    meta = dict(sample.meta)
    if "guidelines" in meta:
        meta["guidelines"] = [_guideline(one, kind, below) for one in records(meta["guidelines"])]
    if "instances" in meta:
        meta["instances"] = [_instance(one, kind, below) for one in records(meta["instances"])]
    if "ungrounded" in meta:
        meta["ungrounded"] = [[label(old), value] for old, value in ungrounded_in(meta)]
    return replace(sample, spans=tuple(dict.fromkeys(spans)), meta=meta)


def _guideline(one: Mapping[str, Any], kind: Rename, below: Rename) -> dict[str, Any]:
    fields = [{**field, "name": below(str(field.get("name")))} for field in _fields(one)]
    return {**one, "name": kind(str(one.get("name"))), "fields": fields}


def _fields(guideline: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return records(guideline.get("fields"))


def _instance(one: Mapping[str, Any], kind: Rename, below: Rename) -> dict[str, Any]:
    values = one.get("values")
    pairs = values.items() if isinstance(values, Mapping) else ()
    new = {below(str(name)): _value(value, kind, below) for name, value in pairs}
    return {**one, "type": kind(str(one.get("type"))), "values": new}


def _value(value: Any, kind: Rename, below: Rename) -> Any:
    if isinstance(value, Mapping):
        return _instance(value, kind, below)
    return [_value(one, kind, below) for one in value] if isinstance(value, list) else value


def _plain_name(name: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in name)
    plain = paths.as_name(in_line(printable)) or ENTITY
    return plain if not is_extension(plain + PATH_SEPARATOR) else f"{plain} type"
