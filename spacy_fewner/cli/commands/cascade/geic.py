"""GEIC among the formats of `convert`."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from ....shown import shown_in_line
from ...options.say import say

if TYPE_CHECKING:
    from ....data.trees.tree import LabelTree
    from ....types import Sample

FORMAT = "geic"


def read(path: Path, tree: "LabelTree | None") -> "list[Sample]":
    """The sentences all of whose entities have a place; says on stderr what else there was."""
    from ....cascade.rows.geic import read_geic
    from ....errors import FewnerError

    found = read_geic(path, tree, purpose="training")
    for reason, count in Counter(reject.reason for reject in found.rejects).most_common():
        first = next(one for one in found.rejects if one.reason == reason)
        say(shown_in_line(f"{count} left out: {reason}, such as {first.detail}"), err=True)
    if not found.samples:
        remedy = "Give the tree that its categories are of, or mend the sentences."
        raise FewnerError(str(path), "must hold a sentence that can be read", "none", remedy)
    return found.samples
