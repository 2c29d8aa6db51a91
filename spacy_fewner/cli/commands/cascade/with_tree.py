"""Where `cascade apply` takes its tree from: a pipeline, or a file."""

from pathlib import Path
from typing import TYPE_CHECKING

from ....errors import FewnerError
from ...options.pipelines import cascade_in, load_pipeline

if TYPE_CHECKING:
    from spacy.language import Language

    from ....cascade.tree_owner import TreeOwner

TREES = (".yaml", ".yml", ".jsonl", ".json")


def with_classifier(
    model: str, tree: Path | None, spans_key: str | None
) -> "tuple[Language, TreeOwner]":
    """The pipeline, and its classifier with that tree; FewnerError if it has none."""
    from ....cascade.trees import tree_of

    nlp = load_pipeline(model)
    classifier = cascade_in(nlp, spans_key)
    if classifier is None and spans_key and cascade_in(nlp):
        rule = "must be a key that a fewner_cascade of the pipeline writes"
        raise FewnerError("spans_key", rule, spans_key, "Name another, or leave it out.")
    if classifier is None:
        remedy = "Make one with `cascade train`, give a tree and --llm, or annotate with nlp.pipe."
        raise FewnerError("model", "must have a fewner_cascade", nlp.pipe_names, remedy)
    if tree:
        classifier.set_tree(tree_of(tree))
    return nlp, classifier


def is_tree(model: str) -> bool:
    """Whether what is named as a pipeline is a file of labels."""
    return Path(model).suffix.lower() in TREES and not Path(model).is_dir()
