"""Trees of labels in files.

YAML, nested, a label's definition alone or with what else there is:

    person:
      description: A human being, real or invented.
      children:
        athlete: Someone known for a sport.
        other person: {description: Any other human being., catch_all: true}

YAML as a list, and JSONL, of records: see tree_records.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import srsly

from ..errors import FewnerError
from ..types import PATH_SEPARATOR, LabelSpec, Schema
from . import paths
from .files import atomic_write, read_text
from .schema import label_from, read_records
from .tree import LabelTree
from .tree_records import check_keys, flag, tree_from_records

_YAML = (".yaml", ".yml")
_KEYS = ("description", "examples", "synonyms", "catch_all", "children")
_Record = dict[str, Any]


def read_tree(path: str | Path) -> LabelTree:
    """A tree from .yaml, .yml or .jsonl.

    Raises FewnerError, naming line or label, for what is no tree: see LabelTree and
    tree_from_records.
    """
    path = Path(path)
    _check_suffix(path)
    if path.is_file() and path.stat().st_size == 0:
        remedy = "Write a label a line, with what it means: see docs/cascade.md."
        raise FewnerError(str(path), "must hold labels", "an empty file", remedy)
    if path.suffix not in _YAML:
        return tree_from_records(read_records(path), str(path))
    text = read_text(path)
    try:
        found = srsly.yaml_loads(text)
    except ValueError as err:
        raise FewnerError(
            str(path), "must be YAML of plain values", str(err), "Mend it where it says."
        ) from err
    if isinstance(found, list):
        records = [(record, f"{path}[{number}]") for number, record in enumerate(found)]
        return tree_from_records(records, str(path))
    return _Nested(str(path)).tree(found)


def write_tree(tree: LabelTree, path: str | Path) -> None:
    """The tree as nested YAML, or as JSONL with paths, by the file's suffix."""
    path = Path(path)
    _check_suffix(path)
    if path.suffix in _YAML:
        text = srsly.yaml_dumps(_nested(tree))
    else:
        records = ({"id": one, **_record(tree, one)} for one in tree)
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    atomic_write(path, text.encode("utf-8"))


def _check_suffix(path: Path) -> None:
    if path.suffix not in (*_YAML, ".jsonl"):
        raise FewnerError("path", "must end in .yaml, .yml or .jsonl", str(path), "Rename it.")


class _Nested:
    """Reads the nested form, from the top down, without recursion."""

    def __init__(self, where: str):
        self._where = where
        self._labels: list[LabelSpec] = []
        self._catch_alls: set[str] = set()
        self._seen: dict[int, str] = {}  # by id(): an alias (`*x`) is the same object once more

    def tree(self, found: Any) -> LabelTree:
        waiting: list[tuple[str | None, Any]] = [(None, {} if found is None else found)]
        while waiting:
            path, children = waiting.pop(0)
            waiting.extend(self._read(path, children))
        return LabelTree(Schema(tuple(self._labels)), frozenset(self._catch_alls), self._where)

    def _read(self, above: str | None, children: Any) -> list[tuple[str, Any]]:
        """Take the labels under one in; returns what stands below them."""
        self._check_children(above, children)
        below = []
        for name, body in children.items():
            where = f"{self._where}: {above or 'top'}"
            if not isinstance(name, str) or PATH_SEPARATOR in name:
                raise FewnerError(
                    where, "a label's name must be a text without '/'", name, "Write another."
                )
            path = paths.check_path(paths.child(above, name), where)
            record = self._take(path, body)
            if record.get("children") is not None:
                below.append((path, record["children"]))
        return below

    def _check_children(self, above: str | None, children: Any) -> None:
        where = f"{self._where}: {above}" if above else self._where
        if not isinstance(children, dict):
            raise FewnerError(
                where, "labels must be a mapping from their names", children, 'Write "name: …".'
            )
        other = self._seen.setdefault(id(children), above or "")
        if other != (above or ""):
            raise FewnerError(
                where,
                "a label must have one parent, and none be its own ancestor",
                f"an alias of what stands under {other or 'the top'!r}",
                "Write the labels out.",
            )

    def _take(self, path: str, body: Any) -> Mapping[str, Any]:
        where = f"{self._where}: {path}"
        record = {"description": body} if isinstance(body, str) else body or {}
        if not isinstance(record, dict):
            raise FewnerError(
                where, "a label must be its definition or a mapping", body, "Write it in quotes."
            )
        check_keys(record, _KEYS, where)
        self._labels.append(label_from({**record, "id": path}, where))
        if flag(record, where):
            self._catch_alls.add(path)
        return record


def _nested(tree: LabelTree) -> _Record:
    bodies: dict[str | None, _Record] = {None: {"children": {}}}
    for path in tree:
        bodies[path] = _record(tree, path)
        siblings = bodies[tree.parent(path)].setdefault("children", {})
        siblings[paths.name(path)] = bodies[path]
    return bodies[None]["children"]


def _record(tree: LabelTree, path: str) -> _Record:
    label = tree[path]
    record: _Record = {
        "description": label.description,
        "examples": list(label.examples),
        "synonyms": list(label.synonyms),
        "catch_all": path in tree.catch_alls,
    }
    return {key: value for key, value in record.items() if value}
