"""From vectors of word pieces to vectors of tokens, where nothing trains."""

from collections.abc import Sequence
from typing import Any

from spacy.tokens import Doc
from thinc.api import Model
from thinc.types import Floats2d, Ragged


def token_vectors(
    hidden: Any, align: Ragged, docs: Sequence[Doc], pooling: Model[Ragged, Floats2d]
) -> list[Any]:
    """(tokens, D) of each document, by the config's own pooling layer.

    hidden: (n_rows, width, D), an array of the rows that `align` (of a `Batch`) points into.
    """
    flat = hidden.reshape(-1, hidden.shape[-1])
    if not len(align.lengths):
        return [pooling.ops.alloc2f(0, hidden.shape[-1]) for _ in docs]
    pooled = pooling.predict(Ragged(flat[align.dataXd], align.lengths))
    found, start = [], 0
    for doc in docs:
        found.append(pooled[start : start + len(doc)])
        start += len(doc)
    return found
