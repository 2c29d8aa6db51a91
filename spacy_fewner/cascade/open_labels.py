"""The part of a cascade that finds what its tree's labels mean without an example of them."""

from pathlib import Path

from spacy.language import Language

from ..data.trees.tree import LabelTree
from ..spans.component import SpanLabeller
from ..spans.find import components_of, one_of
from ..spans.open import SHIPPED
from ..spans.open.given import as_records
from ..types import Schema
from .trained.component import CascadeClassifier
from .tree_owner import TreeOwner, classifier_of
from .trees import TreeLike

NAME = "fewner_open"
KEY = "open"


def add_open_labels(
    nlp: Language, spans_key: str | None = None, start: str | Path = SHIPPED
) -> None:
    """Put a `fewner` that knows the leaves of the tree by what they mean before the classifier.

    Its spans of labels that training had no example of stand beside those of the classifier. It is
    no part of further training. spans_key: of several classifiers, that which writes there.
    Raises FewnerError for a pipeline without a trained classifier.
    """
    classifier = one_of(nlp, CascadeClassifier, "fewner_cascade", spans_key)
    before = next(name for name, pipe in nlp.pipeline if pipe is classifier)
    config = {
        "labels": as_records(_told(classifier.tree)),
        "start": str(start),
        "spans_key": KEY,
        "nested": False,
        "scorer": None,
    }
    nlp.add_pipe("fewner", NAME, before=before, config=config)
    classifier.open_key = KEY
    nlp.config["training"]["frozen_components"] = [*_frozen(nlp), NAME]


def set_tree(nlp: Language, tree: TreeLike, spans_key: str | None = None) -> None:
    """Give a pipeline's classifier another tree, and with it what finds its labels by their
    meaning, if the pipeline has that."""
    classifier = classifier_of(nlp, spans_key)
    classifier.set_tree(tree)
    finder = open_finder(nlp, classifier)
    if finder is not None:
        finder.set_labels(_told(classifier.tree))


def open_finder(nlp: Language, classifier: TreeOwner) -> SpanLabeller | None:
    """The `fewner` whose spans a classifier takes over."""
    key = getattr(classifier, "open_key", None)
    found = [one for one in components_of(nlp, SpanLabeller).values() if one.spans_key == key]
    return next((one for one in found if one.is_open), None)


def _told(tree: LabelTree) -> Schema:
    """Its leaves, but for catch-alls, which mean nothing by themselves."""
    return Schema(tuple(tree[leaf] for leaf in tree.leaves if leaf not in tree.catch_alls))


def _frozen(nlp: Language) -> list[str]:
    return list(nlp.config["training"].get("frozen_components", ()))
