"""How gold and synthetic examples are trained on together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...corpus.mix import Source, mix
from ...errors import FewnerError
from ...types import Sample
from ..training.settings import FitSettings

GOLD_SHARE = 0.1  # of the mix, by repeating gold
MAX_REPEAT = 20
READINGS = 12_000  # of texts in one training at most, unless fewer passes than LEAST_PASSES
LEAST_PASSES, MOST_PASSES = 2, 10
BATCH_SIZE, SMALL_BATCH_SIZE = 16, 8  # of many texts and of fewer
MANY = 1000  # texts, that are many
THRESHOLD = 0.4  # thousands of texts raise the scores of true spans


@dataclass(frozen=True)
class Mixture:
    """One way of adding synthetic examples to gold.

    beta: what their loss is multiplied by (KnowFREE eq 14).
    part: how many of them, 1 for all; a smaller part is contained in a larger one.
    """

    beta: float = 0.4
    part: float = 1.0

    def __post_init__(self) -> None:
        if self.beta <= 0 or not 0 < self.part <= 1:
            raise FewnerError(
                "mixture",
                "needs beta above 0 and a part above 0 and up to 1",
                (self.beta, self.part),
                "Leave it out for the defaults.",
            )

    def __str__(self) -> str:
        return f"{self.part:.0%} of the synthetic text at weight {self.beta:g}"

    def training_set(
        self, gold: Sequence[Sample], synthetic: Sequence[Sample], seed: int
    ) -> list[Sample]:
        """Both together, gold repeated so that it does not drown."""
        size = math.ceil(self.part * len(synthetic))
        repeat = min(MAX_REPEAT, max(1, round(GOLD_SHARE * size / len(gold))))
        sources = [
            Source("gold", gold, repeat=repeat),
            Source("synthetic", synthetic, weight=self.beta, limit=size),
        ]
        return mix(sources, seed)

    def settings(self, settings: FitSettings, n_mixed: int) -> FitSettings:
        """As many passes over the mix as READINGS allow, and at least the updates of any training.

        The threshold holds until one is picked on held-out text. Source: ours (docs/recipe.md).
        """
        size = BATCH_SIZE if n_mixed > MANY else SMALL_BATCH_SIZE
        if not settings.predicts_spans:  # a batch is to hold several texts of a class
            size = max(size, settings.batch_size)
        passes = max(LEAST_PASSES, min(MOST_PASSES, settings.epochs, round(READINGS / n_mixed)))
        return replace(
            settings,
            epochs=passes,
            batch_size=size,
            threshold=THRESHOLD if n_mixed > MANY else settings.threshold,
        )
