"""The part of a cascade that finds what its tree's labels mean without an example of them."""

from pathlib import Path

from spacy.language import Language

from ..errors import FewnerError
from ..spans.find import one_of
from ..spans.open import SHIPPED
from ..spans.open.given import as_records
from ..types import Schema
from .open_finder import meant
from .trained.component import CascadeClassifier

NAME = "fewner_open"
KEY = "open"


def add_open_labels(
    nlp: Language, spans_key: str | None = None, start: str | Path = SHIPPED
) -> None:
    """Put a `fewner` that knows the leaves of the tree by what they mean before the classifier.

    Its spans of labels that training had no example of stand beside those of the classifier. It is
    no part of further training, and its labels follow the tree. spans_key: of several classifiers,
    that which writes there.
    Raises FewnerError for a pipeline without a trained classifier, and for a tree of catch-alls.
    """
    classifier = one_of(nlp, CascadeClassifier, "fewner_cascade", spans_key)
    labels = meant(classifier.tree)
    if not labels:
        rule, remedy = "must have a label that is no catch-all", "Add one."
        raise FewnerError("tree", rule, list(classifier.tree), remedy)
    before = next(name for name, pipe in nlp.pipeline if pipe is classifier)
    config = {
        "labels": as_records(Schema(labels)),
        "start": str(start),
        "spans_key": KEY,
        "nested": False,
        "scorer": None,
    }
    nlp.add_pipe("fewner", NAME, before=before, config=config)
    classifier.open_key = KEY
    nlp.config["training"]["frozen_components"] = [*_frozen(nlp), NAME]


def _frozen(nlp: Language) -> list[str]:
    return list(nlp.config["training"].get("frozen_components", ()))
