"""Which labels a text is asked about beside those that it has (UniversalNER, section 3.2)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..discovery.negative_types import ABSENT, ONLY_THESE, Drawing, TypeNames, check_drawing, pick
from ..types import Sample
from .schemes import Scheme

MOST_LABELS = 25  # of a text
ABSENT_SHARE = 0.7  # of the labels asked about, where there are as many


@dataclass
class Negatives:
    """Absent labels of the texts of one scheme.

    drawing: "none", "uniform", or "frequency": as often as a label stands in the data.
    related: pairs of labels that may well be true of the same span; only for partial schemes.
    """

    scheme: Scheme
    drawing: Drawing = "frequency"
    related: dict[str, Collection[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_drawing(self.drawing)

    @cached_property
    def _labels(self) -> list[str]:
        return sorted({*self.scheme.counts, *self.scheme.labels})

    @cached_property
    def _chances(self) -> np.ndarray:
        counts: Counter[str] = self.scheme.counts
        # Softened, so that the rare are asked about as well.
        return np.sqrt(np.asarray([counts[label] + 1 for label in self._labels], dtype="float64"))

    @cached_property
    def _called(self) -> TypeNames:
        return TypeNames({label: self.scheme.label(label).names for label in self._labels})

    def draw(self, sample: Sample, rng: np.random.Generator) -> list[str]:
        """Labels that are known to be absent from a text, or from its annotated spans."""
        present = {span.label for span in sample.spans}
        if self.drawing == "none":
            return []
        unsure = self._called.same(present)
        if ABSENT in sample.meta:
            known = [label for label in sample.meta[ABSENT] if label not in unsure]
            return self._some(known, np.ones(len(known)), len(present), rng)
        if sample.meta.get(ONLY_THESE):
            unsure.update(*(self.related.get(label, ()) for label in present))
        free = np.asarray([label not in unsure for label in self._labels])
        labels = [label for label in self._labels if label not in unsure]
        return self._some(labels, self._chances[free], len(present), rng)

    def _some(
        self, labels: Sequence[str], chances: np.ndarray, n_present: int, rng: np.random.Generator
    ) -> list[str]:
        if not labels:
            return []
        wanted = max(2, round(max(n_present, 1) * ABSENT_SHARE / (1 - ABSENT_SHARE)))
        # Sometimes all that fit, as when a whole scheme is asked for at once.
        room = MOST_LABELS - n_present
        size = min(len(labels), room, wanted if rng.random() < 0.5 else room)
        if size <= 0:
            return []
        weighted = None if self.drawing == "uniform" else chances
        return [labels[at] for at in pick(len(labels), size, weighted, rng)]
