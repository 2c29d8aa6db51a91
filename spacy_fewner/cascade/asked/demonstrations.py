"""Annotated texts of one's own, shown to a language model before it is asked (few-shot; ours)."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...data.sampling import k_shot
from ...data.trees import paths
from ...types import Sample
from .choice_prompt import Place, Shown
from .fusion import to_mark
from .mark import DEMONSTRATED
from .marker import mark
from .options import Option


@dataclass(frozen=True)
class Demonstrations:
    """For questions on a label.

    samples: with paths for labels; a label that is not in the tree is never shown.
    most: shown before a question.
    """

    samples: Sequence[Sample]
    most: int

    def of(self, options: Sequence[Option], text: str, seed: str) -> list[Shown]:
        """Spans with the option that is right for each, from as many options as can be, in random
        order; none of the text itself. The same for the same seed."""
        rng = random.Random(f"{seed} shown")
        own = [(option, self._drawn(option, text, rng)) for option in options]
        rng.shuffle(own)
        found = [
            (places[turn], option)
            for turn in range(self.most)
            for option, places in own
            if turn < len(places)
        ][: self.most]
        rng.shuffle(found)
        return found

    def _drawn(self, option: Option, text: str, rng: random.Random) -> list[Place]:
        known = [one for one in self._below.get(option.path or "", ()) if one.text != text]
        return rng.sample(known, min(self.most, len(known)))

    @cached_property
    def _below(self) -> dict[str, list[Place]]:
        """Each span under its label and all above it, once."""
        found: defaultdict[str, dict[Place, None]] = defaultdict(dict)
        for sample in self.samples:
            for span in sample.targets:
                for path in paths.lineage(span.label):
                    found[path][Place(sample.text, span.start, span.end)] = None
        return {path: list(places) for path, places in found.items()}


def marked_demonstrations(
    samples: Iterable[Sample], most: int, max_chars: int, nested: bool = False, seed: int = 0
) -> list[str]:
    """Texts with their entities in [[ and ]], as `MarkEntities` takes them.

    Those that together have each label come first, the rarest label before the others. Texts that
    are longer than max_chars or have such marks themselves are not taken.
    """
    edges = (DEMONSTRATED.opening, DEMONSTRATED.closing)
    fit = [
        sample
        for sample in samples
        if sample.text.strip()
        and len(sample.text) <= max_chars
        and not any(edge in sample.text for edge in edges)
    ]
    first = k_shot(fit, 1, seed, strict=False) if any(one.targets for one in fit) else []
    others = [one for one in random.Random(seed).sample(fit, len(fit)) if one not in first]
    chosen = [*first, *others][:most]
    return [mark(one.text, to_mark(one.targets, nested), DEMONSTRATED) for one in chosen]
