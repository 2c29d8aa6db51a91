"""Augmentation: put other mentions of the same label in a sample's place of mentions.

From few examples a model learns surfaces by heart instead of contexts; new combinations of the two
cost nothing (mention replacement, Dai and Adel 2020, "An Analysis of Simple Data Augmentation for
Named Entity Recognition"; here with nested spans, which move along with the mention they lie in).
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..errors import FewnerError
from ..types import CharSpan, Sample

SWAPPED_TEXTS = 0.5  # part of the texts in which mentions are swapped; the others stay as they are

Offsets = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A span cut out of its text; offsets count from its own start.

    spans: the mention itself and those inside it. tokens: None if the sample had none, or
        if a token reaches over the mention's edge.
    """

    text: str
    spans: tuple[CharSpan, ...]
    tokens: Offsets | None


class MentionBank:
    """The outermost mentions of some samples, by label."""

    def __init__(self, samples: Iterable[Sample]):
        self.mentions: dict[str, list[Mention]] = defaultdict(list)
        for sample in samples:
            for outer in outermost(sample.spans):
                self.mentions[outer.label].append(_cut(sample, outer))

    def swap(self, sample: Sample, rate: float, rng: random.Random) -> Sample:
        """The sample with each outermost mention replaced with probability `rate`.

        Samples with crossing spans come back as they are. Weight, cats and meta are kept.
        """
        outers = outermost(sample.spans)
        if not outers or _crosses(sample.spans, outers):
            return sample
        parts, position = [], 0
        for outer in outers:
            parts.append(_between(sample, position, outer.start))
            parts.append(self._choose(sample, outer, rate, rng))
            position = outer.end
        parts.append(_between(sample, position, len(sample.text)))
        return _join(sample, parts)

    def _choose(self, sample: Sample, outer: CharSpan, rate: float, rng: random.Random) -> Mention:
        own = _cut(sample, outer)
        if rng.random() >= rate:
            return own
        fitting = [
            m for m in self.mentions[outer.label] if (m.tokens is None) == (own.tokens is None)
        ]
        return rng.choice(fitting) if fitting else own


def swapped(samples: Sequence[Sample], rate: float) -> list[Sample]:
    """The samples with mentions swapped at `rate` in half of them, by Python's random module."""
    if not rate:
        return list(samples)
    bank = MentionBank(samples)
    rng = random.Random(random.random())
    return [bank.swap(s, rate, rng) if rng.random() < SWAPPED_TEXTS else s for s in samples]


def check_rate(rate: float) -> None:
    if not 0 <= rate <= 1:
        raise FewnerError("swap_mentions", "must lie in [0, 1]", rate, "0.5 is usual.")


def outermost(spans: Sequence[CharSpan]) -> list[CharSpan]:
    """Spans that lie in no other, in order; of equal ones the first by label."""
    found: list[CharSpan] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end, s.label)):
        if not found or span.start >= found[-1].end:
            found.append(span)
    return found


def _crosses(spans: Sequence[CharSpan], outers: Sequence[CharSpan]) -> bool:
    return any(
        not any(outer.start <= s.start and s.end <= outer.end for outer in outers) for s in spans
    )


def _cut(sample: Sample, outer: CharSpan) -> Mention:
    inner = [s for s in sample.spans if outer.start <= s.start and s.end <= outer.end]
    return Mention(
        outer.surface(sample.text),
        tuple(replace(s, start=s.start - outer.start, end=s.end - outer.start) for s in inner),
        _tokens_in(sample, outer.start, outer.end),
    )


def _between(sample: Sample, start: int, end: int) -> Mention:
    return Mention(sample.text[start:end], (), _tokens_in(sample, start, end))


def _tokens_in(sample: Sample, start: int, end: int) -> Offsets | None:
    if sample.tokens is None:
        return None
    touching = [(a, b) for a, b in sample.tokens if a < end and b > start]
    if any(a < start or b > end for a, b in touching):
        return None
    return tuple((a - start, b - start) for a, b in touching)


def _join(sample: Sample, parts: Sequence[Mention]) -> Sample:
    text, spans, tokens = "", [], []
    for part in parts:
        at = len(text)
        text += part.text
        spans += [replace(s, start=s.start + at, end=s.end + at) for s in part.spans]
        tokens += [(a + at, b + at) for a, b in part.tokens or ()]
    if sample.tokens is not None and any(part.tokens is None for part in parts):
        return sample  # a token reaches over the edge of a mention: leave the sample alone
    own_tokens = None if sample.tokens is None else tuple(tokens)
    return replace(sample, text=text, spans=tuple(spans), tokens=own_tokens)
