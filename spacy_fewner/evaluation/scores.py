"""Precision, recall and F1 of predicted spans, in the four ways the literature counts them.

All four take documents in parallel: `gold[i]` and `predicted[i]` are the spans of
document i. A span listed twice counts once. `labels` restricts both sides (for scores
without catch-all labels); by default every label that occurs is scored.

A number of one scorer is not comparable with a number of another.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

from ..errors import FewnerError
from ..types import CharSpan, is_extension

DocSpans = Sequence[Sequence[CharSpan]]

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class PRF:
    """Counts of true positives, false positives and false negatives.

    Counts may be halves (`span_partial`). A rate without denominator is 0, so a
    label that neither occurs nor is predicted has an F1 of 0: look at `support`.
    """

    tp: float = 0
    fp: float = 0
    fn: float = 0

    @property
    def p(self) -> float:
        """Precision, in [0, 1]."""
        return _ratio(self.tp, self.tp + self.fp)

    @property
    def r(self) -> float:
        """Recall, in [0, 1]."""
        return _ratio(self.tp, self.tp + self.fn)

    @property
    def f(self) -> float:
        """F1, in [0, 1]."""
        return _ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def support(self) -> float:
        """How many gold items were counted."""
        return self.tp + self.fn

    def __add__(self, other: "PRF") -> "PRF":
        return PRF(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)


@dataclass(frozen=True)
class SpanScores:
    """What a scorer found.

    micro: counts summed over labels and documents.
    per_label: the same for each label of `labels`.
    labels: the labels scored, sorted (or in the order they were asked for).
    scorer: name of the scorer; scores of different scorers do not mix.
    docs: number of documents.
    """

    micro: PRF
    per_label: dict[str, PRF]
    labels: tuple[str, ...]
    scorer: str
    docs: int = 0


def span_strict(
    gold: DocSpans, predicted: DocSpans, labels: Iterable[str] | None = None
) -> SpanScores:
    """A prediction is right if start, end and label all are.

    Errors: FewnerError if the two lists differ in length.
    """
    return _score("span_strict", gold, predicted, labels, _match_strict)


def span_partial(
    gold: DocSpans, predicted: DocSpans, labels: Iterable[str] | None = None
) -> SpanScores:
    """An exact match counts 1, an overlap with the same label counts 0.5 (UniversalNER).

    Source: UniversalNER's partial match; one-to-one matching is ours. Matches are
    chosen so that their sum is as large as it can be, hence never below
    `span_strict`. A half match leaves half a false positive and half a false negative.
    Spans that share a character share a word, since spans have no edge whitespace.

    Errors: FewnerError if the two lists differ in length.
    """
    return _score("span_partial", gold, predicted, labels, _match_partial)


def string_set_uniner(
    gold: DocSpans,
    predicted: DocSpans,
    texts: Sequence[str],
    labels: Iterable[str] | None = None,
) -> SpanScores:
    """Compare the sets of normalised strings of each (document, label).

    Source: UniversalNER's released evaluation: lower case, no ASCII punctuation, no
    English articles, single spaces, duplicates removed.

    Errors: FewnerError if the three lists differ in length.
    """

    def match(gold_spans: set[CharSpan], predicted_spans: set[CharSpan], text: str) -> PRF:
        gold_strings = {_normalise(span.surface(text)) for span in gold_spans}
        predicted_strings = {_normalise(span.surface(text)) for span in predicted_spans}
        return _from_matches(
            len(gold_strings & predicted_strings), len(gold_strings), len(predicted_strings)
        )

    return _score("string_set_uniner", gold, predicted, labels, match, texts)


def string_multiset_gollie(
    gold: DocSpans,
    predicted: DocSpans,
    texts: Sequence[str],
    labels: Iterable[str] | None = None,
) -> SpanScores:
    """Compare the multisets of lower-cased, stripped strings of each (document, label).

    Source: GoLLIE's evaluation, as GuideX uses it. Predictions that do not stand in
    the text are removed there first; spans always stand in it.

    Errors: FewnerError if the three lists differ in length.
    """

    def match(gold_spans: set[CharSpan], predicted_spans: set[CharSpan], text: str) -> PRF:
        gold_strings = Counter(span.surface(text).lower().strip() for span in gold_spans)
        predicted_strings = Counter(span.surface(text).lower().strip() for span in predicted_spans)
        common = gold_strings & predicted_strings
        return _from_matches(common.total(), gold_strings.total(), predicted_strings.total())

    return _score("string_multiset_gollie", gold, predicted, labels, match, texts)


def pool(parts: Sequence[SpanScores]) -> SpanScores:
    """Add up the counts of disjoint sets of documents, such as the folds of one run.

    Errors: FewnerError without parts, or if they come from different scorers.
    """
    scorers = sorted({part.scorer for part in parts})
    if len(scorers) != 1:
        raise FewnerError(
            "parts", "scores to pool must come from one scorer", scorers, "Score all alike."
        )
    labels = tuple(dict.fromkeys(label for part in parts for label in part.labels))
    per_label = {
        label: sum((part.per_label.get(label, PRF()) for part in parts), PRF()) for label in labels
    }
    micro = sum((part.micro for part in parts), PRF())
    return SpanScores(micro, per_label, labels, scorers[0], sum(part.docs for part in parts))


def check_parallel(**lists: Sequence[Any]) -> None:
    """Raise FewnerError unless all the lists are of one length."""
    lengths = {name: len(items) for name, items in lists.items()}
    if len(set(lengths.values())) > 1:
        raise FewnerError(
            ", ".join(lengths),
            "need one entry per document, in the same order",
            ", ".join(f"{length} {name}" for name, length in lengths.items()),
            "Pass an empty list for a document without spans.",
        )


def _score(
    name: str,
    gold: DocSpans,
    predicted: DocSpans,
    labels: Iterable[str] | None,
    match: Callable[[set[CharSpan], set[CharSpan], str], PRF],
    texts: Sequence[str] | None = None,
) -> SpanScores:
    """Group by document and label, count each group with `match`, sum."""
    if texts is None:
        check_parallel(gold=gold, predicted=predicted)
        texts = [""] * len(gold)
    else:
        check_parallel(gold=gold, predicted=predicted, texts=texts)
    wanted = _labels_in(gold, predicted) if labels is None else tuple(dict.fromkeys(labels))
    per_label = {label: PRF() for label in wanted}
    for gold_spans, predicted_spans, text in zip(gold, predicted, texts, strict=True):
        gold_groups, predicted_groups = _by_label(gold_spans), _by_label(predicted_spans)
        for label in gold_groups.keys() | predicted_groups.keys():
            if label in per_label:
                per_label[label] += match(
                    gold_groups.get(label, set()), predicted_groups.get(label, set()), text
                )
    return SpanScores(sum(per_label.values(), PRF()), per_label, wanted, name, len(gold))


def _match_strict(gold: set[CharSpan], predicted: set[CharSpan], _text: str) -> PRF:
    return _from_matches(len(gold & predicted), len(gold), len(predicted))


def _match_partial(gold: set[CharSpan], predicted: set[CharSpan], _text: str) -> PRF:
    # Taking every exact pair first loses nothing: undoing one frees at most two
    # half matches, which together are worth no more than the exact pair.
    exact = gold & predicted
    overlaps = _count_overlap_pairs(gold - exact, predicted - exact)
    return _from_matches(len(exact) + 0.5 * overlaps, len(gold), len(predicted))


def _count_overlap_pairs(gold: set[CharSpan], predicted: set[CharSpan]) -> int:
    """Size of the largest one-to-one pairing of overlapping spans, in O(n log n).

    Sweep over the text: a span that ends unpaired takes, of the spans of the other
    side then open, the one to end next. Whatever that one could still meet, the other
    open ones can meet too, so it is the safe one to spend.
    """
    sides = (gold, predicted)
    starts = [(s.start, 1, side, s.end) for side in (0, 1) for s in sides[side] if s.start < s.end]
    ends = [(end, 0, side, start) for start, _, side, end in starts]
    is_open: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])  # heaps: (end, start)
    closed: set[tuple[int, int, int]] = set()  # side, end, start
    pairs = 0
    for position, starting, side, bound in sorted(starts + ends):
        if starting:
            heappush(is_open[side], (bound, position))
            continue
        if (side, position, bound) in closed:
            continue
        closed.add((side, position, bound))
        partners = is_open[1 - side]
        while partners and (1 - side, *partners[0]) in closed:
            heappop(partners)
        if partners:
            closed.add((1 - side, *heappop(partners)))
            pairs += 1
    return pairs


def _labels_in(*documents: DocSpans) -> tuple[str, ...]:
    found = {span.label for docs in documents for spans in docs for span in spans}
    return tuple(sorted(label for label in found if not is_extension(label)))


def _by_label(spans: Sequence[CharSpan]) -> dict[str, set[CharSpan]]:
    groups: dict[str, set[CharSpan]] = {}
    for span in spans:
        groups.setdefault(span.label, set()).add(span)
    return groups


def _from_matches(matches: float, gold: int, predicted: int) -> PRF:
    return PRF(tp=matches, fp=predicted - matches, fn=gold - matches)


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else 0.0


def _normalise(surface: str) -> str:
    return " ".join(_ARTICLES.sub(" ", surface.lower().translate(_NO_PUNCTUATION)).split())
