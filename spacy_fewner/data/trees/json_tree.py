"""Trees of labels in JSON: GEIC's categories, and what `spacy init labels` writes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from ...errors import FewnerError
from ...types import LabelSpec, Schema, is_extension
from ..formats.json_file import read_json_value
from .categories import is_by_levels, levels_of, nested_of, tree_from_levels, tree_from_nested
from .labels import listed, spacy_labels, tree_from_labels, tree_from_schema
from .tree import LabelTree

Form = Literal["levels", "nested", "labels"]

_REMEDY = 'Write for instance {"person": ["politician", "artist"], "place": []}, or ["PER", "LOC"].'


def read_json_tree(path: Path, separator: str | None = None) -> LabelTree:
    """A tree from categories, nested or by levels, or from the label data of a component.

    separator: what stands between parent and name in label data, as "-" in "location-GPE"; by
        default they are paths. Labels that only help training are left out.
    Raises FewnerError for what is neither: see categories.py.
    """
    found = read_json_value(path, "must be JSON without a key twice in one object", _REMEDY)
    if not found or not isinstance(found, dict | list):
        rule = "must be an object of categories or a list of labels"
        raise FewnerError(str(path), rule, found, _REMEDY)
    if isinstance(found, list) or _is_counts(found):
        return _from_label_data(found, str(path), separator)
    if separator is not None:
        remedy = "Leave it out: categories name the parents of their labels."
        raise FewnerError("separator", "is for label data of spaCy", str(path), remedy)
    read = tree_from_levels if is_by_levels(found) else tree_from_nested
    return read(found, str(path))


def json_of(tree: LabelTree, form: Form, dataset: str) -> str:
    """The tree as text of a JSON file.

    form: "levels" of GEIC, with what is said of the labels; "nested", names alone; or "labels", the
        leaves' paths, as `spacy init labels` writes them for `spancat`. dataset: see levels_of.
    Raises FewnerError for a form that cannot hold the tree.
    """
    if form not in get_args(Form):
        raise FewnerError("form", f"must be one of {', '.join(get_args(Form))}", form, "Name one.")
    made: Any
    if form == "labels":
        made = spacy_labels(tree)
    else:
        made = levels_of(tree, dataset) if form == "levels" else nested_of(tree)
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _is_counts(found: Mapping[str, Any]) -> bool:
    """Whether these are label data of `ner`: how often each label has which move."""
    groups = list(found.values())
    if not all(isinstance(group, dict) for group in groups):
        return False
    return any(type(count) is int for group in groups for count in group.values())


def _from_label_data(found: Any, where: str, separator: str | None) -> LabelTree:
    labels = [label for label in listed(found, where) if not is_extension(label)]
    if separator is not None:
        return tree_from_labels(labels, separator).tree
    return tree_from_schema(Schema(tuple(map(LabelSpec, labels))))
