"""The `fewner` with open labels of a cascade, whose labels follow the tree."""

import weakref

from spacy.language import Language

from ..data.config_keys import check_no_variables
from ..data.trees.tree import LabelTree
from ..spans.component import SpanLabeller
from ..spans.open.given import as_records
from ..types import LabelSpec, Schema


class OpenFinder:
    """The component of a pipeline that writes open spans under a key, disabled or not.

    nlp: the pipeline; in copies of what holds this, and in other processes, there is none.
    """

    def __init__(self, nlp: Language | None = None):
        self._nlp = None if nlp is None else weakref.ref(nlp)

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return OpenFinder, ()

    def component(self, key: str | None) -> SpanLabeller | None:
        nlp = self._nlp() if self._nlp else None
        for _, pipe in nlp.components if nlp is not None and key else ():
            if isinstance(pipe, SpanLabeller) and pipe.spans_key == key and pipe.is_open:
                return pipe
        return None

    def follow(self, tree: LabelTree, key: str | None) -> None:
        """Find what the tree's leaves mean, from now on; of catch-alls alone, what was found
        before. FewnerError for what no config can hold, before anything is changed."""
        finder, labels = self.component(key), meant(tree)
        if finder is not None and labels:
            check_no_variables("tree", as_records(Schema(labels)))
            finder.set_labels(Schema(labels))


def meant(tree: LabelTree) -> tuple[LabelSpec, ...]:
    """Its leaves, but for catch-alls, which mean nothing by themselves."""
    return tuple(tree[leaf] for leaf in tree.leaves if leaf not in tree.catch_alls)
