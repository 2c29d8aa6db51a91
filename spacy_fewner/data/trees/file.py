"""Trees of labels in files.

YAML, nested, a label's definition alone or with what else there is:

    person:
      description: A human being, real or invented.
      children:
        athlete: Someone known for a sport.
        other person: {description: Any other human being., catch_all: true}

YAML as a list, and JSONL, of records: see tree_records. JSON: GEIC's categories and spaCy's label
data, see tree_json.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import srsly

from ...errors import FewnerError
from ...types import PATH_SEPARATOR, LabelSpec, Schema
from ..files import atomic_write, read_text
from . import paths
from .json_tree import Form, json_of, read_json_tree
from .label_records import label_from, read_records
from .records import SAID, check_keys, flag, record_of, tree_from_records
from .tree import LabelTree

_YAML = (".yaml", ".yml")
_JSON = ".json"
_KEYS = (*SAID, "children")
_Record = dict[str, Any]


def read_tree(path: str | Path, separator: str | None = None) -> LabelTree:
    """A tree from .yaml, .yml, .jsonl or .json.

    separator: see read_json_tree; label data of spaCy alone have one.
    Raises FewnerError, naming line or label, for what is no tree: see LabelTree, tree_from_records
    and read_json_tree.
    """
    path = Path(path)
    _check_suffix(path)
    if path.is_file() and path.stat().st_size == 0:
        remedy = "Write a label a line, with what it means: see docs/cascade.md."
        raise FewnerError(str(path), "must hold labels", "an empty file", remedy)
    if path.suffix == _JSON:
        return read_json_tree(path, separator)
    if separator is not None:
        remedy = "Leave it out: the file says which label is whose parent."
        raise FewnerError("separator", "is for label data of spaCy, .json", str(path), remedy)
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


def write_tree(tree: LabelTree, path: str | Path, form: Form = "levels") -> None:
    """The tree as nested YAML, as JSONL with paths, or as JSON, by the file's suffix.

    form: of JSON, see json_of. Raises FewnerError for a form that cannot hold the tree.
    """
    path = Path(path)
    _check_suffix(path)
    if path.suffix in _YAML:
        text = srsly.yaml_dumps(_nested(tree))
    elif path.suffix == _JSON:
        text = json_of(tree, form, path.stem)
    else:
        records = ({"id": one, **record_of(tree, one)} for one in tree)
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as err:
        remedy = "Remove lone surrogates."
        raise FewnerError(tree.where, "must be well-formed Unicode", str(err), remedy) from err
    atomic_write(path, content)


def _check_suffix(path: Path) -> None:
    if path.suffix not in (*_YAML, ".jsonl", _JSON):
        rule = "must end in .yaml, .yml, .jsonl or .json"
        raise FewnerError("path", rule, str(path), "Rename it.")


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
        bodies[path] = record_of(tree, path)
        siblings = bodies[tree.parent(path)].setdefault("children", {})
        siblings[paths.name(path)] = bodies[path]
    return bodies[None]["children"]
