"""How often each label stands in the gold of examples, and the output biases that follow."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from spacy.training import Example

from . import targets
from .grid import loss


@dataclass(frozen=True)
class GoldCounts:
    """Each (labels,).

    gold: spans of the label. cells, tokens: spans and tokens there are, in the texts that were
        annotated with it.
    """

    gold: np.ndarray
    cells: np.ndarray
    tokens: np.ndarray

    def where(self, chosen: Sequence[bool], others: "GoldCounts") -> "GoldCounts":
        """Those of `others` for the labels that are chosen: (labels,)."""
        pairs = zip(vars(others).values(), vars(self).values(), strict=True)
        return GoldCounts(*(np.where(chosen, other, own) for other, own in pairs))

    def biases(self) -> tuple[np.ndarray, np.ndarray]:
        """(labels,) of the logits of spans, and of those of single tokens."""
        in_tokens = np.minimum(self.gold, self.tokens)
        return (
            loss.prior_log_odds(self.gold, self.cells),
            loss.prior_log_odds(in_tokens, self.tokens),
        )


def count_gold(
    examples: Iterable[Example],
    key: str,
    labels: Sequence[str],
    learnt: Callable[[str], str],
    width: int,
) -> GoldCounts:
    """Counts over all examples. key: of doc.spans. learnt: gold label -> label it is learnt as.
    width: of the widest span in tokens."""
    found: Counter[str] = Counter()
    lengths: list[int] = []
    for example in examples:
        spans, _ = targets.aligned_gold(example, key)
        cells = {(span.start, span.end, learnt(span.label_)) for span in spans}
        found.update(label for _, _, label in cells)
        lengths.append(len(example.predicted))
    every = np.ones(len(labels))
    return GoldCounts(
        loss.count_labels(labels, found),
        every * targets.count_cells(lengths, width),
        every * sum(lengths),
    )
