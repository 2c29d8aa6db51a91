"""The part of a component that holds a tree of labels, which may change at any time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..data.trees.tree import LabelTree
from ..errors import FewnerError
from ..types import LabelSpec, Schema
from .classify import Thresholds
from .trees import TreeLike, records_of, tree_of


class TreeOwner:
    """Mixed into a component; the tree is stored as cfg["tree"], thresholds beside it."""

    name: str
    cfg: dict[str, Any]

    def _start_tree(self, source: TreeLike | None) -> None:
        self._tree: LabelTree | None = None
        self._source = source
        # A stored pipeline brings its tree along, and so loads where the file is missing.
        if source is not None and not _is_missing(source):
            self.set_tree(source)

    def set_threshold(self, threshold: float, level_thresholds: Sequence[float] = ()) -> None:
        """Use other thresholds from now on; see the factory. FewnerError outside [0, 1]."""
        Thresholds(threshold, level_thresholds)
        self.cfg["threshold"] = threshold
        self.cfg["level_thresholds"] = list(level_thresholds)

    def _restore_tree(self) -> None:
        """Take what was loaded into cfg."""
        self._tree = tree_of(self.cfg["tree"]) if self.cfg["tree"] else None

    @property
    def has_tree(self) -> bool:
        return self._tree is not None or self._source is not None

    @property
    def tree(self) -> LabelTree:
        """Raises FewnerError if there is none."""
        if self._tree is None and self._source is not None:
            self.set_tree(self._source)
        if self._tree is None:
            remedy = "Give tree in the config, or call set_tree or add_label."
            raise FewnerError(f"{self.name}.tree", "must hold a label", "no tree", remedy)
        return self._tree

    @property
    def labels(self) -> tuple[str, ...]:
        """All paths, parents before children."""
        return tuple(self._tree or ())

    @property
    def label_data(self) -> list[dict[str, Any]]:
        """Records of the labels, as `initialize` takes them."""
        return records_of(self._tree) if self._tree else []

    def set_tree(self, tree: TreeLike) -> None:
        """Use another tree from now on, with the weights as they are.

        tree: a LabelTree, a file, a list of paths or of records.
        """
        self._tree = tree_of(tree, f"{self.name}.tree")
        self.cfg["tree"] = records_of(self._tree)

    def add_label(
        self,
        label: str,
        description: str = "",
        examples: Sequence[str] = (),
        synonyms: Sequence[str] = (),
        *,
        catch_all: bool = False,
    ) -> int:
        """Add a label by its path; it is predicted from now on, by what is said of it here.

        Returns 1 if it is new, else 0. Raises FewnerError if its parent is not in the tree.
        """
        spec = LabelSpec(label, description, tuple(examples), tuple(synonyms))
        if not self.has_tree:
            self.set_tree(LabelTree(Schema((spec,)), frozenset([label] if catch_all else [])))
        elif label in self.tree:
            return 0
        else:
            self.set_tree(self.tree.add(spec, catch_all=catch_all))
        return 1

    def rename_label(self, label: str, name: str) -> None:
        """Call a label otherwise; paths below it change too. name: the last part of its path."""
        self.set_tree(self.tree.rename(label, name))

    def remove_label(self, label: str) -> None:
        """Remove a label and all below it."""
        self.set_tree(self.tree.remove(label))


def _is_missing(source: TreeLike) -> bool:
    return isinstance(source, str | Path) and not Path(source).is_file()
