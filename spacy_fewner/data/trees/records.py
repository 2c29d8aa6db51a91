"""Labels as the lines of a file give them: by path, or by the label above.

{"id": "person/athlete"} gives the path. {"id": "athlete", "parent": "person"} names the label
above by its id; "name" then says what the label is called, where that is not its id:
{"id": "person-other", "name": "other", "parent": "person"}.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...errors import FewnerError
from ...types import PATH_SEPARATOR, LabelSpec, Schema
from . import paths
from .checks import ancestry
from .label_records import label_from
from .tree import LabelTree

SAID = ("description", "examples", "synonyms", "catch_all")  # of a label, besides its path
_KEYS = ("id", "parent", "name", *SAID)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One record. where: its file and line. parent: the id of the label above, if it is given."""

    where: str
    label: LabelSpec
    name: str
    parent: str | None
    catch_all: bool


def tree_from_records(records: Sequence[tuple[Any, str]], where: str) -> LabelTree:
    """A tree from records, each with its place in the file.

    Raises FewnerError, naming the place, for a record that is no label, a label declared twice or
    with two parents, a parent that is not declared or lies below its own child, and as LabelTree.
    """
    entries: dict[str, _Entry] = {}
    for record, place in records:
        entry = _entry(record, place)
        other = entries.setdefault(entry.label.id, entry)
        if other is not entry:
            raise _twice(entry, other)
    parents = {label: entry.parent for label, entry in entries.items()}
    found = [(_path(entry, entries, parents), entry) for entry in entries.values()]
    _check(found)
    labels = tuple(replace(entry.label, id=path) for path, entry in found)
    marked = frozenset(path for path, entry in found if entry.catch_all)
    return LabelTree(Schema(labels), marked, where)


def record_of(tree: LabelTree, path: str) -> dict[str, Any]:
    """What is said of a label, without what is empty; see SAID."""
    label = tree[path]
    record = {
        "description": label.description,
        "examples": list(label.examples),
        "synonyms": list(label.synonyms),
        "catch_all": path in tree.catch_alls,
    }
    return {key: value for key, value in record.items() if value}


def check_keys(
    record: Mapping[Any, Any], keys: Sequence[str], where: str, what: str = "a label"
) -> None:
    """Raise FewnerError for a key that a label, or what else the record is, does not have."""
    unknown = [key for key in record if key not in keys]
    if unknown:
        raise FewnerError(
            where, f"{what} has {', '.join(keys)}", unknown[0], "Remove it, or correct its name."
        )


def flag(record: Mapping[str, Any], where: str) -> bool:
    """Whether a label is a catch-all."""
    found = record.get("catch_all", False)
    if not isinstance(found, bool):
        raise FewnerError(where, "'catch_all' must be true or false", found, "Write true or false.")
    return found


def _entry(record: Any, where: str) -> _Entry:
    label = label_from(record, where)
    check_keys(record, _KEYS, where)
    texts = {key: record.get(key) for key in ("parent", "name")}
    for key, text in texts.items():
        if text is not None and not isinstance(text, str):
            raise FewnerError(where, f"'{key}' must be a text", text, "Write it in quotes.")
    if texts["parent"] is None:
        paths.check_path(label.id, where)
    name = texts["name"] or label.name
    return _Entry(where, label, name, texts["parent"], flag(record, where))


def _twice(entry: _Entry, other: _Entry) -> FewnerError:
    shown = f"{entry.label.id!r}, which {other.where} declares too"
    if entry.parent == other.parent:
        return FewnerError(
            entry.where, "a label must be declared once", shown, "Remove or rename one of them."
        )
    return FewnerError(
        entry.where,
        "a label must have one parent",
        f"{shown}, there under {other.parent!r} and here under {entry.parent!r}",
        "Remove one, or give one another 'id' and its 'name': two labels may share a name.",
    )


def _path(entry: _Entry, entries: Mapping[str, _Entry], parents: Mapping[str, str | None]) -> str:
    line = [entries[label] for label in ancestry(entry.label.id, parents, entry.where)]
    top = line[-1]
    if top.parent is not None:
        raise _orphan(top, top.parent, entries)
    path = PATH_SEPARATOR.join([top.label.id, *(one.name for one in reversed(line[:-1]))])
    if entry.parent is not None and PATH_SEPARATOR in entry.label.id and path != entry.label.id:
        raise FewnerError(
            entry.where,
            "a label must have one parent",
            f"{entry.label.id!r} with the parent {entry.parent!r}",
            "Leave out 'parent', or what comes before the name in 'id'.",
        )
    return paths.check_path(path, entry.where)


def _check(found: Sequence[tuple[str, _Entry]]) -> None:
    owners: dict[str, _Entry] = {}
    for path, entry in found:
        other = owners.setdefault(path, entry)
        if other is not entry:
            raise FewnerError(
                entry.where,
                "a label must be declared once",
                f"{path!r}, which {other.where} declares too",
                "Remove or rename one of them.",
            )
    for path, entry in found:
        above = paths.parent(path)
        if above is not None and above not in owners:
            raise _orphan(entry, above, owners)


def _orphan(entry: _Entry, missing: str, known: Mapping[str, Any]) -> FewnerError:
    meant = paths.closest(missing, known, 1)
    return FewnerError(
        entry.where,
        "the parent of every label must be declared",
        f"{entry.label.id!r} under {missing!r}",
        f"Declare {missing!r}, or correct it{f' to {meant[0]!r}' if meant else ''}.",
    )
