"""What gives spans their place in a tree, whatever it does it with."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from spacy.tokens import Doc

from .classify import Levels


@runtime_checkable
class SpanClassifier(Protocol):
    """Documents and candidate spans in, the levels that each span reaches out."""

    def classify(self, docs: Sequence[Doc], spans: Sequence[np.ndarray]) -> list[list[Levels]]:
        """For each span of each document, in order; documents are not changed.

        spans: of each document, (S, 2) first and last (exclusive) token. A span that reaches no
        root has no levels.
        """
