"""Label schemes: from a list of names, or from a file with what each label means."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import FewnerError, warn
from ..types import LabelSpec, Schema
from .files import atomic_write
from .trees.checks import ancestry
from .trees.label_records import label_from, read_records
from .trees.paths import key

_PLACES = ("./", "../", "/", "~")
_SUFFIX = re.compile(r"[^.\s]\.[a-z]{2,6}$")  # as of a file
_READ = (
    *("id", "name", "description", "examples", "synonyms", "parent"),
    *("paraphrases", "covers"),  # by `pretrain`
)
_REMEDY = 'Write {"id": "PERSON", "description": "…", "examples": ["…"]}, one label a line.'


def is_tree_file(labels: str) -> bool:
    """Whether labels, as options give them, are the file of a tree."""
    return labels.endswith((".yaml", ".yml", ".json"))


def parse_schema(value: str) -> Schema:
    """A scheme from "A,B,C", from a JSONL file of {"id", "description", "examples", "synonyms"}, or
    from a tree in YAML or JSON (see tree_json), whose leaves it then has by their paths.

    Raises FewnerError for no label, a repeated one, a line that is no label, a "parent" that leads
    in a circle, and a synonym that is another label's synonym or name.
    """
    if is_tree_file(value):
        from .trees.file import read_tree  # which reads its labels with this module
        from .trees.labels import flat_schema

        labels = list(flat_schema(read_tree(value)))
    elif Path(value).is_file():
        labels = read_labels(value)
    else:
        _refuse_paths(value)
        labels = [LabelSpec(name.strip()) for name in value.split(",") if name.strip()]
    if not labels:
        raise FewnerError("labels", "must name a label", value, "For instance --labels PER,LOC.")
    schema = Schema(tuple(labels))
    _check_synonyms(schema, value)
    return schema


def _refuse_paths(value: str) -> None:
    """Raise FewnerError for names that are more likely those of files that are not there."""
    for name in map(str.strip, value.split(",")):
        # A slash alone is no sign of a file: "person/athlete" is a label in a tree.
        if name.startswith(_PLACES) or "\\" in name or _SUFFIX.search(name):
            raise FewnerError(
                "labels",
                "must be names, or a file that exists",
                name,
                "Check the file's name and the working directory; labels that are called so go "
                "into a JSONL file.",
            )


def read_labels(path: str | Path) -> list[LabelSpec]:
    """The labels of a JSONL file; "id" is all that a line needs. A "name" that differs from it is a
    synonym. Fields that nothing reads are warned of.
    """
    records = [(_named(record), where) for record, where in read_records(path)]
    labels = [label_from(record, where) for record, where in records]
    _warn_of_unread(path, [record for record, _ in records])
    given = [record.get("parent") for record, _ in records]
    above = [parent if isinstance(parent, str) else None for parent in given]
    parents = dict(zip((label.id for label in labels), above, strict=True))
    for label, (_, where) in zip(labels, records, strict=True):
        ancestry(label.id, parents, where)
    return labels


def _named(record: Any) -> Any:
    """With its "name" among the synonyms."""
    name = record.get("name") if isinstance(record, dict) else None
    if not isinstance(name, str) or not name.strip() or name == record.get("id"):
        return record
    synonyms = record.get("synonyms", [])
    return {**record, "synonyms": [name, *synonyms]} if isinstance(synonyms, list) else record


def _warn_of_unread(path: str | Path, records: Sequence[Mapping[str, Any]]) -> None:
    unread = Counter(field for record in records for field in record if field not in _READ)
    if unread:
        shown = ", ".join(f"{field} ({count})" for field, count in unread.items())
        warn(f"{path}: fields of labels that nothing reads: {shown}. Known are {', '.join(_READ)}.")


def write_labels(schema: Schema, path: str | Path) -> None:
    """One label a line, as `read_labels` reads them, without what is empty."""
    lines = [json.dumps(_record(label), ensure_ascii=False) + "\n" for label in schema]
    atomic_write(Path(path), "".join(lines).encode("utf-8"))


def _record(label: LabelSpec) -> dict[str, object]:
    return {name: value for name, value in asdict(label).items() if value}


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
