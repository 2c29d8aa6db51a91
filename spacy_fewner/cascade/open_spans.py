"""Spans of labels without examples, found by what the labels mean, beside those of the classifier.

A classifier cannot place what no component found, and an extractor trained on examples has learnt
that spans of other types are none. A `fewner` with open labels finds those. Ours.
"""

from collections.abc import Collection, Iterable, Sequence
from operator import itemgetter
from typing import TypeAlias

from spacy.tokens import Doc

from ..data.trees.paths import lineage
from .classify import Levels
from .spans_in import scores_in

Found: TypeAlias = "tuple[int, int, Levels]"
"""First token, token after the last, and the levels reached, at least one."""


def open_spans(doc: Doc, key: str, labels: Collection[str]) -> list[Found]:
    """The spans of doc.spans[key] with one of these labels; each level has the span's score."""
    group = doc.spans.get(key, ())
    scores = scores_in(group) or [1.0] * len(group)
    return [
        (span.start, span.end, [(step, float(score)) for step in lineage(span.label_)])
        for span, score in zip(group, scores, strict=True)
        if span.label_ in labels
    ]


def joined(classified: Iterable[Found], found: Sequence[Found]) -> list[Found]:
    """Both in the order of the text; what was classified gives way to what it shares a token with
    and is less sure than."""
    best: dict[int, float] = {}  # token -> the highest score of what was found there
    for start, end, levels in found:
        for token in range(start, end):
            best[token] = max(best.get(token, 0.0), levels[-1][1])
    kept = [
        (start, end, levels)
        for start, end, levels in classified
        if all(best.get(token, 0.0) <= levels[-1][1] for token in range(start, end))
    ]
    taken = {token for start, end, _ in kept for token in range(start, end)}
    left = [one for one in found if taken.isdisjoint(range(one[0], one[1]))]
    return sorted([*kept, *left], key=itemgetter(0, 1))
