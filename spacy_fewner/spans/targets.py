"""Gold spans as cells of the span grid, and an account of those that have no cell."""

import logging
from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from operator import itemgetter

import numpy as np
from spacy.tokens import Span
from spacy.training import Example

from ..data.docs import UNANNOTATED
from .nesting import self_nested

logger = logging.getLogger(__name__)
_SHOWN = 3
EXTENSIONS_WITHIN = 0.95  # the share of extension spans for which the band is made wide enough


@dataclass
class GoldAudit:
    """Which gold spans the model can learn and predict.

    widths: how many aligned spans have how many tokens. extensions: how many spans have labels
    that are learnt and never predicted. The others are surfaces of gold spans:
    misaligned: whose edge lies inside a token of the pipeline.
    spaced: that begin or end with white space, without which they are learnt.
    blank: of white space alone.
    unknown: with a label that the component has not.
    too_wide: wider than the band.
    conflicting: with two labels or more.
    crossing: that cross an earlier one. overlapping: that share tokens with an earlier one, where
        no two may.
    """

    widths: Counter[int] = field(default_factory=Counter)
    extensions: int = 0
    misaligned: list[str] = field(default_factory=list)
    spaced: list[str] = field(default_factory=list)
    blank: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    too_wide: list[str] = field(default_factory=list)
    conflicting: list[str] = field(default_factory=list)
    crossing: list[str] = field(default_factory=list)
    overlapping: list[str] = field(default_factory=list)

    def log(self, component: str, max_width: int, said: set[str] | None = None) -> None:
        """Warn, in one message, of gold that is never predicted; the scores count it as missed.

        said: kinds that are not repeated; those told now are added.
        """
        said = set() if said is None else said
        found = {
            fault: f"{len(surfaces)} {fault}, such as {_examples(surfaces)} ({remedy})"
            for surfaces, fault, remedy in self._faults(max_width)
            if surfaces and fault not in said
        }
        said.update(found)
        if found:
            total = sum(self.widths.values()) + len(self.misaligned) + len(self.blank)
            message = "%s: some of the %d gold spans cannot be learnt: %s."
            logger.warning(message, component, total, "; ".join(found.values()))

    def _faults(self, max_width: int) -> list[tuple[list[str], str, str]]:
        """Surfaces, what is wrong with them, and the remedy."""
        return [
            (self.misaligned, "with an edge inside a token", "change the offsets or the tokenizer"),
            (self.spaced, "with white space at an edge, learnt without it", "trim them"),
            (self.blank, "of white space alone", "remove them"),
            (self.unknown, "with a label that the component has not", "add_label, or initialize"),
            (self.too_wide, f"wider than max_width={max_width} tokens", "raise max_width"),
            (self.conflicting, "with conflicting labels, of which one is predicted", "keep one"),
            (self.crossing, "crossing another, of which one is predicted", "keep one"),
            (self.overlapping, "overlapping another in flat mode", "keep one, or set nested"),
        ]

    def note_clashes(
        self,
        spans: Iterable[Span],
        predicted: Callable[[str], str | None],
        flat: bool = False,
    ) -> None:
        """Add what clashes in the aligned gold of one document.

        predicted: gold label -> what it is predicted as; None if it never is. flat: no two spans
        may share a token.
        """
        labels: dict[tuple[int, int], set[str]] = {}
        surfaces: dict[tuple[int, int], str] = {}
        for span in spans:
            label, place = predicted(span.label_), (span.start, span.end)
            if label is not None:
                labels.setdefault(place, set()).add(label)
                surfaces[place] = span.text
        self.conflicting += [surfaces[place] for place, own in labels.items() if len(own) > 1]
        if flat:
            self.overlapping += [surfaces[place] for place in _overlapping(labels)]
        else:
            self.crossing += [surfaces[place] for place in _crossing(labels)]

    def note_surfaces(self, spans: Iterable[Span], known: Callable[[str], bool] | None) -> None:
        """Add what the gold spans of one document, as they are, have of white space and labels."""
        for span in spans:
            if all(token.is_space for token in span):
                self.blank.append(span.text)
            elif span[0].is_space or span[-1].is_space:
                self.spaced.append(span.text)
            if known is not None and not known(span.label_):
                self.unknown.append(f"{span.label_} {span.text}")


