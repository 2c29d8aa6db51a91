"""Augmentation: put other mentions of the same label in a sample's place of mentions.

From few examples a model learns surfaces by heart instead of contexts; new combinations of the two
cost nothing (mention replacement, Dai and Adel 2020, "An Analysis of Simple Data Augmentation for
Named Entity Recognition"; here with nested spans, which move along with the mention they lie in).
Extension spans are no mentions: they stay where they are, and go where what they reach into is
swapped. A text that was extended gets mentions of such texts, and the others those of the others:
one extension span makes a text count as extended.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ...errors import FewnerError
from ...types import CharSpan, Sample

SWAPPED_TEXTS = 0.5  # part of the texts in which mentions are swapped; the others stay as they are

Offsets = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A piece cut out of its text, mostly a span; offsets count from its own start.

    spans: those inside it, the mention itself first of all. tokens: None if the sample had none, or
        if a token reaches over the mention's edge. extended: whether its text has extension spans.
    """

    text: str
    spans: tuple[CharSpan, ...]
    tokens: Offsets | None
    extended: bool = False


class _Part(NamedTuple):
    """What stands in the place of characters start to end of a sample."""

    start: int
    end: int
    mention: Mention


class MentionBank:
    """The outermost mentions of some samples, by label."""

    def __init__(self, samples: Iterable[Sample]):
        self.mentions: dict[str, list[Mention]] = defaultdict(list)
        for sample in samples:
            for outer in outermost(sample.targets):
                self.mentions[outer.label].append(_cut(sample, outer.start, outer.end))

    def swap(self, sample: Sample, rate: float, rng: random.Random) -> Sample:
        """The sample with each outermost mention replaced with probability `rate`.

        Samples with crossing spans come back as they are. Weight, cats and meta are kept.
        """
        outers = outermost(sample.targets)
        if not outers or _crosses(sample.targets, outers):
            return sample
        parts, position = [], 0
        for outer in outers:
            parts.append(_Part(position, outer.start, _cut(sample, position, outer.start)))
            mention = self._choose(sample, outer, rate, rng)
            parts.append(_Part(outer.start, outer.end, mention))
            position = outer.end
        end = len(sample.text)
        parts.append(_Part(position, end, _cut(sample, position, end)))
        return _join(sample, parts)

    def _choose(self, sample: Sample, outer: CharSpan, rate: float, rng: random.Random) -> Mention:
        own = _cut(sample, outer.start, outer.end)
        if rng.random() >= rate:
            return own
        fitting = [
            m
            for m in self.mentions[outer.label]
            if (m.tokens is None) == (own.tokens is None) and m.extended == own.extended
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


def _cut(sample: Sample, start: int, end: int) -> Mention:
    inner = [s for s in sample.spans if start <= s.start and s.end <= end]
    return Mention(
        sample.text[start:end],
        tuple(replace(s, start=s.start - start, end=s.end - start) for s in inner),
        _tokens_in(sample, start, end),
        len(sample.targets) < len(sample.spans),
    )


def _tokens_in(sample: Sample, start: int, end: int) -> Offsets | None:
    if sample.tokens is None:
        return None
    touching = [(a, b) for a, b in sample.tokens if a < end and b > start]
    if any(a < start or b > end for a, b in touching):
        return None
    return tuple((a - start, b - start) for a, b in touching)


def _join(sample: Sample, parts: Sequence[_Part]) -> Sample:
    text, spans, tokens, begins = "", [], [], []
    for _, _, part in parts:
        at = len(text)
        begins.append(at)
        text += part.text
        spans += [replace(s, start=s.start + at, end=s.end + at) for s in part.spans]
        tokens += [(a + at, b + at) for a, b in part.tokens or ()]
    if sample.tokens is not None and any(part.mention.tokens is None for part in parts):
        return sample  # a token reaches over the edge of a mention: leave the sample alone
    own_tokens = None if sample.tokens is None else tuple(tokens)
    spans += _reaching_over(sample, parts, begins)
    return replace(sample, text=text, spans=tuple(spans), tokens=own_tokens)


def _reaching_over(
    sample: Sample, parts: Sequence[_Part], begins: Sequence[int]
) -> Iterator[CharSpan]:
    """Extension spans that lie in no one part, where all that they touch is as it was.

    begins: where each part begins in the new text.
    """
    for span in sample.spans:
        touched = [
            (part, at)
            for part, at in zip(parts, begins, strict=True)
            if part.start < span.end and span.start < part.end
        ]
        same = all(sample.text[p.start : p.end] == p.mention.text for p, _ in touched)
        if len(touched) > 1 and same:
            moved = touched[0][1] - touched[0][0].start
            yield replace(span, start=span.start + moved, end=span.end + moved)
