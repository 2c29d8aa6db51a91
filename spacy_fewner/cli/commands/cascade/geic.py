"""GEIC among the formats of `convert`."""

from pathlib import Path
from typing import TYPE_CHECKING

from ...options.saving import tell_left_out

if TYPE_CHECKING:
    from ....data.trees.tree import LabelTree
    from ....types import Sample

FORMAT = "geic"


def read(path: Path, tree: "LabelTree | None") -> "list[Sample]":
    """The sentences all of whose entities have a place; says on stderr what else there was."""
    from ....cascade.rows.geic import read_geic
    from ....errors import FewnerError

    found = read_geic(path, tree, purpose="training")
    tell_left_out(found.rejects)
    if not found.samples:
        remedy = "Give the tree that its categories are of, or mend the sentences."
        raise FewnerError(str(path), "must hold a sentence that can be read", "none", remedy)
    return found.samples
