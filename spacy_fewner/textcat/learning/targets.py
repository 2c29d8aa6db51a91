"""What texts are annotated with, as numbers."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from spacy.training import Example

from ...data.docs import WEIGHT
from ..siblings import Siblings


def is_annotated(example: Example) -> bool:
    """Whether somebody said of which class the text is; else it says nothing about classes."""
    return bool(example.reference.cats) and len(example.predicted) > 0


def gold_labels(examples: Iterable[Example]) -> list[str]:
    """Every class that a reference names, in the order of their first mention."""
    return list(dict.fromkeys(label for eg in examples for label in eg.reference.cats))


def target_matrix(
    cats: Sequence[Mapping[str, float]], siblings: Siblings, exclusive: bool
) -> np.ndarray:
    """(texts, labels) float32 in [0, 1]: scores as given, 0 where nothing is said.

    A parent has what its children have: their sum where they exclude each other, else the most.
    """
    found = np.asarray(
        [[float(own.get(label, 0.0)) for label in siblings.labels] for own in cats], "float32"
    ).reshape(len(cats), len(siblings.labels))
    for column in range(len(siblings.labels) - 1, -1, -1):
        if (parent := siblings.parents[column]) >= 0:
            of_child, of_parent = found[:, column], found[:, parent]
            both = of_parent + of_child if exclusive else np.maximum(of_parent, of_child)
            found[:, parent] = np.minimum(both, 1.0)
    return found


def text_weights(examples: Sequence[Example]) -> np.ndarray:
    """(texts,) float32, of their loss."""
    weights = [float(eg.reference.user_data.get(WEIGHT, 1.0)) for eg in examples]
    return np.asarray(weights, dtype="float32")