def _overlapping(places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The (start, end) places that share a token with one before, in order."""
    behind = 0
    for start, end in sorted(places):
        if start < behind:
            yield start, end
        behind = max(behind, end)


def _crossing(places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The (start, end) places that cross one with an earlier start, in order."""
    stops: list[int] = []  # of places with an earlier start, in order
    for start, ends in groupby(sorted(places), key=itemgetter(0)):
        same = [end for _, end in ends]
        behind = bisect_right(stops, start)
        nearest = stops[behind] if behind < len(stops) else None
        yield from ((start, end) for end in same if nearest is not None and nearest < end)
        for end in same:
            insort(stops, end)


def _examples(surfaces: Iterable[str]) -> str:
    different = islice(dict.fromkeys(surfaces), _SHOWN)
    return ", ".join(repr(surface[:60]) for surface in different)


def labels_in_themselves(
    examples: Iterable[Example], spans_key: str, predicted: Callable[[str], str | None]
) -> list[str]:
    """Labels, as they are predicted, of which a gold span lies in another; sorted."""
    found: set[str] = set()
    for example in examples:
        spans, _ = aligned_gold(example, spans_key)
        named = ((span.start, span.end, predicted(span.label_)) for span in spans)
        found |= self_nested((start, end, label) for start, end, label in named if label)
    return sorted(found)


def over_space(examples: Iterable[Example], spans_key: str) -> bool:
    """Whether a gold span has white space inside."""
    gold = (span for example in examples for span in aligned_gold(example, spans_key)[0])
    return any(len(span.text.split()) > 1 for span in gold)


def aligned_gold(example: Example, spans_key: str) -> tuple[list[Span], list[str]]:
    """Gold spans on the tokens of the predicted doc, and surfaces of those that do not fit.

    White space at an edge is left out, and a span of nothing else.
    """
    # Once a document: each look at `example.alignment` hashes all of its tokens.
    tokens = example.alignment.y2x
    aligned, misaligned = [], []
    for span in example.reference.spans.get(spans_key, []):
        own = tokens[span.start : span.end]
        fit = Span(example.predicted, own[0], own[-1] + 1, span.label) if len(own) else None
        # The alignment is by characters: a span whose edge lies inside a token comes back wider.
        if fit is None or fit.text != span.text:
            misaligned.append(span.text)
        elif len(inner := _without_space(fit)):
            aligned.append(inner)
    return aligned, misaligned


def _without_space(span: Span) -> Span:
    """Without white-space tokens at its edges, where no span is predicted to begin or end."""
    start, end = span.start, span.end
    while start < end and span.doc[start].is_space:
        start += 1
    while start < end and span.doc[end - 1].is_space:
        end -= 1
    return span if end - start == len(span) else Span(span.doc, start, end, span.label)


def is_annotated(example: Example, spans_key: str) -> bool:
    """Whether spans were looked for in the reference: a text that only has classes has no spans
    because nobody looked, and is no text without any."""
    reference = example.reference
    only_classes = bool(reference.cats) or reference.user_data.get(UNANNOTATED)
    return spans_key in reference.spans or not only_classes


def gold_labels(examples: Iterable[Example], spans_key: str) -> set[str]:
    """Of all gold spans, those that fit no tokens too."""
    return {span.label_ for eg in examples for span in eg.reference.spans.get(spans_key, [])}


def audit_gold(
    examples: Iterable[Example],
    spans_key: str,
    predicted: Callable[[str], str | None] | None = None,
    *,
    flat: bool = False,
    known: Callable[[str], bool] | None = None,
) -> GoldAudit:
    """What of the gold can be learnt and predicted; too_wide is left to `wide_gold`.

    predicted, flat: as `GoldAudit.note_clashes` takes them; without predicted nothing clashes.
    known: whether the component has a gold label; without it all are.
    """
    audit = GoldAudit()
    for example in examples:
        aligned, misaligned = aligned_gold(example, spans_key)
        audit.misaligned += misaligned
        audit.widths.update(len(span) for span in aligned)
        audit.note_surfaces(example.reference.spans.get(spans_key, []), known)
        if predicted is not None:
            audit.extensions += sum(predicted(span.label_) is None for span in aligned)
            audit.note_clashes(aligned, predicted, flat)
    return audit


def wide_gold(
    examples: Iterable[Example],
    spans_key: str,
    max_width: int,
    taken: Callable[[str], bool] = lambda label: True,
) -> list[str]:
    """Surfaces of the aligned gold spans of more than max_width tokens.

    taken: of which labels.
    """
    return [
        span.text
        for example in examples
        for span in aligned_gold(example, spans_key)[0]
        if len(span) > max_width and taken(span.label_)
    ]


def band_width(
    examples: Iterable[Example], spans_key: str, is_extension: Callable[[str], bool]
) -> int:
    """Tokens of the widest span to predict, or of nearly all extension spans if that is more.

    One extension span over a whole text must not widen the band for all, and words, of which each
    is a span, must not narrow it for entities: each layer has its own share (ours).
    """
    targets, layers = [1], defaultdict[str, list[int]](list)
    for example in examples:
        for span in aligned_gold(example, spans_key)[0]:
            of_layer = layers[span.label_.rpartition("/")[0]]
            (of_layer if is_extension(span.label_) else targets).append(len(span))
    inside = (sorted(own)[: int(EXTENSIONS_WITHIN * len(own))] for own in layers.values())
    return max([*targets, *chain.from_iterable(inside)])


def count_cells(lengths: Iterable[int], max_width: int) -> int:
    """How many spans of at most max_width tokens documents of these lengths have."""
    return sum(
        max_width * n - max_width * (max_width - 1) // 2 if n >= max_width else n * (n + 1) // 2
        for n in lengths
    )


def real_cells(lengths: Iterable[int], max_width: int) -> np.ndarray:
    """(N, W) which cells of the packed band are spans of their document."""
    left = np.concatenate([np.arange(n, 0, -1) for n in lengths] or [np.zeros(0, dtype=int)])
    return np.arange(max_width)[None] < left[:, None]


def target_cells(
    examples: Iterable[Example], spans_key: str, columns: dict[str, int], max_width: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, width - 1 and column of each gold span of packed documents: three (G,) of int.

    columns: of gold labels; labels without one are passed over, and no cell comes twice.
    """
    cells: dict[tuple[int, int, int], None] = {}
    offset = 0
    for example in examples:
        for span in aligned_gold(example, spans_key)[0]:
            if span.label_ in columns and len(span) <= max_width:
                cells[offset + span.start, len(span) - 1, columns[span.label_]] = None
        offset += len(example.predicted)
    table = np.asarray([*cells], dtype=int).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]
