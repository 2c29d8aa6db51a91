"""Texts through a pipeline: an answer for each, whatever others in its batch do."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ..writing.layers import Layers, results_of

if TYPE_CHECKING:
    from spacy.language import Language

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fault:
    """Why there is no answer to a text."""

    said: str


Answer: TypeAlias = "dict[str, Any] | Fault"


class Answerer:
    """A loaded pipeline. For one thread, since not every component of spaCy's world is for more."""

    def __init__(self, nlp: "Language", layers: Layers, max_chars: int):
        self._nlp, self._layers = nlp, layers
        nlp.max_length = max(nlp.max_length, max_chars)

    def __call__(self, texts: Sequence[str]) -> list[Answer]:
        """One answer a text, in their order. A batch that raises is halved until the text at fault
        is alone."""
        try:
            return [*self._found(texts)]
        except Exception as err:
            if len(texts) == 1:
                _logger.warning("The pipeline raised on a text: %s", _said(err))
                return [Fault(f"The pipeline raised on this text: {_said(err)}")]
        half = len(texts) // 2
        return [*self(texts[:half]), *self(texts[half:])]

    def _found(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        # Words that are new to the vocabulary go when the texts do: a server runs for months.
        with self._nlp.memory_zone():
            docs = self._nlp.pipe(texts, batch_size=len(texts))
            found = [results_of(doc, self._layers) for doc in docs]
        if len(found) != len(texts):
            raise ValueError("a component gave back other texts than it was given")
        return found


def _said(err: Exception) -> str:
    lines = [line.strip() for line in str(err).splitlines() if line.strip()]
    return ": ".join([type(err).__name__, *lines[:1]])
