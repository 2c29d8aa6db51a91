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

Found: TypeAlias = "tuple[int, int, Levels]"
"""First token, token after the last, and the levels reached, at least one."""


def open_spans(doc: Doc, key: str, labels: Collection[str]) -> list[Found]:
    """The spans of doc.spans[key] with one of these labels; each level has the span's score."""
    group = doc.spans.get(key, ())
    scores = getattr(group, "attrs", {}).get("scores", ())
    if len(scores) != len(group):  # else somebody changed the spans and left the scores
        scores = [1.0] * len(group)
    return [
        (span.start, span.end, [(step, float(score)) for step in lineage(span.label_)])
        for span, score in zip(group, scores, strict=True)
        if span.label_ in labels
    ]


def joined(classified: Iterable[Found], found: Sequence[Found]) -> list[Found]:
    """Both in the order of the text; what was classified gives way to what it shares a token with
    and is less sure than."""
    kept = [one for one in classified if not any(_overruled(one, other) for other in found)]
    left = [one for one in found if not any(_share(one, other) for other in kept)]
    return sorted([*kept, *left], key=itemgetter(0, 1))


def _overruled(one: Found, other: Found) -> bool:
    return _share(one, other) and other[2][-1][1] > one[2][-1][1]


def _share(one: Found, other: Found) -> bool:
    """Whether they share a token."""
    return one[0] < other[1] and other[0] < one[1]
