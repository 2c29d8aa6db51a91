"""Passages of long texts, each once, and a sample of them if there are too many (UniversalNER)."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import KW_ONLY, dataclass, replace

from ...data.passages import PASSAGE, passages
from ...grounding.normal import fold
from ...llm.client import Client
from ...types import Reject, Sample, Schema
from ..checks import at_least, check
from ..pieces import cut
from ..provenance import inherited, sample_id
from ..stage import Outcome

REPEATED = "repeated passage"
NO_TEXT = "no text"
SPLIT_SPAN = "span across passages"


@dataclass(frozen=True)
class Passages:
    """Splits texts into passages of whole sentences; asks no language model.

    max_tokens: words of a passage, or characters of a script without spaces, at most.
    most: so many passages are drawn, every one alike likely, and come in their order; None for all.
        The texts are read one by one, and no more than these are in memory. seed: of the draw.

    A passage that came before, up to case and spaces, is a reject, and so is a text without any
    letter. Spans of a sample go with their passage; one across two is a reject. Source:
    UniversalNER, section 3.1 (at most 256 tokens); the rest is ours.
    """

    max_tokens: int = PASSAGE
    most: int | None = None
    seed: int = 0
    _: KW_ONLY
    name: str = "passages"

    def __post_init__(self) -> None:
        at_least(self, 1, "max_tokens")
        rule = "must be 1 or more"
        check("most", self.most is None or self.most >= 1, rule, self.most)

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        outcomes = self._once(samples)
        return drawn(outcomes, self.most, self.seed)

    def _once(self, samples: Iterable[Sample]) -> Iterator[Outcome]:
        seen: set[int] = set()
        for sample in samples:
            for outcome in self._pieces(sample):
                key = hash(fold(outcome.text))
                if isinstance(outcome, Sample) and key in seen:
                    yield Reject(REPEATED, "", self.name, outcome.text, outcome.meta)
                else:
                    seen.add(key)
                    yield outcome

    def _pieces(self, sample: Sample) -> Iterator[Outcome]:
        meta = {
            **inherited(sample),
            "stage": self.name,
            "calls": [],
            "parents": [sample_id(sample)],
        }
        if not any(map(str.isalnum, sample.text)):
            yield Reject(NO_TEXT, "", self.name, sample.text, meta)
            return
        found = passages(sample.text, self.max_tokens)
        for number, (start, end) in enumerate(found):
            own = {**meta, "id": f"{sample_id(sample)}.{number}"} if len(found) > 1 else meta
            yield replace(cut(sample, start, end), meta=own)
        for span in sample.spans:
            if not any(start <= span.start and span.end <= end for start, end in found):
                detail = f"{span.surface(sample.text)!r} ({span.label})"
                yield Reject(SPLIT_SPAN, detail, self.name, sample.text, meta)


def drawn(outcomes: Iterable[Outcome], most: int | None, seed: int) -> Iterator[Outcome]:
    """Rejects at once, then the samples drawn, every one alike likely, in their order (reservoir
    sampling); all of them as they come if most is None."""
    if most is None:
        yield from outcomes
        return
    rng = random.Random(seed)
    held: list[tuple[int, Sample]] = []
    number = 0
    for outcome in outcomes:
        if isinstance(outcome, Reject):
            yield outcome
            continue
        if len(held) < most:
            held.append((number, outcome))
        elif (place := rng.randrange(number + 1)) < most:
            held[place] = (number, outcome)
        number += 1
    yield from (sample for _, sample in sorted(held, key=lambda one: one[0]))
