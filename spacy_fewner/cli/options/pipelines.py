"""Pipelines that commands are given: loaded, and what is in them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import FewnerError
from ...scale.loading import load_pipeline, own_key, pipeline_folder

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from ...cascade.tree_owner import TreeOwner

_CHOOSE = "--spans-key KEY"
__all__ = ["cascade_in", "check_written", "load_pipeline", "own_key", "pipeline_folder"]


def trained_folder(model: str) -> Path:
    """The folder of a pipeline. Raises FewnerError for what is none."""
    folder = Path(pipeline_folder(model))
    if not (folder / "meta.json").is_file() or not (folder / "config.cfg").is_file():
        raise FewnerError(
            "model",
            "must be the folder of a pipeline, with meta.json and config.cfg",
            model,
            "Name the folder that fit, train or nlp.to_disk wrote.",
        )
    return folder


def cascade_in(nlp: "Language", spans_key: str | None = None) -> "TreeOwner | None":
    """The pipeline's classifier over a tree, trained or a language model, if it has one.

    spans_key: of several, that which writes there. FewnerError if that leaves more than one.
    """
    from ...cascade.tree_owner import TreeOwner, classifier_of
    from ...spans.find import components_of

    found = components_of(nlp, TreeOwner)
    if not found or (spans_key and all(one.spans_key != spans_key for one in found.values())):
        return None
    return classifier_of(nlp, spans_key, argument="model", choose=_CHOOSE)


def check_written(docs: "Sequence[Doc]", key: str) -> None:
    """Raise FewnerError where the pipeline wrote nothing to doc.spans[key]."""
    if not docs or any(key in doc.spans for doc in docs):
        return
    written = [f"doc.spans[{one!r}]" for one in dict.fromkeys(k for doc in docs for k in doc.spans)]
    if any(doc.ents for doc in docs):
        written.append("doc.ents, which are scored without --spans-key")
    rule, remedy = "must be a key that the pipeline writes", "Name another, or leave it out."
    raise FewnerError(
        "--spans-key", rule, f"{key}; it writes {', '.join(written) or 'none'}", remedy
    )
