"""Bounds on how much of a text is marked: models at times mark all of it, or nothing (ours)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...data.auditing.near import normalize, tokens
from ...errors import FewnerError
from ...types import Sample
from .chain import Outcome, examine_each, reject


@dataclass(frozen=True)
class DensityCheck:
    """Rejects samples outside of the bounds; extensions do not count, and texts that were not
    annotated for spans pass.

    fewest, most: spans for each word of the text.
    covered: the largest share of its words within spans.
    """

    fewest: float = 0.0
    most: float = 1.0
    covered: float = 1.0
    name: str = "density"

    def __post_init__(self) -> None:
        if not 0 <= self.fewest <= self.most or not 0 < self.covered <= 1:
            raise FewnerError(
                "DensityCheck",
                "needs 0 <= fewest <= most and 0 < covered <= 1",
                (self.fewest, self.most, self.covered),
                "Set them so, or take DensityCheck.of(gold).",
            )

    @classmethod
    def of(cls, gold: Sequence[Sample], slack: float = 1.5) -> "DensityCheck":
        """What gold text annotated for spans has, times slack, and divided by slack below.

        Nothing is asked below if any gold text has no span. Source: ours.
        """
        annotated = [sample for sample in gold if sample.spans_annotated]
        measured = [_measure(sample) for sample in annotated if _words(sample.text)]
        if not measured:
            raise FewnerError("gold", "must hold a text", len(gold), "Give annotated examples.")
        densities = [density for density, _ in measured]
        return cls(
            fewest=min(densities) / slack,
            most=max(densities) * slack,
            covered=min(1.0, max(share for _, share in measured) * slack) or 1.0,
        )

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        return examine_each(outcomes, self._examine)

    def _examine(self, sample: Sample) -> Outcome:
        if not _words(sample.text):
            return reject(sample, "no words", repr(sample.text[:40]), self.name)
        if not sample.spans_annotated:
            return sample
        density, share = _measure(sample)
        if density < self.fewest:
            detail = f"{density:.2f} a word, {self.fewest:.2f} wanted"
            return reject(sample, "too few spans", detail, self.name)
        if density > self.most:
            detail = f"{density:.2f} a word, {self.most:.2f} allowed"
            return reject(sample, "too many spans", detail, self.name)
        if share > self.covered:
            detail = f"{share:.0%} of the words, {self.covered:.0%} allowed"
            return reject(sample, "too much in spans", detail, self.name)
        return sample


def _words(text: str) -> int:
    return len(tokens(normalize(text)))


def _measure(sample: Sample) -> tuple[float, float]:
    """Spans for each word, and the share of words in spans; a word in two counts once."""
    words = _words(sample.text)
    inside, position = 0, 0
    for span in sorted(sample.targets):
        if span.end > position:
            inside += _words(sample.text[max(span.start, position) : span.end])
            position = span.end
    return len(sample.targets) / words, min(1.0, inside / words)
