"""A tree of labels from whatever a configuration says, and as what is stored with a model."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..data.trees.file import read_tree
from ..data.trees.labels import tree_from_schema
from ..data.trees.records import tree_from_records
from ..data.trees.tree import LabelTree
from ..errors import FewnerError, path_given_as
from ..types import LabelSpec, Schema

TreeLike = LabelTree | Schema | str | Path | Sequence[str | Mapping[str, Any]]

_REMEDY = 'Give a file, or a list such as ["person", "person/athlete"].'


def tree_of(value: TreeLike, where: str = "tree") -> LabelTree:
    """A tree from a file (see read_tree), a scheme, a list of paths (parents that are missing
    are added), or a list of records {"id", "description", "examples", "synonyms", "catch_all"}.

    where: what errors call it.
    """
    if isinstance(value, LabelTree):
        return value
    if isinstance(value, Schema):
        return tree_from_schema(value)
    if isinstance(value, str | Path):
        with path_given_as(where):
            return read_tree(value)
    if not isinstance(value, list | tuple):
        raise FewnerError(where, "must be a file or a list of labels", value, _REMEDY)
    if value and all(isinstance(label, str) for label in value):
        return tree_from_schema(Schema(tuple(LabelSpec(str(one)) for one in dict.fromkeys(value))))
    records = [(record, f"{where}[{number}]") for number, record in enumerate(value)]
    return tree_from_records(records, where)


def records_of(tree: LabelTree) -> list[dict[str, Any]]:
    """The tree as JSON, which `tree_of` reads back; siblings keep their order."""
    return [
        {
            "id": path,
            "description": tree[path].description,
            "examples": list(tree[path].examples),
            "synonyms": list(tree[path].synonyms),
            "catch_all": path in tree.catch_alls,
        }
        for path in tree
    ]
