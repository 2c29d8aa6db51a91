"""Examples of the cascade, whose labels are in a tree."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....errors import path_given_as

if TYPE_CHECKING:
    from ....data.trees.tree import LabelTree
    from ....types import Sample

Tree = Annotated[
    Path | None,
    typer.Option(
        help="The tree of labels: .yaml, .jsonl or .json (GEIC's category.json); in the data a "
        "label may go by its path, name or a synonym. Without it, the data's paths are the tree.",
        show_default=False,
    ),
]


def in_tree(samples: "list[Sample]", path: Path | None) -> "tuple[list[Sample], LabelTree]":
    """The samples with paths for labels, and the tree they are of."""
    from ....data.trees.file import read_tree
    from ....data.trees.labels import to_tree, tree_from_schema
    from ....types import Schema

    with path_given_as("tree"):
        tree = read_tree(path) if path else tree_from_schema(Schema.from_samples(samples))
    return to_tree(samples, tree), tree
