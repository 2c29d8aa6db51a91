"""Pipelines that commands are given: loaded, and what is in them."""

from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import FewnerError, warn

if TYPE_CHECKING:
    from spacy.language import Language

    from ...cascade.tree_owner import TreeOwner


def load_pipeline(model: str) -> "Language":
    """spacy.load; FewnerError if there is no such pipeline, or not a whole one."""
    import spacy

    model = pipeline_folder(model)
    try:
        return spacy.load(model)
    except FewnerError:
        raise
    except Exception as err:  # damaged files raise whatever their parsers raise
        raise FewnerError(
            "model", "must be the folder or the installed package of a whole pipeline", model,
            "Check the name; if it is right, copy the pipeline again or train it anew. "
            f"spaCy says: {_said(err)}",
        ) from err  # fmt: skip


def pipeline_folder(model: str) -> str:
    """The pipeline in what `fit` wrote, where that whole folder is named; else what is named."""
    inner = Path(model, "model")
    if (inner / "meta.json").is_file() and not Path(model, "meta.json").exists():
        warn(f"{model} is what fit wrote; the pipeline in it, {inner}, is taken.")
        return str(inner)
    return model


def cascade_in(nlp: "Language") -> "TreeOwner | None":
    """The pipeline's classifier over a tree, trained or a language model, if it has one."""
    from ...cascade.tree_owner import TreeOwner

    for _, pipe in nlp.pipeline:
        if isinstance(pipe, TreeOwner):
            return pipe
    return None


def _said(err: Exception) -> str:
    """How an exception's message begins; with its type, since some say little without."""
    lines = [line.strip() for line in str(err).splitlines() if line.strip()]
    # spaCy's errors of configs have a heading, and the fault on the line below.
    return ": ".join([type(err).__name__, *lines[:2]])
