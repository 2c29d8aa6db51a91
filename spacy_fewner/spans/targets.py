"""Gold spans as cells of the span grid, and an account of those that have no cell."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from spacy.tokens import Span
from spacy.training import Example

logger = logging.getLogger(__name__)
_SHOWN = 3


@dataclass
class GoldAudit:
    """Which gold spans the model can learn.

    widths: how many reachable spans have how many tokens.
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
        """Warn of gold that will never be predicted; it counts as missed in the scores."""
        total = sum(self.widths.values()) + len(self.misaligned) + len(self.too_wide)
        if self.misaligned:
            logger.warning(
                "%s: %d of %d gold spans have an edge inside a token and cannot be learnt, such "
                "as %s. Change the offsets or the tokenizer.",
                component, len(self.misaligned), total, _examples(self.misaligned),
            )  # fmt: skip
        if self.too_wide:
            logger.warning(
                "%s: %d of %d gold spans are wider than max_width=%d tokens and cannot be learnt, "
                "such as %s. Raise max_width.",
                component, len(self.too_wide), total, max_width, _examples(self.too_wide),
            )  # fmt: skip
        if self.conflicting:
            logger.warning(
                "%s: %d gold spans have conflicting labels, such as %s; only one label of a span "
                "is predicted. Keep one.",
                component, len(self.conflicting), _examples(self.conflicting),
            )  # fmt: skip
        if self.crossing:
            logger.warning(
                "%s: %d gold spans cross another, such as %s; only one of the two is predicted. "
                "Keep one.",
                component, len(self.crossing), _examples(self.crossing),
            )  # fmt: skip

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
        places = sorted(labels)
        self.crossing += [
            surfaces[start, end]
            for number, (start, end) in enumerate(places)
            if any(before < start < stop < end for before, stop in places[:number])
        ]


def _examples(surfaces: list[str]) -> str:
    return ", ".join(repr(surface[:60]) for surface in surfaces[:_SHOWN])


def aligned_gold(example: Example, spans_key: str) -> tuple[list[Span], list[str]]:
    """Gold spans on the tokens of the predicted doc, and surfaces of those that do not fit."""
    gold = list(example.reference.spans.get(spans_key, []))
    aligned, misaligned = [], []
    for span in gold:
        fits = example.get_aligned_spans_y2x([span], allow_overlap=True)
        # The alignment is by characters: a span whose edge lies inside a token comes back wider.
        if fits and fits[0].text == span.text:
            aligned.append(fits[0])
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


def wide_gold(examples: Iterable[Example], spans_key: str, max_width: int) -> list[str]:
    """Surfaces of the aligned gold spans of more than max_width tokens."""
    return [
        span.text
        for example in examples
        for span in aligned_gold(example, spans_key)[0]
        if len(span) > max_width
    ]


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
