"""Gold spans as cells of the span grid, and an account of those that have no cell."""

import logging
from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import itemgetter

import numpy as np
from spacy.tokens import Span
from spacy.training import Example

logger = logging.getLogger(__name__)
_SHOWN = 3
EXTENSIONS_WITHIN = 0.95  # the share of extension spans for which the band is made wide enough


@dataclass
class GoldAudit:
    """Which gold spans the model can learn.

    widths: how many aligned spans have how many tokens.
    misaligned: surfaces of gold spans whose edge lies inside a token of the pipeline.
    too_wide: surfaces of gold spans wider than the band.
    conflicting: surfaces of gold spans with two labels or more.
    crossing: surfaces of gold spans that cross an earlier one.
    """

    widths: Counter[int] = field(default_factory=Counter)
    misaligned: list[str] = field(default_factory=list)
    too_wide: list[str] = field(default_factory=list)
    conflicting: list[str] = field(default_factory=list)
    crossing: list[str] = field(default_factory=list)

    def log(self, component: str, max_width: int) -> None:
        """Warn, in one message, of gold that is never predicted; the scores count it as missed."""
        faults = (
            (self.misaligned, "with an edge inside a token", "change the offsets or the tokenizer"),
            (self.too_wide, f"wider than max_width={max_width} tokens", "raise max_width"),
            (self.conflicting, "with conflicting labels, of which one is predicted", "keep one"),
            (self.crossing, "crossing another, of which one is predicted", "keep one"),
        )
        found = [
            f"{len(surfaces)} {fault}, such as {_examples(surfaces)} ({remedy})"
            for surfaces, fault, remedy in faults
            if surfaces
        ]
        if found:
            total = sum(self.widths.values()) + len(self.misaligned)
            said = "%s: some of the %d gold spans cannot be learnt: %s."
            logger.warning(said, component, total, "; ".join(found))

    def note_clashes(self, spans: Iterable[Span], predicted: Callable[[str], str | None]) -> None:
        """Add what is conflicting and crossing in the aligned gold of one document.

        predicted: gold label -> what it is predicted as; None if it never is.
        """
        labels: dict[tuple[int, int], set[str]] = {}
        surfaces: dict[tuple[int, int], str] = {}
        for span in spans:
            label, place = predicted(span.label_), (span.start, span.end)
            if label is not None:
                labels.setdefault(place, set()).add(label)
                surfaces[place] = span.text
        self.conflicting += [surfaces[place] for place, own in labels.items() if len(own) > 1]
        self.crossing += [surfaces[place] for place in _crossing(labels)]


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


def aligned_gold(example: Example, spans_key: str) -> tuple[list[Span], list[str]]:
    """Gold spans on the tokens of the predicted doc, and surfaces of those that do not fit."""
    # Once a document: each look at `example.alignment` hashes all of its tokens.
    tokens = example.alignment.y2x
    aligned, misaligned = [], []
    for span in example.reference.spans.get(spans_key, []):
        own = tokens[span.start : span.end]
        fit = Span(example.predicted, own[0], own[-1] + 1, span.label) if len(own) else None
        # The alignment is by characters: a span whose edge lies inside a token comes back wider.
        if fit is not None and fit.text == span.text:
            aligned.append(fit)
        else:
            misaligned.append(span.text)
    return aligned, misaligned


def gold_labels(examples: Iterable[Example], spans_key: str) -> set[str]:
    """Of all gold spans, those that fit no tokens too."""
    return {span.label_ for eg in examples for span in eg.reference.spans.get(spans_key, [])}


def audit_gold(
    examples: Iterable[Example],
    spans_key: str,
    predicted: Callable[[str], str | None] = lambda label: None,
) -> GoldAudit:
    """Widths in tokens of all gold spans, those without alignment, and those that clash.

    predicted: as `GoldAudit.note_clashes` takes it; by default nothing clashes.
    """
    audit = GoldAudit()
    for example in examples:
        aligned, misaligned = aligned_gold(example, spans_key)
        audit.misaligned += misaligned
        audit.widths.update(len(span) for span in aligned)
        audit.note_clashes(aligned, predicted)
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

    One extension span over a whole text must not widen the band for all (ours).
    """
    widths: dict[bool, list[int]] = {False: [1], True: []}
    for example in examples:
        for span in aligned_gold(example, spans_key)[0]:
            widths[is_extension(span.label_)].append(len(span))
    inside = sorted(widths[True])[: int(EXTENSIONS_WITHIN * len(widths[True]))]
    return max([*widths[False], *inside])


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
