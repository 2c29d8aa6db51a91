"""Which text stands for a label this time: names, definitions and paraphrases alternate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..spans.open.texts import defined
from .schemes import OpenLabel

NAME, DEFINED = 0.5, 0.25  # rates; the rest is read on average, as a label is in use


@dataclass(frozen=True)
class Forms:
    """Rows of a table of text vectors that belong to a label.

    names: each name alone. defined: a name with a definition.
    """

    names: Sequence[int]
    defined: Sequence[int]

    def draw(self, rng: np.random.Generator) -> list[int]:
        """The rows whose mean is the label's vector this time."""
        way = rng.random()
        if not self.defined or way < NAME:
            return [int(rng.choice(self.names))]
        if way < NAME + DEFINED:
            return [int(rng.choice(self.defined))]
        return [*self.names, int(rng.choice(self.defined))]


class TextTable:
    """All texts that stand for labels, each once."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    @property
    def texts(self) -> list[str]:
        return list(self._rows)

    def forms(self, label: OpenLabel) -> Forms:
        definitions = [t for name in label.names[:2] for t in defined(name, label.definitions)]
        return Forms([*map(self._row, label.names)], [*map(self._row, definitions)])

    def _row(self, text: str) -> int:
        return self._rows.setdefault(text, len(self._rows))
