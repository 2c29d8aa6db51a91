"""Pipelines that are given: loaded, and what they write."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..data.docs import SPANS_KEY
from ..errors import FewnerError, warn

if TYPE_CHECKING:
    from spacy.language import Language


def load_pipeline(model: str) -> "Language":
    """spacy.load; FewnerError if there is no such pipeline, or not a whole one."""
    import spacy

    model = pipeline_folder(model)
    try:
        return spacy.load(model)
    except FewnerError as err:
        # With the pipeline's name: what is wrong may be called as an option of the command is.
        where = f"{model}: {err.argument}"
        raise FewnerError(where, err.rule, err.value, err.remedy) from err
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


def own_key(nlp: "Language") -> str | None:
    """Under which key of doc.spans the pipeline leaves its result; None where it writes none.

    FewnerError where components write to several.
    """
    from ..cascade.tree_owner import TreeOwner
    from ..spans.component import SpanLabeller
    from ..spans.find import components_of

    ours = components_of(nlp, TreeOwner) or components_of(nlp, SpanLabeller)
    keys = {name: one.spans_key for name, one in ours.items()} or _keys_of_others(nlp)
    if len(set(keys.values())) > 1:
        writes = ", ".join(f"{name} writes doc.spans[{key!r}]" for name, key in keys.items())
        raise FewnerError(
            "model", "must write one group of spans", writes, "Name it: --spans-key KEY."
        )
    return next(iter(keys.values()), None)


def _keys_of_others(nlp: "Language") -> dict[str, str]:
    """Of spaCy's components, as they call it; "sc" comes before others."""
    named = {name: getattr(pipe, "key", None) for name, pipe in nlp.pipeline}
    keys = {name: key for name, key in named.items() if isinstance(key, str)}
    return {name: key for name, key in keys.items() if key == SPANS_KEY} or keys


def _said(err: Exception) -> str:
    """How an exception's message begins; with its type, since some say little without."""
    lines = [line.strip() for line in str(err).splitlines() if line.strip()]
    # spaCy's errors of configs have a heading, and the fault on the line below.
    return ": ".join([type(err).__name__, *lines[:2]])
