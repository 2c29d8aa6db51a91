"""How far two pipelines agree on texts: in what they find, in scores, and with gold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from spacy.tokens import Doc

Found = tuple[Any, ...]  # key, start, end and label of a span, or the class that a text has most of


@dataclass(frozen=True)
class Agreement:
    """found: how many spans and classes the first finds. same: F1 of what one finds against what
    the other finds, in [0, 1]; 1 where neither finds anything. score, mean: largest and mean
    difference of the scores of what both find."""

    found: int
    same: float
    score: float
    mean: float


def agreement(ours: Sequence[Doc], others: Sequence[Doc]) -> Agreement:
    """Of the same texts, as two pipelines have annotated them."""
    both = total = found = 0
    apart: list[float] = []
    for one, other in zip(ours, others, strict=True):
        left, right = found_in(one), found_in(other)
        shared = left.keys() & right.keys()
        both += len(shared)
        total += len(left) + len(right)
        found += len(left)
        apart += [abs(left[key] - right[key]) for key in shared]
    same = 2 * both / total if total else 1.0
    return Agreement(found, same, max(apart, default=0.0), sum(apart) / max(len(apart), 1))


def found_in(doc: Doc) -> dict[Found, float]:
    """Spans under every key, and the class with the highest score, each with its score."""
    found: dict[Found, float] = {}
    for key, group in doc.spans.items():
        scores = group.attrs.get("scores", np.zeros(len(group)))
        for span, score in zip(group, scores, strict=False):
            found[key, span.start, span.end, span.label_] = float(score)
    if doc.cats:
        best = max(doc.cats, key=lambda label: doc.cats[label])
        found["cats", best] = doc.cats[best]
    return found
