"""The part of a component that holds a tree of labels, which may change at any time."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spacy.language import Language

from ..data.config_keys import check_spans_key
from ..data.trees.tree import LabelTree
from ..errors import FewnerError
from ..spans.find import one_of
from ..spans.stored_settings import Setting, StoredSettings, flag, probability, text
from ..types import LabelSpec, Schema
from .classify import Thresholds
from .spans_in import ENTS
from .trees import TreeLike, records_of, tree_of


def _probabilities(argument: str, value: Any) -> list[float]:
    if not isinstance(value, list | tuple):
        rule = "must be a list of thresholds, from the roots down"
        raise FewnerError(argument, rule, value, "Write for instance [0.2, 0.4].")
    return [probability(f"{argument}[{at}]", one) for at, one in enumerate(value)]


class TreeOwner(StoredSettings):
    """Mixed into a component; the tree is stored as cfg["tree"], the settings beside it.

    The tree in config.cfg is that which the component was made with: later changes are in `cfg`.
    """

    candidates_key = Setting(text)
    spans_key = Setting(check_spans_key)
    threshold = Setting(probability)
    level_thresholds = Setting(_probabilities)
    set_ents = Setting(flag)

    def _start_tree(self, source: TreeLike | None) -> None:
        self._tree: LabelTree | None = None
        self._source = source
        # A stored pipeline brings its tree along, and so loads where the file is missing.
        if source is not None and not _is_missing(source):
            self.set_tree(source)

    def set_threshold(self, threshold: float, level_thresholds: Sequence[float] = ()) -> None:
        """Use other thresholds from now on; see the factory. FewnerError outside [0, 1]."""
        self.threshold, self.level_thresholds = threshold, list(level_thresholds)

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(self.threshold, self.level_thresholds)

    def _restored(self, overrides: Mapping[str, Any]) -> None:
        """Take the tree that was loaded into cfg, or the one that took its place."""
        if overrides.get("tree") is not None:
            self.set_tree(overrides["tree"])
        else:
            self._tree = self._stored_tree()

    def _stored_tree(self) -> LabelTree | None:
        """Of `cfg`, where it is never a file's name."""
        where, records = f"{self.name}.tree", self.cfg["tree"]
        if records is not None and not isinstance(records, list):
            remedy = "Copy or install the pipeline once more."
            raise FewnerError(where, "must be stored as records of labels", records, remedy)
        return tree_of(records, where) if records else None

    @property
    def _keeps_ents(self) -> bool:
        """Whether doc.ents are another's, not the candidates, of which what is left out goes."""
        return self.candidates_key != ENTS

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


def classifier_of(
    nlp: Language,
    spans_key: str | None = None,
    *,
    argument: str = "nlp",
    choose: str = "spans_key=KEY",
) -> TreeOwner:
    """The pipeline's classifier over a tree, whatever its name; see `one_of`."""
    called = "classifier over a tree"
    return one_of(nlp, TreeOwner, called, spans_key, argument=argument, choose=choose)


def _is_missing(source: TreeLike) -> bool:
    return isinstance(source, str | Path) and not Path(source).is_file()
